"""ensurepip: `python -m ensurepip` runs `pip install` on the wheels that Python brings."""

from __future__ import annotations

import re

from pep668.model import Install

from ._invocation import Invocation, elsewhere
from ._options import scan, simple

PROGRAM = re.compile(r"ensurepip")

_OPTIONS = simple(
    "--root",
    "--help/-h --version --verbose/-v --upgrade/-U --user --altinstall --default-pip",
    abbreviates=True,
)


def parse(invocation: Invocation) -> Install | None:
    if not invocation.python.is_interpreter:
        return None
    found = scan(invocation.command, invocation.args, _OPTIONS)
    if found.has("--help", "--version"):
        return None
    passes = elsewhere("--root") if found.value("--root") else ""
    return invocation.install("ensurepip", "install", options=found.options, passes_check=passes)
