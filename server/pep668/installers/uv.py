"""uv: `uv pip install|uninstall|sync`, `uv sync|add|remove`, `uv tool install|uninstall|upgrade`."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Install, Request, RequestKind

from ._invocation import Invocation, elsewhere
from ._options import Scan, scan, table
from ._requests import of_kind, requests

PROGRAM = re.compile(r"uv")

_KINDS = {
    "--requirements": RequestKind.FILE,
    "--constraints": RequestKind.CONSTRAINT,
    "--editable": RequestKind.EDITABLE,
}
OPERATIONS = {
    "pip install": "install",
    "pip uninstall": "uninstall",
    "pip sync": "sync",
    "sync": "sync",
    "add": "install",
    "remove": "uninstall",
    "tool install": "install",
    "tool uninstall": "uninstall",
    "tool upgrade": "install",
}


def parse(invocation: Invocation) -> Install | None:
    grammars = table("uv_options.json", abbreviates=False)
    command, words = invocation.command, invocation.args
    before = scan(command, words, grammars["global"], interspersed=False)
    at = before.stopped
    if at >= len(words) or before.has("--help", "--version"):
        return None
    name = words[at].value or ""
    if name in ("pip", "tool"):
        between = scan(command, words[at + 1 :], grammars["global"], interspersed=False)
        at += 1 + between.stopped
        if at >= len(words) or between.has("--help"):
            return None
        before.options += between.options
        before.error = before.error or between.error
        name = f"{name} {words[at].value}"
    operation = OPERATIONS.get(name)
    if operation is None:
        return None
    after = scan(command, words[at + 1 :], grammars[name])
    if after.has("--help", "-h") or (
        not name.startswith("pip") and after.has("--no-sync", "--script", "--frozen") and name in ("add", "remove")
    ):
        return None
    in_pip = name.startswith("pip ")
    asked = _requests(name, after)
    nothing = all(r.kind is RequestKind.CONSTRAINT for r in asked) and not invocation.is_given_more
    python = replace(
        invocation.python,
        option=after.value("--python") or invocation.python.option,
        system=after.has("--system"),
        own=not in_pip,
    )
    return invocation.install(
        "uv",
        operation,
        words[at],
        python=python,
        options=[*before.options, *after.options],
        requests=asked,
        passes_check=(before.error or _passes_check(after, nothing)) if in_pip else "",
    )


def takes(option: str) -> bool:
    """Whether `uv pip install` has an option of that long name, as pip has it."""
    return f"--{option.lstrip('-')}" in table("uv_options.json", abbreviates=False)["pip install"].options


def _requests(name: str, found: Scan) -> list[Request]:
    if name == "pip sync":
        return [of_kind(RequestKind.FILE, argument) for argument in found.arguments]
    return requests(found, _KINDS)


def _passes_check(found: Scan, nothing: bool) -> str:
    """Why `uv pip` with such options never looks for the marker, "" where it does."""
    if found.error:
        return found.error
    if found.has("--user"):
        return "usage error: uv has no --user"
    if nothing and not found.has("--group"):
        return "usage error: nothing is asked for"
    return next((elsewhere(option) for option in ("--target", "--prefix") if found.value(option)), "")
