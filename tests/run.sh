#!/usr/bin/env bash
# Installs what is missing, builds the release preset and runs every test. The last line says
# "N passed, N failed"; the exit code is 0 only if nothing failed.
#
#   tests/run.sh [--fast] [--tidy] [NAME...]
#     --fast    without the simulation and the end-to-end scripts
#     --tidy    clang-tidy as well (what .ci/run does)
#     NAME      only tests whose name contains one of these words, e.g. unit/merge structure
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for argument in "$@"; do
  case $argument in
    --fast | --tidy) ;;
    -*) sed -n '5,8s/^# \?//p' "$0" >&2; exit 2 ;;
  esac
done

give_up() {  # MESSAGE LOG
  tail -n 60 "$2"
  echo "FAILED $1"
  echo "0 passed, 1 failed"
  exit 1
}

build=build/release
mkdir -p "$build"
deploy/install.sh || give_up "deploy/install.sh" /dev/null
cmake --preset release >"$build/configure.log" 2>&1 || give_up "configuring" "$build/configure.log"
# What builds is tested even if something else does not build; that counts as a failure of its own.
built=yes
ninja -C "$build" -k 0 >"$build/build.log" 2>&1 || built=no
if [[ $built == no ]]; then
  grep -A 3 -E 'error:|undefined reference|multiple definition|duplicate symbol' "$build/build.log" | head -n 100
  tail -n 1 "$build/build.log"
fi
exec python3 tests/run_cases.py --build "$build" --built "$built" "$@"
