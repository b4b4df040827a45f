#!/usr/bin/env bash
# Files attached to records, over a bad line, killed programs and restored stores; see attachments.py. TAP.
# TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/attachments.py" "$@"
