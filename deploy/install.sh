#!/usr/bin/env bash
# Installs, quietly, the Debian packages that building and testing Trellis need and that are missing here.
# Does nothing, in a blink, when all are there. Debian 12; 13 names them the same.
#
#   deploy/install.sh           compiler, libraries and tools for build and tests
#   deploy/install.sh --fuzz    also clang with libFuzzer, for the fuzz preset
set -euo pipefail

packages=(
  # compiler and build
  g++ cmake ninja-build pkg-config ccache mold git
  # libraries (CONTRIBUTING.md says what each is for)
  libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler
  librocksdb-dev libabsl-dev libfmt-dev libspdlog-dev libzstd-dev libssl-dev libsodium-dev
  libboost-dev libeigen3-dev libcairo2-dev libpango1.0-dev libqrencode-dev fonts-dejavu-core libcli11-dev nlohmann-json3-dev
  libzip-dev libpugixml-dev libfreexl-dev libxlsxwriter-dev coinor-libclp-dev
  # tests and checks
  libgtest-dev libgmock-dev librapidcheck-dev clang-format clang-tidy python3 strace
  # certificates and requests in scripts
  openssl curl ca-certificates procps
)
# Any Node will do for the proto linter, Debian's or another.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  packages+=(nodejs npm)
fi
case "${1:-}" in
  --fuzz)
    version=$(apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
    packages+=(clang "libclang-rt-$version-dev" "libfuzzer-$version-dev")
    ;;
  "") ;;
  *) echo "usage: deploy/install.sh [--fuzz]" >&2; exit 2 ;;
esac

missing=()
declare -A installed
while read -r name status; do
  [[ $status == installed ]] && installed[$name]=1
done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null)
for name in "${packages[@]}"; do
  [[ -n ${installed[$name]:-} ]] || missing+=("$name")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing; as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} Debian packages (and what they depend on): ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" >>"$log" 2>&1
}
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  tail -n 30 "$log" >&2
  echo "Installing failed; the lines above are apt's own. Check the network and the package sources." >&2
  exit 1
fi
