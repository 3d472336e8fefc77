"""Use `%pip` in a notebook's cell, which installs into the environment of the notebook's kernel.

`!pip` runs whichever pip PATH finds first: often the system's, which refuses, while the kernel that should import the
package runs another Python.

Fix safety: unsafe. The packages go to another Python than before, and the kernel's own may be managed as well; only
a line that is one plain command, and is refused or runs through sudo, is edited. Others are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Edit, Finding, Fix, Install, Judged, Verdict
from pep668.text import Span

from ._edits import command_line

RULES = ("EM001", "EM002", "EM003", "EM006", "EM007")
ORDER = 5
ID = "kernel-pip"
TITLE = "Use %pip, which installs into the environment of the notebook's kernel"

# A line of a cell begins there: in Python, and in the JSON string of a notebook.
_LINE_START = re.compile(r"(?:\A|[\r\n\"]|\\n)[ \t]*!!?[ \t]*\Z")
_BEFORE = 400


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged):
        return
    install = judged.install
    kernel = install.command.region.fact("kernel")
    if (
        kernel is None
        or kernel.value != "!pip"
        or not install.command.outer(install.command.span).touches(finding.span)
    ):
        return
    edits = _edits(context, install)
    if edits and (judged.environment.verdict is Verdict.REFUSED or finding.rule == "EM002"):
        yield Fix(ID, TITLE, edits, preferred=True, explanation=command_line(install, "%pip"))
    else:
        shown = command_line(install, "%pip")
        yield Fix(ID, TITLE, applicability=Applicability.DISPLAY_ONLY, explanation=shown)


def _edits(context: Context, install: Install) -> tuple[Edit, ...]:
    """The edit from `!`, sudo included, to the end of the program's word; none where more stands on the line."""
    command = install.command
    text = command.region.text
    if text[command.words[-1].span.end :].partition("#")[0].strip() or command.redirects:
        return ()
    if any(w.name not in ("sudo", "doas") for w in command.wrappers) or command.assignments:
        return ()
    first = command.wrappers[0].span if command.wrappers else command.words[0].span
    here = command.outer(first.to(command.words[0].span))
    if text[: first.start].strip() or not command.region.map.is_verbatim(first.to(command.words[0].span)):
        return ()
    begin = max(0, here.start - _BEFORE)
    found = _LINE_START.search(context.text, begin, here.start)
    if found is None:
        return ()
    bang = context.text.index("!", found.start())
    return (Edit(Span(bang, here.end), "%pip"),)
