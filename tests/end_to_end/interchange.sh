#!/usr/bin/env bash
# Files of other systems in and out of a real district; see interchange.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/interchange.py" "$@"
