"""Pipenv: an environment for each project; with `--system` pip itself installs, and looks for the marker."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install, RequestKind

from ._invocation import Invocation
from ._options import scan, simple
from ._requests import requests

PROGRAM = re.compile(r"pipenv")

GRAMMAR = simple(
    "--python --pypi-mirror --extra-pip-args --resolver --categories --extras --config-settings --index/-i"
    " --requirements/-r --editable/-e",
    "--help/-h --version --where --venv --py --envs --rm --bare --man --support --system --deploy --site-packages"
    " --no-site-packages --verbose/-v --quiet/-q --clear --clean --pre --dev/-d --all --ignore-pipfile --skip-lock"
    " --lock-only --all-dev --lock --keep-outdated --selective-upgrade --sequential --outdated --dry-run --two --three",
    abbreviates=True,
)
OPERATIONS = {
    "install": "install",
    "update": "install",
    "upgrade": "install",
    "uninstall": "uninstall",
    "sync": "sync",
}
_KINDS = {"--requirements": RequestKind.FILE, "--editable": RequestKind.EDITABLE}


def parse(invocation: Invocation) -> Install | None:
    before = scan(invocation.command, invocation.args, GRAMMAR, interspersed=False)
    at = before.stopped
    if at >= len(invocation.args) or before.has("--help", "--version"):
        return None
    subcommand = invocation.args[at]
    operation = OPERATIONS.get(subcommand.value or "")
    if operation is None:
        return None
    after = scan(invocation.command, invocation.args[at + 1 :], GRAMMAR)
    if after.has("--help", "--version", "--lock-only", "--outdated", "--dry-run"):
        return None
    system = after.has("--system")
    return invocation.install(
        "pipenv",
        operation,
        subcommand,
        python=replace(
            invocation.python,
            option=after.value("--python") or before.value("--python") or invocation.python.option,
            system=system,
            own=not system,
        ),
        options=[*before.options, *after.options],
        requests=requests(after, _KINDS),
    )
