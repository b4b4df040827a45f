#!/usr/bin/env bash
# The demonstration, as a test: what it says is so, it says what the main job promises, a lie of a program
# does not get past it, and nothing is left behind. TAP. TRELLIS_BIN: the folder with the programs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
bin=$(realpath "${TRELLIS_BIN:-build/release/bin}")
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
cases=0

tell() {  # CODE SENTENCE [FILE TO SHOW]
  cases=$((cases + 1))
  if [[ $1 == 0 ]]; then
    echo "ok $cases - $2"
  else
    echo "not ok $cases - $2"
    [[ -z ${3:-} ]] || sed 's/^/# /' "$3"
  fi
}
claims() { grep -q -- "✓ $1" "$TMPDIR/story"; tell $? "it is shown that: $1"; }
nothing_left() { ! pgrep -f -- "$TMPDIR" >"$TMPDIR/left" && [[ -z $(find "$TMPDIR" -name 'trellis-demo.*') ]]; }

TRELLIS_BIN=$bin deploy/demo.sh >"$TMPDIR/story" 2>&1
tell $? "the demonstration ends well" "$TMPDIR/story"
nothing_left
tell $? "it leaves no process and no folder" "$TMPDIR/left"
rm -f "$TMPDIR/left"
claims "Each school joined with a code that works once"
claims "The district has every answer, once."
claims "In the middle of its work the district's server loses power (kill -9)"
claims "Started again, Spinelli has everything that it had been told was saved."
claims "So has the Junior High."
claims "District and schools hold the same, record for record: the digests are equal."
claims "Three people changed different things: the title, the percentage and the state are all kept."
claims "Listed with both dates at the district."
claims "Listed with both dates at Dudley Elementary."
claims "No conflict is left anywhere"
claims "The digests are equal again."
grep -q 'Cycle report' "$TMPDIR/story" && grep -q 'hidden' "$TMPDIR/story"
tell $? "the cycle report is printed, small cells hidden" "$TMPDIR/story"

# A command line that loses one line of every list of staff.
mkdir "$TMPDIR/lying"
ln -s "$bin/trellis-server" "$bin/trellisd" "$TMPDIR/lying/"
cat >"$TMPDIR/lying/trellis" <<LIE
#!/bin/sh
case "\$*" in
  *"list Staff"*) "$bin/trellis" "\$@" | sed 1d ;;
  *) exec "$bin/trellis" "\$@" ;;
esac
LIE
chmod +x "$TMPDIR/lying/trellis"
TRELLIS_BIN="$TMPDIR/lying" deploy/demo.sh >"$TMPDIR/lied_to" 2>&1
[[ $? != 0 ]] && grep -q '✗ The staff roster' "$TMPDIR/lied_to"
tell $? "a claim that is not so ends it with an error" "$TMPDIR/lied_to"
! pgrep -f -- "$TMPDIR" >/dev/null
tell $? "then, too, no process is left"
echo "1..$cases"
