#!/usr/bin/env bash
# Lints the protos with buf (rules: proto/buf.yaml). buf comes from npm, once, into build/buf.
# Exits with 77 (skipped) on machines the buf package is not made for and, except in CI, where the registry
# cannot be reached.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "the buf package is for Linux on x86-64 only"
  exit 77
fi
tools=build/buf
mkdir -p "$tools"
if ! cmp -s proto/package-lock.json "$tools/package-lock.json"; then
  cp proto/package.json "$tools/package.json"
  (cd "$tools" && cp ../../proto/package-lock.json . &&
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || {
    rm -f "$tools/package-lock.json"
    echo "buf could not be fetched from the npm registry"
    [[ -n ${CI:-} ]] && exit 1
    exit 77
  }
fi
"$tools/node_modules/@bufbuild/buf-linux-x64/bin/buf" lint proto
