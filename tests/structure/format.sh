#!/usr/bin/env bash
# Every C++ file stands as clang-format 14 would leave it. To put it right: tests/structure/format.sh --fix
# Exits with 77 (skipped) where another clang-format is installed: each formats a little differently.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! clang-format --version | grep -q ' version 14\.'; then
  echo "wants clang-format 14, as Debian 12 has it"
  exit 77
fi
sources() { find common server client tests \( -name '*.cc' -o -name '*.h' \) -print0; }
if [[ ${1:-} == --fix ]]; then
  sources | xargs -0 --no-run-if-empty clang-format -i
  exit
fi
badly_formatted=$(sources | xargs -0 --no-run-if-empty clang-format --dry-run 2>&1 | sed -n 's/:[0-9]*:[0-9]*: warning:.*//p' | sort -u)
if [[ -n $badly_formatted ]]; then
  echo "$badly_formatted"
  echo "put these right with: tests/structure/format.sh --fix"
  exit 1
fi
