#!/usr/bin/env bash
# Disks that are full and store files that are damaged; see disks.py. TAP. TRELLIS_BIN: the programs' folder.
python=(python3 "$(dirname "${BASH_SOURCE[0]}")/disks.py")
[[ $# == 0 ]] || exec "${python[@]}" "$@"
# Mounts of its own, which go with it.
own=(unshare --mount)
[[ $(id -u) == 0 ]] || own+=(--map-root-user)
if "${own[@]}" mount -t tmpfs none /mnt 2>/dev/null; then
  exec "${own[@]}" "${python[@]}"
fi
echo "# no file system can be mounted here: the stories of full disks are left out"
exec "${python[@]}" damaged
