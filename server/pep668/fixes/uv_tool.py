"""Install applications with `uv tool`, where uv is on this machine or the file uses it.

Fix safety: unsafe, for the same reasons as with pipx.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Fix

from ._index import index
from ._tools import moved

RULES = ("EM001", "EM002", "EM003", "EM005", "EM006", "EM007")
ORDER = 21


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    used = "uv" in index(context).programs
    local = context.machine is not None and "uv" in context.machine.programs
    if used or local:
        yield from moved(context, finding, "uv-tool", "uv tool install", True, "")
