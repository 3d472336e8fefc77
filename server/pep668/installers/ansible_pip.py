"""Ansible's `pip` module: `ansible.builtin.pip [--executable E] [--virtualenv V] install|uninstall ...`.

The host writes a task so (see `languages/ansible.py`); behind the operation stand pip's own options.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install

from ._invocation import Invocation
from ._options import scan
from ._pip import KINDS, options, passes_check
from ._requests import requests

PROGRAM = re.compile(r"ansible\.builtin\.pip")


def parse(invocation: Invocation) -> Install | None:
    # The module runs the pip of the Python that runs it, in most places the system's.
    python = replace(invocation.python, program="pip3", implied=True)
    at = 0
    arguments = invocation.args
    while at + 1 < len(arguments) and (arguments[at].value or "").startswith("--"):
        name, value = arguments[at].value, arguments[at + 1]
        if name == "--executable":
            python = replace(python, program=value.pattern)
        elif name == "--virtualenv":
            python = replace(python, environment=value.pattern)
        elif name == "--maybe-virtualenv":
            python = replace(python, environment="")
        at += 2
    if at >= len(arguments):
        return None
    operation = arguments[at].value or ""
    known = options()
    if operation not in ("install", "uninstall"):
        return None
    found = scan(invocation.command, arguments[at + 1 :], known[operation])
    return invocation.install(
        "ansible-pip",
        operation,
        python=python,
        options=found.options,
        requests=requests(found, KINDS),
        passes_check=found.error or passes_check(found, operation),
    )
