#!/bin/sh
# Installs Debian packages that are missing. usage: system_packages.sh PACKAGE...
# Without root it says which command to run, and fails.
set -eu
missing=
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || { echo "please install:$missing" >&2; exit 1; }
if [ "$(id -u)" = 0 ]; then root=; elif command -v sudo >/dev/null 2>&1; then root=sudo; else
  echo "as root, please run: apt-get install$missing" >&2; exit 1
fi
echo "installing$missing" >&2
$root apt-get -o DPkg::Lock::Timeout=600 -qq update
$root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -y -qq install --no-install-recommends $missing >/dev/null
