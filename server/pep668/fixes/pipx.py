"""Install applications with pipx, each in an environment of its own; a mixed list is split.

What else the list names goes into a virtual environment. Where pipx is not there, the distribution's is installed
first. In an image its programs are linked into /usr/local/bin, which is in PATH.

Fix safety: unsafe, since the program moves to the user's `~/.local/bin` and is no longer importable.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Fix

from ._tools import Tool, moved

RULES = ("EM001", "EM002", "EM003", "EM005", "EM006", "EM007")
ORDER = 20

TOOL = Tool(
    program="pipx",
    command="pipx install",
    image="PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin",
    setup="sudo apt install pipx && pipx ensurepath (Debian, Ubuntu), brew install pipx (macOS)",
    preferred=True,
)


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    yield from moved(context, finding, "pipx", TOOL)
