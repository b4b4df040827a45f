#!/usr/bin/env bash
# What crosses from one site to another; see across_sites.py. TAP. TRELLIS_BIN: the programs' folder.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/across_sites.py" "$@"
