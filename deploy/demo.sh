#!/usr/bin/env bash
# The main job, on a sample district: a server and six schools, a survey in the fall, links that are cut, work
# done offline on both sides, programs killed in the middle of it, sync, equal digests, one conflict and its
# settlement, the cycle report. Installs and builds what is missing first. Exits non-zero if anything it says
# is not so, and leaves nothing running.
#
#   deploy/demo.sh [--keep]     --keep leaves the district running and says how to use it
#
# TRELLIS_BIN names a folder with the programs, if they are not to be built here.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep=no
case ${1:-} in
  "") ;;
  --keep) keep=yes ;;
  *) sed -n '2,9s/^# \?//p' "$0" >&2; exit 2 ;;
esac

if [[ -z ${TRELLIS_BIN:-} ]]; then
  deploy/install.sh
  mkdir -p build/release
  [[ -x build/release/bin/trellis-server ]] || echo "Building. The first time this takes some minutes ..."
  { cmake --preset release && ninja -C build/release trellis-server trellisd trellis; } >build/release/demo.log 2>&1 ||
    { tail -n 30 build/release/demo.log; exit 1; }
fi
bin=${TRELLIS_BIN:-build/release/bin}
sample=deploy/sample_district
. deploy/demo/machinery.sh
begun=$SECONDS

# The schools, in the order of their CDS codes. Three reach the server over a line that can be cut.
schools=(high dudley junior spinelli oakhill north)
declare -A cds=([high]=34739733430378 [dudley]=34739736032908 [junior]=34739736032916
                [spinelli]=34739736032924 [oakhill]=34739736107734 [north]=34739736108948)
declare -A called=([high]="Center High" [dudley]="Dudley Elementary" [junior]="Center Junior High"
                   [spinelli]="Spinelli Elementary" [oakhill]="Oak Hill Elementary" [north]="North Country Elementary")
on_the_line=(dudley spinelli oakhill)

district() { "$bin/trellis" --address "$api" --ca-file "$ca" --token-file "$token" "$@"; }
at() { local school=$1; shift; "$bin/trellis" --address "unix:$work/$school/socket" "$@"; }
someone() { if [[ $1 == district ]]; then shift; district "$@"; else at "$@"; fi; }

start_server() {
  start server "$bin/trellis-server" serve --data "$work/server" --sync "127.0.0.1:$sync_port" \
    --join "127.0.0.1:$join_port" --api "127.0.0.1:$api_port"
}
start_school() { start "$1" "$bin/trellisd" serve --data "$work/$1/data" --socket "$work/$1/socket"; }

for_all_schools() {  # COMMAND...: at every school at once, its short name first
  local school pids=()
  for school in "${schools[@]}"; do
    "$@" "$school" >"$work/logs/each.$school" 2>&1 &
    pids+=($!)
  done
  local failed=0
  for school in "${schools[@]}"; do
    wait "${pids[0]}" || { failed=1; sed "s/^/$school: /" "$work/logs/each.$school"; }
    pids=("${pids[@]:1}")
  done
  return "$failed"
}

create_all() { district import records "$sample/records/$1.json" --kind "$1"; }  # KIND: of the sample district
count() {  # WHO KIND: records of a kind, over all schools
  if [[ $1 != district ]]; then at "$1" --json records list "$2" | wc -l; return; fi
  local school
  for school in "${schools[@]}"; do district --json records list "$2" --scope "${scope_of[$school]}"; done | wc -l
}
rows_in() { local name=$1 files=("${@:2}"); cat "${files[@]/%//$name.csv}" | grep -vc -e '^respondent_key,' -e '^staff,'; }
cell_of() { local who=$1 report=$2; shift 2; someone "$who" --json report "$report" --survey TRUST-26 "${where[@]}" | reading cell "$@"; }
is_offline() { [[ $(at "$1" --json sync status | reading field state) == SYNC_STATE_OFFLINE ]]; }
has_word() { local word=$1; shift; "$@" 2>&1 | grep -q -- "$word"; }

# Writes sessions one after the other until the far end is gone; what was answered OK stands in acked.WHO.
write_sessions() {  # WHO
  local n code
  for n in $(seq 1 500); do
    code="MAKEUP-${1^^}-$n"
    someone "$1" records create Session - >>"$work/logs/writing.$1" 2>&1 <<JSON || return 0
{"code": "$code", "activity": "TRUST-CIRCLES", "startTime": "2026-04-29T21:00:00Z", "state": "SESSION_STATE_HELD"}
JSON
    echo "$code" >>"$work/acked.$1"
  done
}
has_written() { [[ -f $work/acked.$1 && $(wc -l <"$work/acked.$1") -ge $2 ]]; }
pull_the_plug_while_writing() {  # WHO PROGRAM
  write_sessions "$1" &
  eventually 10 has_written "$1" 4 || fail "$1 writes sessions" "$(tail -n 5 "$work/logs/writing.$1")"
  pull_the_plug "$2"
  wait $!
}
has_all_sessions() {  # AT WHOSE
  local list code
  list=$(someone "$1" --json records list Session) || return
  while read -r code; do
    grep -q "\"code\": *\"$code\"" <<<"$list" || { echo "$code, which was answered OK, is not there"; return 1; }
  done <"$work/acked.$2"
}

# ---------------------------------------------------------------------------------------------------------
printf '%sTrellis: a school district at work while its links are cut%s\n' "$bold" "$plain"
say "Center Joint Unified, near Sacramento, has six schools. Their names and codes are real; the people and \
all they answer and do here are invented ($sample/README.md)."

chapter "1. The district starts its server, and six schools join"
read -r sync_port join_port api_port port_a port_b port_c < <(free_ports 6)
api=127.0.0.1:$api_port
"$bin/trellis-server" init --data "$work/server" --district "Center Joint Unified (sample)" >"$work/init.json" \
  2>"$work/logs/init.log" || fail "the server's folder is made" "$(cat "$work/logs/init.log")"
token=$(reading field adminTokenFile <"$work/init.json")
ca=$(reading field caFile <"$work/init.json")
start_server
declare -A port_to=([high]=$sync_port [junior]=$sync_port [north]=$sync_port
                    [dudley]=$port_a [spinelli]=$port_b [oakhill]=$port_c)
for school in "${on_the_line[@]}"; do
  start "line-$school" python3 deploy/demo/link.py "${port_to[$school]}" 127.0.0.1 "$sync_port"
done
must district import organizations "$sample/roster/organizations.csv"
declare -A scope_of=()
for school in "${schools[@]}"; do
  mkdir -p "$work/$school"
  district --json sites add "${called[$school]}" --identifier "${cds[$school]}" --lead "lead-$school" --code-file "$work/$school/code" \
    >"$work/$school/site.json" 2>"$work/logs/sites.log" ||
    fail "the district opens a site for ${called[$school]}" "$(cat "$work/logs/sites.log")"
  scope_of[$school]=$(reading field site.site <"$work/$school/site.json")
done
must district sites add "Central Office" --identifier CENTER-OFFICE --code-file "$work/office.code"
join() { "$bin/trellisd" join --data "$work/$1/data" --server "127.0.0.1:${port_to[$1]}" --code-file "$work/$1/code"; }
check "Each school joined with a code that works once, and has its own certificate." for_all_schools join
for school in "${schools[@]}"; do start_school "$school"; done
must district import codelists deploy/code_lists/code_lists.json
must district import codelists deploy/code_lists/frameworks.json
for kind in SchoolYear Threshold; do must create_all "$kind"; done
must district import oneroster "$sample/roster"
check_equal "The staff roster (OneRoster) is in: 300 people at the schools." 300 "$(count district Staff)"
for kind in Survey Wave Goal Metric TheoryOfAction ImprovementCycle ActionStep Activity Session; do
  must create_all "$kind"
done
"$sample/year.py" "$work/year"
must district import records "$work/year/shared.json"
went_well "The district entered a survey in two languages, its plan with needs and obstacles, an improvement cycle, and \
what there is to learn."

chapter "2. Fall: the baseline"
"$sample/invent.py" answers "$work/answers"
folders=("${schools[@]/#/$work/answers/}")
for school in "${schools[@]}"; do ln -s "${cds[$school]}" "$work/answers/$school"; done
sync_now() { at "$1" sync now --timeout 60s; }
enter() { at "$2" import responses "$work/answers/$2/$1.csv" --survey TRUST-26 --wave "TRUST-26-${1^^}"; }
must for_all_schools sync_now
check "Staff answered the survey; each school entered its own answers." for_all_schools enter fall
check "All six schools synced." for_all_schools sync_now
check_equal "The district has every answer, once." "$(rows_in fall "${folders[@]}")" "$(count district Response)"
district report construct-mean --survey TRUST-26 --wave TRUST-26-FALL | sed -n '/^ *construct/,/^$/p' | quote
must district waves close TRUST-26-FALL
must district waves open TRUST-26-SPRING
knows_spring() { [[ $(at "$1" --json records get Wave TRUST-26-SPRING | reading field data.state) == WAVE_STATE_OPEN ]]; }
comes_to_know_spring() { eventually 20 knows_spring "$1"; }
check "The district closes the fall's survey and opens the spring's; connected schools have it at once." \
  for_all_schools comes_to_know_spring

chapter "3. Spring: the links go, and everybody goes on working"
for school in "${on_the_line[@]}"; do kill -USR1 "${pid_of[line-$school]}"; done
for school in "${on_the_line[@]}"; do
  eventually 20 is_offline "$school" || fail "$school knows that it is offline" "$(at "$school" sync status)"
done
went_well "The line to Dudley, Spinelli and Oak Hill is cut, and those three know it."
step() { someone "$1" records update ActionStep STEP-TIME - <<<"$2"; }
check "The district's office goes on as well, and enters what its own people learned." \
  district import participations "$work/answers/office.csv" --site-column site
check "It rewrites an action step, \"Protect an hour for circles\": a new title." \
  step district '{"title": "Protect ninety minutes for circles in next year'\''s calendar"}'
pull_the_plug_while_writing district server
went_well "In the middle of its work the district's server loses power (kill -9). Now nobody has a link."
eventually 20 is_offline high || fail "high knows that it is offline" "$(at high sync status)"
check "Dudley, offline, reports the same step as 40 % done, and due by May 29." \
  step dudley '{"percentComplete": 40, "dueDate": "2026-05-29"}'
check "Center High, offline, marks it as in progress, and due by June 3." \
  step high '{"state": "ACTION_STEP_STATE_IN_PROGRESS", "dueDate": "2026-06-03"}'
check "All six schools enter the spring survey." for_all_schools enter spring
enter_year() { at "$1" import records "$work/year/${cds[$1]}.json"; }
check "They enter the year's other work as well: meetings, coaching, visits, absences, evidence." for_all_schools enter_year
pull_the_plug_while_writing spinelli spinelli
pull_the_plug_while_writing junior junior
start_school spinelli
start_school junior
went_well "The computers of Spinelli and the Junior High die in the middle of writing (kill -9)."
check "Started again, Spinelli has everything that it had been told was saved." has_all_sessions spinelli spinelli
check "So has the Junior High." has_all_sessions junior junior
learned() { at "$1" import participations "$work/answers/$1/learning.csv"; }
check "All six schools enter who learned what this year." for_all_schools learned
check "Entering the same file again changes nothing." has_word "already imported" enter spring spinelli
went_well "Center High is told how things stand, and no better than they do:"
at high sync status | head -n 1 | quote
where=(--wave TRUST-26-SPRING)
offline_mean=$(cell_of dudley construct-mean mean construct=TRUST)
went_well "Dudley reads its own result with no link at all: trust stands at ${offline_mean:0:4} of 5."

chapter "4. The links return"
start_server
check "The server is back, with everything it had said was saved." has_all_sessions district district
for school in "${on_the_line[@]}"; do kill -USR2 "${pid_of[line-$school]}"; done
check "All six schools synced." for_all_schools sync_now
check "Once more, so that each has what the others brought." for_all_schools sync_now
take_digests() { at "$1" --json digest >"$work/$1/digest"; }
digest_files=("${schools[@]/#/$work/}")
digest_files=("${digest_files[@]/%//digest}")
same_on_both_sides() {
  for_all_schools take_digests && district --json digest >"$work/digest" &&
    reading digests "$work/digest" "${digest_files[@]}"
}
check "District and schools hold the same, record for record: the digests are equal." same_on_both_sides
check_equal "Every answer of the spring has arrived, once." \
  "$(($(rows_in fall "${folders[@]}") + $(rows_in spring "${folders[@]}")))" "$(count district Response)"
check_equal "So has every hour of learning." "$(rows_in learning "${folders[@]}")" "$(count district Participation)"
for whose in district spinelli junior; do must has_all_sessions north "$whose"; done
went_well "What was saved just before each power cut is there as well, at every school."

chapter "5. One step, edited in three places"
of_step() { someone "$1" --json records get ActionStep STEP-TIME | reading field "data.$2"; }
for who in district dudley high north; do
  [[ $(of_step "$who" title) == *ninety* && $(of_step "$who" percentComplete) == 40 &&
     $(of_step "$who" state) == *IN_PROGRESS ]] || fail "$who has all three edits" "$(someone "$who" records get ActionStep STEP-TIME)"
done
went_well "Three people changed different things: the title, the percentage and the state are all kept."
say "Two gave it different due dates. Nobody's is thrown away; both sides list both:"
district conflicts list | grep -v -e --take | quote
for who in district dudley high; do
  check_equal "Listed with both dates at ${called[$who]:-the district}." "2026-05-29 2026-06-03" \
    "$(someone "$who" --json conflicts list ActionStep | reading values due_date)"
done
settle() {
  local version
  version=$(at high --json conflicts list ActionStep | reading version due_date 2026-05-29) &&
    at high conflicts resolve ActionStep STEP-TIME due_date --take "$version"
}
check "Center High gives way and takes Dudley's date." settle
must for_all_schools sync_now
must for_all_schools sync_now
no_conflicts() {
  local who
  for who in district "${schools[@]}"; do
    [[ -z $(someone "$who" --json conflicts list) && $(of_step "$who" dueDate) == 2026-05-29 ]] ||
      { echo "$who"; someone "$who" conflicts list; return 1; }
  done
}
check "No conflict is left anywhere; everybody has May 29." no_conflicts
check "The digests are equal again." same_on_both_sides

chapter "6. Did it help? The cycle report"
check_equal "Dudley's own result, read offline, is what the district computes for Dudley." "$offline_mean" \
  "$(where+=(--site "${cds[dudley]}"); cell_of district construct-mean mean construct=TRUST)"
before=$(cell_of district wave-change before construct=TRUST)
after=$(cell_of district wave-change after construct=TRUST)
change=$(cell_of district wave-change change construct=TRUST)
matched=$(cell_of district wave-change matched construct=TRUST)
grew() { awk -v change="$change" -v after="$after" 'BEGIN { exit !(change > 0.1 && after >= 3.5) }'; }
check "Trust rose from ${before:0:4} to ${after:0:4} of 5; the aim was 3.5. The ${matched%.*} who answered both times rose by ${change:0:4}." grew
check_equal "Groups of fewer than ten people, such as the administrators, are hidden, and those that would give them away." HIDDEN \
  "$(cell_of district disaggregation mean construct=TRUST role=administrator)"
cycle=(report cycle --param cycle=TRUST-CYCLE-26 --as-of 2026-05-15)
check_equal "The report covers all six schools, and says up to when." true \
  "$(district --json "${cycle[@]}" | reading field cut.complete)"
echo
district "${cycle[@]}" >"$work/cycle.txt" 2>"$work/logs/cycle.log" ||
  fail "the cycle report is printed" "$(cat "$work/logs/cycle.log")"
quote <"$work/cycle.txt"

chapter "7. What next? The gates of the cycle"
at_gate() { district cycles advance TRUST-CYCLE-26 "$@"; }
stays_shut() { ! at_gate >"$work/gate" 2>&1 && grep -q "write what happened" "$work/gate"; }
check "The evaluation cannot be closed yet; the district is told what its gate still wants:" stays_shut
quote <"$work/gate"
on_cycle() { district records update ImprovementCycle TRUST-CYCLE-26 -; }
must on_cycle <<<'{"whatHappened": "Trust rose, most where many joined. Invented.", "predictionResult": "PREDICTION_RESULT_CONFIRMED"}'
check "With that written down, it closes." at_gate --done GROUPS
must on_cycle <<<'{"learned": "Protected time matters most. Invented.", "decision": "CYCLE_DECISION_ADOPT"}'
check "The district decides to adopt the circles, and the cycle has come from research to its decision." at_gate --done SHARED
district cycles list | quote
overdue() { at dudley due --until 2026-06-30 | grep -q overdue; }
check "What is due, and overdue, each school reads from the records' dates." overdue

printf '\n%sAll of this was so, in %d seconds.%s\n' "$bold" "$((SECONDS - begun))" "$plain"
if [[ $keep == yes ]]; then
  trellis=$(realpath "$bin/trellis")
  cat <<TEXT

The district is still running. As its administrator:
  $trellis --address $api --ca-file $ca \\
    --token-file $token sites health
At a school, as its lead (${schools[*]}):
  $trellis --address unix:$work/dudley/socket sync status
Dudley's line is cut with  kill -USR1 ${pid_of[line-dudley]}  and mended with  kill -USR2 ${pid_of[line-dudley]}
Everything ends with       kill ${pid_of[*]}; rm -r $work
TEXT
fi
