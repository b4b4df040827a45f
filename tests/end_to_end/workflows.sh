#!/usr/bin/env bash
# A district's workflows as people type them; see workflows.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/workflows.py" "$@"
