"""get-pip.py: the script that installs pip with pip; its arguments are those of `pip install`."""

from __future__ import annotations

import re

from pep668.model import Install

from ._invocation import Invocation
from ._options import scan
from ._pip import KINDS, options, passes_check
from ._requests import requests

PROGRAM = re.compile(r"get[-_]pip(?:-?\d[\d.]*)?\.py")


def parse(invocation: Invocation) -> Install | None:
    found = scan(invocation.command, invocation.args, options()["install"])
    if found.has("--help", "--version"):
        return None
    return invocation.install(
        "get-pip",
        "install",
        options=found.options,
        requests=requests(found, KINDS),
        passes_check=passes_check(found, "install"),
    )
