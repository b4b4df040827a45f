#!/usr/bin/env bash
# Peers that mean harm, on the wire, against a real server: each is met as promised, the server's memory stays
# bounded, and an honest site is served all the while. TAP. TRELLIS_BIN: the folder with the programs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
bin=$(realpath "${TRELLIS_BIN:-build/release/bin}")
work=$(mktemp -d)
cases=0

leave() {
  kill -KILL ${server_pid:-} ${site_pid:-} 2>/dev/null
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
ready() {
  for _ in $(seq 1 200); do
    [[ -s $1 ]] && return 0
    sleep 0.1
  done
  return 1
}
port_of() { grep -o "$1=[^ ]*" "$work/server.out" | grep -o '[0-9]*$'; }
resident_mb() { awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$1/status"; }

"$bin/trellis-server" init --data "$work/server" --district "Beset" >"$work/init.json" || exit 1
"$bin/trellis-server" serve --data "$work/server" --sync 127.0.0.1:0 --api 127.0.0.1:0 \
  >"$work/server.out" 2>"$work/server.log" &
server_pid=$!
ready "$work/server.out"
api=$(port_of api) sync=$(port_of sync)
id=$(grep -o '"districtId":"[^"]*"' "$work/init.json" | cut -d'"' -f4)
for each in S1 S2; do
  district sites add "School $each" --identifier $each --code-file "$work/code.$each" >"$work/add.log" 2>&1
  "$bin/trellisd" join --data "$work/$each" --server "127.0.0.1:$sync" --code-file "$work/code.$each" >>"$work/add.log" 2>&1
done
"$bin/trellisd" serve --data "$work/S1" --socket "$work/socket" >"$work/site.out" 2>"$work/site.log" &
site_pid=$!
ready "$work/site.out"
site sync now >"$work/sync.log" 2>&1
tell $? "an honest site syncs" "$work/sync.log"

mkdir "$work/foreign"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=elsewhere" -days 2 \
  -addext "subjectAltName=URI:trellis://$id/site/S1" -keyout "$work/foreign/site.key" -out "$work/foreign/site.crt" \
  >/dev/null 2>&1
python3 tests/end_to_end/hostile_stream.py --port "$sync" --name "server.$id.trellis.internal" --keys "$work/S2/keys" \
  --foreign "$work/foreign" --pid $server_pid --first $((cases + 1)) >"$work/hostile.tap" 2>"$work/hostile.log" &
hostile_pid=$!
served=0
for n in $(seq 1 5); do
  echo "{\"code\": \"STEP-$n\", \"title\": \"x\", \"state\": \"ACTION_STEP_STATE_NOT_STARTED\"}" |
    site records create ActionStep - --scope shared >"$work/write.log" 2>&1 || served=1
  site sync now --timeout 20s >"$work/sync.log" 2>&1 || served=1
  sleep 1
done
wait $hostile_pid
cat "$work/hostile.tap"
cases=$((cases + $(grep -c '^\(not \)\?ok' "$work/hostile.tap")))
tell $served "an honest site wrote and synced all the while" "$work/sync.log"
kill -0 $server_pid
tell $? "the server lives" "$work/server.log"
memory=$(resident_mb $server_pid)
((memory < 400))
tell $? "its memory stays bounded ($memory MB)"

district sites revoke S2 --reason "meant harm" >"$work/revoke.log" 2>&1
"$bin/trellisd" serve --data "$work/S2" --socket "$work/socket2" >"$work/s2.out" 2>"$work/s2.log" &
second_pid=$!
ready "$work/s2.out"
for _ in $(seq 1 50); do
  "$bin/trellis" --address "unix:$work/socket2" doctor >"$work/doctor.log" 2>&1
  code=$?
  [[ $code == 4 ]] && break
  sleep 0.2
done
[[ $code == 4 ]] && grep -q 'shut out' "$work/doctor.log"
tell $? "a site that was shut out is told so by its doctor (exit 4)" "$work/doctor.log"
kill -KILL $second_pid
echo "1..$cases"
