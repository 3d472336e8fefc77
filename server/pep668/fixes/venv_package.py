"""Install the package that makes `python3 -m venv` work, in the line that installs Python.

It is that of the interpreter: `python3.11 -m venv` needs `python3.11-venv`. Where the line that installs Python cannot
be edited, a command of its own before.

Fix safety: safe, since the command fails without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Command, Edit, Finding, Fix

from ._creation import inserted
from ._image import anchor
from ._packages import PACKAGE, before, venv_package

RULES = ("EM008",)
ORDER = 5
ID = "venv-package"

_VERSIONED = re.compile(r"(?:/usr/bin/)?python(3\.\d+)")
_APT = ("apt", "apt-get", "aptitude")
_ROOT = (None, "", "root", "0", "0:0", "root:root")


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    command = finding.subject
    if not isinstance(command, Command):
        return
    versioned = _VERSIONED.fullmatch(command.words[0].value or "")
    package = f"python{versioned[1]}-venv" if versioned else PACKAGE
    title = f"Install {package} together with Python"
    edits: tuple[Edit, ...] | None = venv_package(context, command, package)
    if not edits:
        title = f"Install {package} before"
        edits = _before(context, command, package)
    if edits:
        yield Fix(ID, title, edits, applicability=Applicability.SAFE, preferred=True)
    else:
        by_hand = f"apt-get install -y {package}"
        yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=by_hand)


def _before(context: Context, command: Command, package: str) -> tuple[Edit, ...] | None:
    """A command of its own before the one that fails."""
    if command.wrappers or command.region.language != "shell":
        return None
    if anchor(command) is None:
        root = any(c.name in _APT and not c.wrappers for c in before(context, command))
        return inserted(context, command, f"{'' if root else 'sudo '}apt-get install -y {package}", joint=" && ")
    user = command.region.fact("user")
    if user is not None and user.value not in _ROOT:
        return None
    line = f"apt-get update && apt-get install -y --no-install-recommends {package}"
    return inserted(context, command, line, joint=" && ")
