#!/usr/bin/env bash
# Stores restored, rewound and cloned, with real processes; see drills.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/drills.py" "$@"
