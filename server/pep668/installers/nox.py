"""nox: `session.install(...)`, whose arguments are pip's, and `session.conda_install(...)`, whose are conda's."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install

from ._invocation import Invocation
from ._options import scan
from ._pip import KINDS, options
from ._requests import requests

PROGRAM = re.compile(r"session\.(?:install|conda_install)")


def parse(invocation: Invocation) -> Install | None:
    found = scan(invocation.command, invocation.args, options()["install"])
    return invocation.install(
        "conda" if invocation.name.endswith("conda_install") else "nox",
        "install",
        python=replace(invocation.python, own=True),
        options=found.options,
        requests=requests(found, KINDS),
    )
