"""Poetry: installs into the project's environment, and never looks for the marker."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install

from ._invocation import Invocation
from ._options import scan, simple
from ._requests import requests

PROGRAM = re.compile(r"poetry")

GRAMMAR = simple(
    "--group/-G --extras/-E --optional --python --platform --markers --source --with --without --only --project/-P"
    " --directory/-C",
    "--dev/-D --editable/-e --allow-prereleases --dry-run --lock --help/-h --quiet/-q --version/-V --ansi --no-ansi"
    " --no-interaction/-n --no-plugins --no-cache --verbose/-v --sync --no-root --no-directory --all-extras"
    " --all-groups --only-root --compile --no-dev",
)
OPERATIONS = {
    "install": "install",
    "add": "install",
    "update": "install",
    "remove": "uninstall",
    "sync": "sync",
}


def parse(invocation: Invocation) -> Install | None:
    before = scan(invocation.command, invocation.args, GRAMMAR, interspersed=False)
    words = invocation.args[before.stopped :]
    if before.has("--help", "--version"):
        return None
    own = len(words) > 1 and words[0].value == "self"  # Poetry's own environment
    words = words[own:]
    if not words:
        return None
    operation = OPERATIONS.get(words[0].value or "")
    if operation is None:
        return None
    after = scan(invocation.command, words[1:], GRAMMAR)
    if after.has("--help", "--version", "--lock"):
        return None
    return invocation.install(
        "poetry",
        "sync" if after.has("--sync") else operation,
        words[0],
        python=replace(invocation.python, own=True),
        options=[*before.options, *after.options],
        requests=requests(after, {}),
    )
