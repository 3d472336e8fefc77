"""nox: `session.install(...)`, whose arguments are pip's, and `session.conda_install(...)`, whose are conda's."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install, RequestKind

from ._invocation import Invocation
from ._options import scan, simple
from ._pip import KINDS, options
from ._requests import requests

PROGRAM = re.compile(r"session\.(?:install|conda_install)")

_CONDA = simple("--file/-f --channel/-c --name/-n --prefix/-p --solver", "--yes/-y --quiet/-q --no-deps --update-deps")
_CONDA_KINDS = {"--file": RequestKind.FILE}


def parse(invocation: Invocation) -> Install | None:
    conda = invocation.name.endswith("conda_install")
    found = scan(invocation.command, invocation.args, _CONDA if conda else options()["install"])
    return invocation.install(
        "conda" if conda else "nox",
        "install",
        python=replace(invocation.python, own=True),
        options=found.options,
        requests=requests(found, _CONDA_KINDS if conda else KINDS),
    )
