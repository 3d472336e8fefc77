"""Drop `--break-system-packages` where pip is too old to know it.

Fix safety: safe before pip 23.0, which has no check to switch off; such a command fails today.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Finding, Fix, Judged

from ._edits import Rewrite

RULES = ("EM003",)
ORDER = 5


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged):
        return
    install = judged.install
    flag = install.option("--break-system-packages", "break-system-packages")
    version = judged.environment.pip_version or ""
    major = version.partition(".")[0]
    if flag is None or not major.isdigit() or int(major) >= 23 or install.command.outer(flag.span) != finding.span:
        return
    rewrite = Rewrite(context.text, install.command)
    rewrite.drop(flag.span)
    edits = rewrite.edits()
    if edits:
        title = f"Drop the flag, which pip {version} does not know"
        yield Fix("drop-flag", title, edits, applicability=Applicability.SAFE, preferred=True)
