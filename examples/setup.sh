#!/bin/bash
# What `pep668 check examples/` says of a script depends on the machine it runs on:
# try it with `--machine local` as well.
set -e

pip3 install requests
sudo -H pip3 install --upgrade httpie
python3 -m pip install --user black "numpy>=1.26"
PIP_BREAK_SYSTEM_PACKAGES=1 pip install rich

# None of these is refused anywhere.
python3 -m venv .venv
.venv/bin/pip install requests
. .venv/bin/activate
pip install flask
pipx install httpie
