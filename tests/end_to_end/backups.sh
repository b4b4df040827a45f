#!/usr/bin/env bash
# Backups and restores killed, and a restore on new hardware; see backups.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/backups.py" "$@"
