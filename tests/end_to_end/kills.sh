#!/usr/bin/env bash
# Server and daemon are killed with -9 again and again while people write at both ends: whatever was answered OK
# is there afterwards, at both ends, and the digests are equal. TAP. TRELLIS_BIN: the folder with the programs.
#
#   kills.sh [--kills N]     default 8; 500 take some ten minutes
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
bin=$(realpath "${TRELLIS_BIN:-build/release/bin}")
work=$(mktemp -d)
rounds=8
cases=0
case ${1:-} in
  "") ;;
  --kills) rounds=${2:?--kills N} ;;
  *) sed -n '5s/^# *//p' "$0" >&2; exit 2 ;;
esac
server_pid='' site_pid=''

leave() {
  kill -KILL $server_pid $site_pid 2>/dev/null
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
ready() {  # FILE: waits for the line that says so
  for _ in $(seq 1 200); do
    grep -q '^ready' "$1" && return 0
    sleep 0.1
  done
  return 1
}
start_server() {
  : >"$work/server.out"
  "$bin/trellis-server" serve --data "$work/server" --sync "127.0.0.1:$sync" --api "127.0.0.1:$api" \
    >"$work/server.out" 2>>"$work/server.log" &
  server_pid=$!
  disown
  ready "$work/server.out"
}
start_site() {
  : >"$work/site.out"
  "$bin/trellisd" serve --data "$work/site" --socket "$work/socket" >"$work/site.out" 2>>"$work/site.log" &
  site_pid=$!
  disown
  ready "$work/site.out"
}
write_until_it_fails() {  # WHO ROUND
  local n code
  for n in $(seq 1 200); do
    code="${1^^}-$2-$n"
    "$1" records create ActionStep - --scope shared >>"$work/writing.log" 2>&1 <<JSON || return 0
{"code": "$code", "title": "Step $n", "state": "ACTION_STEP_STATE_NOT_STARTED"}
JSON
    echo "$code" >>"$work/acked"
  done
}
kill_while_writing() {  # ROUND PID-VARIABLE
  local before
  before=$(wc -l <"$work/acked")
  write_until_it_fails site "$1" &
  local first=$!
  write_until_it_fails district "$1" &
  local second=$!
  while (($(wc -l <"$work/acked") < before + 6 + $1 % 9)); do sleep 0.02; done
  kill -KILL "${!2}"
  # The one that lives on is stopped by hand, between two writes.
  if [[ $2 == server_pid ]]; then wait $second; kill $first; else wait $first; kill $second; fi 2>/dev/null
  wait $first $second 2>/dev/null
}
has_all_acked() {  # WHO
  "$1" --json records list ActionStep --scope shared --limit 1000000 >"$work/list.$1" || return
  grep -o '"code":"[^"]*"' "$work/list.$1" | cut -d '"' -f 4 | sort >"$work/there.$1"
  sort "$work/acked" | comm -23 - "$work/there.$1" >"$work/missing.$1"
  sed "s/$/ is missing at $1/" "$work/missing.$1" >>"$work/list.$1"
  [[ ! -s $work/missing.$1 ]]
}
shared_digest() { "$1" --json digest --scope shared | grep -o '"digest":"[0-9a-f]*"'; }

read -r sync api < <(python3 - <<'PYTHON'
import random, socket
taken = []
while len(taken) < 2:  # below the ports the system hands out to callers
    one = socket.socket()
    try:
        one.bind(("127.0.0.1", random.randrange(20000, 32000)))
        taken.append(one)
    except OSError:
        one.close()
print(*(one.getsockname()[1] for one in taken))
PYTHON
)
: >"$work/acked"
"$bin/trellis-server" init --data "$work/server" --district "Killed often" >"$work/init.json"
tell $? "a district is made" "$work/init.json"
start_server && district sites add "School" --identifier S1 --code-file "$work/code" >"$work/add.log" 2>&1 &&
  "$bin/trellisd" join --data "$work/site" --server "127.0.0.1:$sync" --code-file "$work/code" >"$work/add.log" 2>&1 &&
  start_site && site sync now >"$work/add.log" 2>&1
tell $? "a site joins and syncs" "$work/add.log"

"$bin/trellisd" serve --data "$work/site" --socket "$work/other" >"$work/second.log" 2>&1
[[ $? == 5 ]] && grep -q "$site_pid" "$work/second.log"
tell $? "a second daemon on the same folder exits and names the first" "$work/second.log"

failed_starts=0
for round in $(seq 1 "$rounds"); do
  if ((round % 2)); then victim=site_pid; else victim=server_pid; fi
  kill_while_writing "$round" $victim
  if [[ $victim == site_pid ]]; then start_site; else start_server; fi || failed_starts=$((failed_starts + 1))
done
[[ $failed_starts == 0 ]]
tell $? "killed with -9 $rounds times while both ends wrote, they started again without help each time" "$work/site.log"
site sync now --timeout 60s >"$work/sync.log" 2>&1
tell $? "the site syncs" "$work/sync.log"
has_all_acked district
tell $? "the district has every record that was answered OK ($(wc -l <"$work/acked") of them)" "$work/list.district"
has_all_acked site
tell $? "so has the site" "$work/list.site"
[[ -n $(shared_digest site) && $(shared_digest site) == "$(shared_digest district)" ]]
tell $? "the digests are equal"

ended_well() {  # PID: SIGTERM ends it with 0 within a few seconds
  local pid=$1
  kill -TERM "$pid"
  for _ in $(seq 1 80); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}
ended_well "$site_pid" && ended_well "$server_pid"
tell $? "both end on SIGTERM" "$work/server.log"
"$bin/trellis-server" verify --data "$work/server" >"$work/verify.log" 2>&1
tell $? "the server's store is sound" "$work/verify.log"
ln -s "$work/site" "$work/link"
"$bin/trellisd" serve --data "$work/link" --socket "$work/socket" >"$work/link.log" 2>&1
[[ $? == 5 ]] && grep -q "symbolic link" "$work/link.log"
tell $? "a data folder that is a symbolic link is refused with the reason" "$work/link.log"
echo "1..$cases"
