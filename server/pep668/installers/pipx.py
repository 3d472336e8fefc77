"""pipx: an environment of its own for each application."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install, RequestKind

from ._invocation import Invocation
from ._options import scan, simple
from ._requests import requests

PROGRAM = re.compile(r"pipx(?:\.pyz)?")

GRAMMAR = simple(
    "--python --suffix --preinstall --index-url/-i --pip-args --app --lock --fetch-python --upgrade-strategy --cooldown"
    " --backend --output --include-resources-from --requirement/-r --skip",
    "--help/-h --version --quiet/-q --verbose/-v --global --include-deps --include-apps --force/-f --editable/-e"
    " --system-site-packages --fetch-missing-python --upgrade/-U --install --with-suffix --skip-maintenance"
    " --include-injected --upgrade-injected --leave-deps",
    abbreviates=True,
)
OPERATIONS = {
    "install": "install",
    "install-all": "install",
    "inject": "install",
    "upgrade": "install",
    "upgrade-all": "install",
    "reinstall": "install",
    "reinstall-all": "install",
    "uninject": "uninstall",
    "uninstall": "uninstall",
    "uninstall-all": "uninstall",
}
_INTO = ("inject", "uninject")  # the first argument is the environment
_NO_PACKAGES = ("install-all", "upgrade-all", "reinstall-all", "uninstall-all")


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
    if after.has("--help"):
        return None
    if subcommand.value in _INTO:
        del after.arguments[:1]
    elif subcommand.value in _NO_PACKAGES:
        after.arguments.clear()
    return invocation.install(
        "pipx",
        operation,
        subcommand,
        python=replace(invocation.python, option=after.value("--python") or invocation.python.option, own=True),
        options=[*before.options, *after.options],
        requests=requests(after, {"--requirement": RequestKind.FILE}),
    )
