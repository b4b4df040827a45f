#!/usr/bin/env bash
# A year of the sample district entered at six offline sites; see sample_year.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/sample_year.py" "$@"
