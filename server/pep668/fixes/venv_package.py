"""Install the package that makes `python3 -m venv` work, in the line that installs Python.

Fix safety: safe, since the command fails without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Command, Finding, Fix

from ._packages import PACKAGE, venv_package

RULES = ("EM008",)
ORDER = 5


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    command = finding.subject
    edits = venv_package(context, command) if isinstance(command, Command) else ()
    if edits:
        title = f"Install {PACKAGE} together with Python"
        yield Fix("venv-package", title, edits, applicability=Applicability.SAFE, preferred=True)
