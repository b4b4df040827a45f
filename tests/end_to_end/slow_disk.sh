#!/usr/bin/env bash
# A disk whose every sync takes a second, with real processes; see slow_disk.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/slow_disk.py" "$@"
