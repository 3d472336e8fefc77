"""Use `%pip` in a notebook's cell, which installs into the environment of the notebook's kernel.

`!pip` runs whichever pip PATH finds first: often the system's, which refuses, while the kernel that should import the
package runs another Python.

Fix safety: unsafe. The packages go to another Python than before, and the kernel's own may be managed as well; only
a line that is one plain command, and is refused or runs through sudo, is edited, `--user` and the override dropped.
Others are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pep668.context import Context
from pep668.model import Applicability, Edit, Finding, Fix, Install, Judged, Verdict
from pep668.text import Span

from ._edits import Rewrite, command_line, drop_overrides

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
    if not _runs_path(install) or not install.command.outer(install.command.span).touches(finding.span):
        return
    edits = _edits(context, install)
    if edits and (judged.environment.verdict is Verdict.REFUSED or finding.rule == "EM002"):
        yield Fix(ID, TITLE, edits, preferred=True, explanation=_line(install))
    else:
        shown = _line(install)
        yield Fix(ID, TITLE, applicability=Applicability.DISPLAY_ONLY, explanation=shown)


def _runs_path(install: Install) -> bool:
    """Whether a line of a cell runs the pip, or the pip of the Python, that PATH finds first."""
    region = install.command.region
    kernel = region.fact("kernel")
    if kernel is not None or region.parent is None or region.parent.language != "ipython":
        return kernel is not None and kernel.value == "!pip"
    named = install.tool == "pip" and install.python.is_interpreter and "\0" not in install.python.program
    return named and "\n" not in region.text.strip()


def _edits(context: Context, install: Install) -> tuple[Edit, ...]:
    """The edit from `!`, sudo included, to the end of the program's word; none where more stands on the line."""
    command = install.command
    text = command.region.text
    if text[command.words[-1].span.end :].partition("#")[0].strip() or command.redirects:
        return ()
    if any(w.name not in ("sudo", "doas") for w in command.wrappers) or command.assignments:
        return ()
    first = command.wrappers[0].span if command.wrappers else command.words[0].span
    last = command.words[_pip(install)].span
    here = command.outer(first.to(last))
    if text[: first.start].strip() or not command.region.map.is_verbatim(first.to(last)):
        return ()
    begin = max(0, here.start - _BEFORE)
    found = _LINE_START.search(context.text, begin, here.start)
    if found is None:
        return ()
    rewrite = Rewrite(context.text, command)
    drop_overrides(rewrite, install)
    dropped = rewrite.edits()
    if dropped is None:
        return ()
    bang = context.text.index("!", found.start())
    return (Edit(Span(bang, here.end), "%pip"), *dropped)


def _pip(install: Install) -> int:
    """Which word is `pip`."""
    values = [w.value for w in install.command.words]
    return values.index("pip") if install.python.is_interpreter and "pip" in values else 0


def _line(install: Install) -> str:
    words = install.command.words[_pip(install) :]
    return command_line(replace(install, command=replace(install.command, words=words)), "%pip")
