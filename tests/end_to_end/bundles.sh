#!/usr/bin/env bash
# Sync without a link: bundles carried by hand and by a neighbour; see bundles.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/bundles.py" "$@"
