"""The override, as the last resort: never preferred, never applied with others.

The variable is used where pip may be too old for the flag (it ignores a variable that it does not know, and stops at an
option that it does not know); with sudo the flag, since sudo drops the variable.

Fix safety: unsafe. pip may then overwrite packages that the distribution's own programs import.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Fix, Judged, Verdict

from ._edits import Rewrite, start

RULES = ("EM001", "EM002", "EM006", "EM007")
ORDER = 90
ID = "last-resort"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or judged.environment.verdict is Verdict.ALLOWED:
        return
    install, environment = judged.install, judged.environment
    if install.tool not in ("pip", "uv", "get-pip"):
        return  # ensurepip knows no override
    if install.tool == "uv" and environment.local and not environment.as_root:
        return  # pip then installs for the user; uv stops, as it cannot write there
    rewrite = Rewrite(context.text, install.command)
    certain = environment.verdict is Verdict.REFUSED
    command = install.command
    prefixed = command.region.language == "shell" and not command.wrappers and not command.region.origin
    if install.tool == "pip" and not certain and prefixed:
        title = "Last resort: override with PIP_BREAK_SYSTEM_PACKAGES=1 (can break system tools)"
        rewrite.insert(start(install.command), "PIP_BREAK_SYSTEM_PACKAGES=1 ")
    else:
        title = "Last resort: override with --break-system-packages (can break system tools)"
        rewrite.insert(install.program.end, " --break-system-packages")
    edits = rewrite.edits()
    if edits:
        explanation = "Packages of the distribution that other programs need may be replaced or removed."
        yield Fix(ID, title, edits, explanation=explanation, last_resort=True)
