#!/usr/bin/env bash
# Proves that a new Debian system is enough: makes one in a folder (Debian 12 with Python, git and
# make, nothing else), clones this checkout into it, and runs `make run` and `make test` there.
# As root, with debootstrap. Usage: packaging/prove_fresh_debian.sh [FOLDER] [pytest arguments]
#   MIRROR     the Debian mirror (default: that of this machine, else debootstrap's own)
#   PIP_CONF   a pip configuration to take along (default: that of this machine, if any)
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(realpath -m "${1:-build/fresh-debian}")
readonly folder
shift || true
say() { printf 'optlab: %s\n' "$*"; }
stop() { printf 'optlab: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || stop "this needs root: it makes a system in a folder and enters it"
command -v debootstrap >/dev/null || stop "debootstrap is missing: sudo apt-get install debootstrap"

# Everything that is mounted goes away with this namespace, however the script ends.
if [ -z "${OPTLAB_OWN_MOUNTS:-}" ]; then
  OPTLAB_OWN_MOUNTS=1 exec unshare --mount "$0" "$folder" "$@"
fi

# shellcheck disable=SC2016  # apt-get fills it in
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
  grep -m 1 '/debian/*$' || true)}
if [ ! -x "$folder/usr/bin/git" ]; then
  say "making a Debian system in $folder"
  mkdir -p "$folder"
  debootstrap --variant=minbase --include=python3,git,make,ca-certificates bookworm "$folder" \
    ${mirror:+"$mirror"} >"$folder.log" 2>&1 || { tail -n 20 "$folder.log" >&2; stop "debootstrap"; }
fi
for kind in proc sys dev; do
  mount --rbind "/$kind" "$folder/$kind"
done
cp --dereference /etc/resolv.conf "$folder/etc/resolv.conf"
cp --dereference /etc/hosts "$folder/etc/hosts"
if [ -d /etc/ssl/certs ]; then cp --recursive /etc/ssl/certs "$folder/etc/ssl/"; fi
# The packages come from where this machine has them.
for path in /etc/apt/apt.conf.d /etc/apt/sources.list.d /etc/apt/keyrings /etc/pip.conf; do
  if [ -e "$path" ]; then
    rm -rf "${folder:?}$path"
    cp --recursive --dereference "$path" "$folder$path"
  fi
done
conf=${PIP_CONF:-$HOME/.config/pip/pip.conf}
if [ -f "$conf" ]; then
  mkdir -p "$folder/root/.config/pip"
  cp "$conf" "$folder/root/.config/pip/pip.conf"
fi

rm -rf "$folder/root/optlab"
git clone --quiet --no-hardlinks . "$folder/root/optlab"
inside() {
  chroot "$folder" /usr/bin/env --ignore-environment HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 sh -c "cd /root/optlab && $1"
}
say "in it: $(inside 'python3 --version; git --version' | tr '\n' ' ')"
say "make run"
inside 'make run'
inside 'ls -l optlab-output' | tail -n +2
say "make test"
inside "make test ARGS='$*'"
say "a fresh Debian system runs OptLab and passes its tests"
