#!/bin/bash
# Everyday lines of a setup script. Hover over what is marked,
# or press Ctrl+. on it.
set -e

sudo apt-get update
sudo apt-get install -y python3 python3-pip python3-venv

# A library for one's own code: belongs into a virtual environment.
pip3 install six

# Root does not help, and changes more than it should.
sudo pip3 install requests

# So does this, until it breaks the system's own programs.
pip3 install --break-system-packages rich

# Programs that one runs: pipx keeps each in an environment of its own.
pip3 install black

# The way that works everywhere.
python3 -m venv .venv
.venv/bin/pip install six
