"""Ansible's `pip` module: its own `virtualenv` option."""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._way import Way
from pep668.model import Judged

ORDER = 5
DIRECTORY = "/opt/venv"


def answers(judged: Judged) -> bool:
    return judged.install.tool == "ansible-pip"


def way(context: Context, judged: Judged) -> Way:
    title = "Install into a virtual environment instead, by the module's virtualenv"
    return Way(title, None, f"virtualenv: {DIRECTORY}\nvirtualenv_command: python3 -m venv")
