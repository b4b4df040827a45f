#!/usr/bin/env bash
# What goes out on paper and comes back; see paper.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/paper.py" "$@"
