"""Install applications with pipx, each in an environment of its own; a mixed list is split.

Fix safety: unsafe, since the program moves to the user's `~/.local/bin` and is no longer importable. In an image the
change is made only where the file installs pipx.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Fix

from ._index import index
from ._tools import moved

RULES = ("EM001", "EM002", "EM003", "EM005", "EM006", "EM007")
ORDER = 20


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    used = "pipx" in index(context).programs
    local = context.machine is not None and "pipx" in context.machine.programs
    setup = "sudo apt install pipx && pipx ensurepath (Debian, Ubuntu), brew install pipx (macOS)"
    yield from moved(context, finding, "pipx", "pipx install", used or local, setup)
