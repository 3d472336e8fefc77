"""Install applications with `uv tool`, where uv is on this machine or the file uses it.

Fix safety: unsafe, for the same reasons as with pipx.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Fix, Judged

from ._programs import available
from ._tools import Tool, moved

RULES = ("EM001", "EM002", "EM003", "EM005", "EM006", "EM007")
ORDER = 21

TOOL = Tool(
    program="uv",
    command="uv tool install",
    image="UV_TOOL_DIR=/opt/uv-tools UV_TOOL_BIN_DIR=/usr/local/bin",
)


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    if isinstance(finding.subject, Judged) and available(context, finding.subject, "uv"):
        yield from moved(context, finding, "uv-tool", TOOL)
