"""pip: `pip install`, `pip uninstall`."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install, RequestKind

from ._invocation import Invocation
from ._options import scan
from ._pip import KINDS, options, passes_check
from ._requests import requests

PROGRAM = re.compile(r"pip(?:-?\d+(?:\.\d+)*)?|pip[\d.-]*\.pyz")


def parse(invocation: Invocation) -> Install | None:
    known = options()
    before = scan(invocation.command, invocation.args, known["global"], interspersed=False)
    at = before.stopped
    # `pip $OPTIONS install x`: what is not known stands for options
    while at < len(invocation.args) and invocation.args[at].value is None:
        at += 1
    if at >= len(invocation.args) or before.has("--help", "--version"):
        return None
    subcommand = invocation.args[at]
    operation = subcommand.value
    if operation not in ("install", "uninstall"):
        return None
    after = scan(invocation.command, invocation.args[at + 1 :], known[operation])
    if after.has("--help"):
        return None
    asked = requests(after, KINDS)
    passes = before.error or after.error or passes_check(after, operation)
    nothing = all(r.kind is RequestKind.CONSTRAINT for r in asked) and not invocation.is_given_more
    if not passes and operation == "uninstall" and nothing:
        passes = "usage error: nothing to uninstall"
    python = invocation.python
    if before.value("--python"):
        python = replace(python, option=before.value("--python"))
    return invocation.install(
        "pip",
        operation,
        subcommand,
        python=python,
        options=[*before.options, *after.options],
        requests=asked,
        passes_check=passes,
    )
