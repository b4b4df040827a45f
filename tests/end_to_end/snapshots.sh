#!/usr/bin/env bash
# Reports in every format, and a cycle's report frozen, from the command line against a real server. TAP.
# TRELLIS_BIN: the folder with the programs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
bin=$(realpath "${TRELLIS_BIN:-build/release/bin}")
work=$(mktemp -d)
cases=0

leave() {
  kill -KILL ${server_pid:-} 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
trap leave EXIT

tell() {  # CODE SENTENCE
  cases=$((cases + 1))
  if [[ $1 == 0 ]]; then echo "ok $cases - $2"; else echo "not ok $cases - $2"; fi
}
district() {
  "$bin/trellis" --address "127.0.0.1:$api" --ca-file "$work/server/keys/authority.crt" \
    --token-file "$work/server/admin.token" "$@"
}

"$bin/trellis-server" init --data "$work/server" --district "Frozen" >"$work/init.json" || exit 1
"$bin/trellis-server" serve --data "$work/server" --sync 127.0.0.1:0 --api 127.0.0.1:0 \
  >"$work/server.out" 2>"$work/server.log" &
server_pid=$!
for _ in $(seq 1 200); do [[ -s $work/server.out ]] && break; sleep 0.1; done
api=$(grep -o 'api=[^ ]*' "$work/server.out" | grep -o '[0-9]*$')

echo '{"code":"TRUST-1","title":"Trust","aim":"More trust"}' |
  district records create ImprovementCycle - >"$work/created" 2>&1
tell $? "a cycle is made"
for format in html pdf xlsx r csv json table; do
  district report cycle --param cycle=TRUST-1 --format "$format" --to "$work/report.$format" 2>/dev/null
done
[[ $(head -c 5 "$work/report.pdf") == %PDF- && $(head -c 2 "$work/report.xlsx") == PK ]] &&
  grep -q '</html>' "$work/report.html" && grep -q '"digest"' "$work/report.json"
tell $? "its report comes in every format"

district cycles freeze TRUST-1 >"$work/frozen" 2>&1 && grep -q 'cycle.TRUST-1.v1' "$work/frozen"
tell $? "it is frozen as version 1"
district cycles freeze TRUST-1 >"$work/again" 2>&1 && grep -q 'nothing new' "$work/again"
tell $? "frozen again with the same numbers it is the same snapshot"
district snapshots get cycle.TRUST-1.v1 --format json >"$work/snapshot.json" 2>&1 && grep -q '"report":"cycle"' "$work/snapshot.json"
tell $? "the snapshot is read back and its digest holds"
id=$(district --json records get ImprovementCycle TRUST-1 | grep -o '"id": *"[^"]*"' | head -1 | grep -o '[0-9a-f-]\{36\}')
echo '{"title":"Trust","decision":"CYCLE_DECISION_ADOPT"}' |
  district records update ImprovementCycle "${id:-TRUST-1}" - >"$work/updated" 2>&1
district cycles freeze TRUST-1 >"$work/next" 2>&1
grep -q 'cycle.TRUST-1.v2' "$work/next" && [[ $(district snapshots get cycle.TRUST-1.v1 --format json) == "$(cat "$work/snapshot.json")" ]]
tell $? "what changed since makes version 2, and version 1 stays as it was"
for format in table html pdf; do
  district snapshots get cycle.TRUST-1.v1 --format "$format" --to "$work/kept.$format" 2>/dev/null
done
grep -q 'Trust' "$work/kept.table" && grep -q '</html>' "$work/kept.html" && [[ $(head -c 5 "$work/kept.pdf") == %PDF- ]]
tell $? "a snapshot is read in the formats of a report"
echo '{"transitions":[{"from":"CYCLE_STAGE_RESEARCH","to":"CYCLE_STAGE_IDENTIFY_STRATEGIES","at":"2026-10-01T08:00:00Z","state":"TRANSITION_STATE_ACCEPTED"}]}' |
  district records update ImprovementCycle "${id:-TRUST-1}" - >"$work/gate" 2>&1
for _ in $(seq 1 100); do
  district snapshots list >"$work/list" 2>&1 && grep -q 'cycle.TRUST-1.v3 .*identify strategies' "$work/list" && break
  sleep 0.1
done
grep -q 'cycle.TRUST-1.v3 .*identify strategies' "$work/list"
tell $? "a gate that is passed freezes the report by itself"
echo "1..$cases"
