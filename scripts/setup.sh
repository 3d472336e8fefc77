#!/bin/sh
# Makes build/venv with what the named dependency groups need. usage: setup.sh GROUP...
# Nothing goes into the system Python; root is asked for only where Debian keeps a needed part in its own package.
set -eu
cd "$(dirname "$0")/.."
venv=build/venv
stamp=$venv/.groups-$(echo "$*" | tr ' ' '-')

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else say "this needs root: $*"; return 1; fi
}

# The newest Python that is there; 3.10 is the oldest that will do.
find_python() {
  for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      command -v "$name"; return
    fi
  done
  say "no Python 3.10 or newer found; install one, or name it: make PYTHON=/path/to/python3"
  return 1
}

make_venv() {
  python=$(find_python)
  if ! "$python" -m venv --clear "$venv" >build/venv.log 2>&1; then
    # Debian and Ubuntu keep ensurepip in a package of its own.
    if command -v apt-get >/dev/null 2>&1; then
      version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
      say "$python cannot make virtual environments yet: installing python$version-venv"
      as_root apt-get -o DPkg::Lock::Timeout=600 -qq update
      as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -y -qq install "python$version-venv" >/dev/null
      "$python" -m venv --clear "$venv"
    else
      cat build/venv.log >&2
      say "$python cannot make virtual environments; see above"
      return 1
    fi
  fi
}

mkdir -p build
if [ -e "$stamp" ] && [ "$stamp" -nt pyproject.toml ] && "$venv/bin/python" -c '' 2>/dev/null; then exit 0; fi
[ -x "$venv/bin/pip" ] && "$venv/bin/python" -c '' 2>/dev/null || make_venv
set -- $(for group in "$@"; do printf -- '--group %s ' "$group"; done)
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable . "$@"
touch "$stamp"
