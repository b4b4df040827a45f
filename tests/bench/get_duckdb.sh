#!/bin/sh
# Fetches DuckDB's library for `trellis-bench report` into the folder given (default: ./duckdb) and prints the
# variable that names it. Nothing else uses it.
#   eval "$(tests/bench/get_duckdb.sh /var/tmp/duckdb)" && build/release/bin/trellis-bench report
set -eu
folder=${1:-duckdb}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
npm install --silent --no-audit --no-fund --prefix "$folder" @duckdb/node-bindings-linux-x64 >&2
library="$folder/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so"
[ -f "$library" ] || { echo "no libduckdb.so in $folder; is npm at hand?" >&2; exit 1; }
echo "export TRELLIS_DUCKDB='$library'"
