#!/usr/bin/env bash
# A site behind a bad link: 2 kB/s, 2 s round trip, cut every 30 s. Every connection gets on, nothing is lost, and
# what is sent again stays within the window of each cut. TAP. TRELLIS_BIN: the folder with the programs.
#   bad_link.sh [--long]     --long: more to send, over ten minutes
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
bin=$(realpath "${TRELLIS_BIN:-build/release/bin}")
work=$(mktemp -d)
cases=0
steps=400 cut_every=20 longest=150
if [[ ${1:-} == --long ]]; then steps=4000 cut_every=30 longest=1200; fi

leave() {
  kill -KILL ${server_pid:-} ${site_pid:-} ${line_pid:-} 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
trap leave EXIT

tell() {  # CODE SENTENCE [FILE TO SHOW]
  cases=$((cases + 1))
  if [[ $1 == 0 ]]; then
    echo "ok $cases - $2"
  else
    echo "not ok $cases - $2"
    [[ -z ${3:-} ]] || tail -n 20 "$3" | sed 's/^/# /'
  fi
}
district() {
  "$bin/trellis" --address "127.0.0.1:$api" --ca-file "$work/server/keys/authority.crt" \
    --token-file "$work/server/admin.token" "$@"
}
site() { "$bin/trellis" --address "unix:$work/socket" "$@"; }
ready() {  # FILE: waits for its first line
  for _ in $(seq 1 200); do
    [[ -s $1 ]] && return 0
    sleep 0.1
  done
  return 1
}
port_of() { grep -o "$1=[^ ]*" "$work/server.out" | grep -o '[0-9]*$'; }
number() { site --json sync status | grep -o "\"$1\":\"[0-9]*\"" | grep -o '[0-9]*' || echo 0; }

"$bin/trellis-server" init --data "$work/server" --district "Far away" >"$work/init.json" || exit 1
"$bin/trellis-server" serve --data "$work/server" --sync 127.0.0.1:0 --api 127.0.0.1:0 \
  >"$work/server.out" 2>"$work/server.log" &
server_pid=$!
ready "$work/server.out"
api=$(port_of api)
district sites add "School" --identifier S1 --code-file "$work/code" >"$work/add.log" 2>&1
python3 tests/end_to_end/bad_line.py --to "$(port_of sync)" --rate 2000 --delay 1 --cut-every $cut_every \
  --report "$work/line.json" >"$work/line.out" 2>"$work/line.log" &
line_pid=$!
ready "$work/line.out"
"$bin/trellisd" join --data "$work/site" --server "127.0.0.1:$(cat "$work/line.out")" --code-file "$work/code" \
  >"$work/join.log" 2>&1
tell $? "a site joins" "$work/join.log"

"$bin/trellisd" serve --data "$work/site" --socket "$work/socket" >"$work/site.out" 2>"$work/site.log" &
site_pid=$!
ready "$work/site.out"
site sync pause >/dev/null
# Words that do not shrink to nothing in a frame.
python3 - "$steps" >"$work/steps.jsonl" <<'PYTHON'
import json, random, sys
letters = random.Random(7)
for n in range(int(sys.argv[1])):
    title = "".join(letters.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(120))
    print(json.dumps({"code": f"STEP-{n}", "title": title, "state": "ACTION_STEP_STATE_NOT_STARTED"}))
PYTHON
while read -r record; do
  echo "$record" | site records create ActionStep - --scope shared >/dev/null 2>"$work/write.log" || break
done <"$work/steps.jsonl"
written=$(site --json records list ActionStep --scope shared --limit 100000 | wc -l)
[[ $written == "$steps" ]]
tell $? "$steps records are written at the site, link or no link" "$work/write.log"
connections=$(wc -l <"$work/line.json")  # the one of before, that had nothing to carry
site sync resume >/dev/null

began=$SECONDS got_before=0 stalled=0
while ((SECONDS - began < longest)); do
  now=$(wc -l <"$work/line.json" 2>/dev/null || echo 0)
  if ((now > connections)); then
    connections=$now
    got=$(district --json records list ActionStep --scope shared --limit 100000 | wc -l)
    echo "# connection $now: the district has $got of $steps"
    ((got > got_before || got == steps)) || stalled=$((stalled + 1))
    got_before=$got
    ((got == steps)) && break
  fi
  sleep 1
done
((got_before > 0 && stalled == 0))
tell $? "every connection got on" "$work/line.json"
((connections >= 2))
tell $? "the line was cut ($(number cuts) cuts while something was under way)"

resent=$(number resentBytes) bound=$(number resentBoundBytes) sent=$(number sentBytes)
echo "# sent $sent bytes; sent again ${resent:-0} bytes, of at most ${bound:-0} (cuts x window)"
((${resent:-0} <= ${bound:-0}))
tell $? "bytes sent again (${resent:-0}) stay within the bound (${bound:-0})"
site sync status >"$work/status.log" && grep -q 'sent again' "$work/status.log"
tell $? "sync status shows both" "$work/status.log"
if ((got_before == steps)); then
  site sync now --timeout 60s >"$work/sync.log" 2>&1
  tell $? "both ends agree in the end" "$work/sync.log"
  [[ $(site --json digest --scope shared) == "$(district --json digest --scope shared)" ]]
  tell $? "the digests are equal"
fi
echo "1..$cases"
