"""conda, mamba, micromamba: packages of environments that never carry the marker."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.data.names import normalized
from pep668.model import Install, Request, RequestKind

from ._invocation import Invocation
from ._options import Argument, Scan, scan, simple
from ._requests import of_kind

PROGRAM = re.compile(r"conda|mamba|micromamba")

GRAMMAR = simple(
    "--name/-n --prefix/-p --channel/-c --file/-f --revision --solver --subdir/--platform --repodata-fn --console"
    " --channel-priority --root-prefix/-r --rc-file --log-level --category --experimental --timeout --retries"
    " --override-frozen-env --dev-env",
    "--help/-h --version/-V --yes/-y --quiet/-q --verbose/-v --json --dry-run/-d --all/-a --use-local --no-pin --copy"
    " --override-channels --strict-channel-priority --no-channel-priority --no-deps --only-deps --no-shortcuts"
    " --freeze-installed --no-update-deps --update-deps --update-specs --update-all --force-reinstall --force"
    " --force-remove --download-only --offline --mkdir --clobber --insecure --use-index-cache/-C --no-rc"
    " --satisfied-skip-solve --prune --no-env --features --keep-env --dev"
    " --show-channel-urls --debug --trace --no-prune",
)
OPERATIONS = {
    "install": "install",
    "update": "install",
    "upgrade": "install",
    "remove": "uninstall",
    "uninstall": "uninstall",
    "env update": "sync",
}
_NAME = re.compile(r"(?:.*::)?([A-Za-z0-9_][\w.-]*)\s*((?:[=<>!~\[ ].*)?)\Z", re.DOTALL)


def parse(invocation: Invocation) -> Install | None:
    before = scan(invocation.command, invocation.args, GRAMMAR, interspersed=False)
    words = invocation.args[before.stopped :]
    if not words or before.has("--help", "--version"):
        return None
    name = words[0].value or ""
    if name == "env" and len(words) > 1:
        words = words[1:]
        name = f"env {words[0].value}"
    operation = OPERATIONS.get(name)
    if operation is None:
        return None
    after = scan(invocation.command, words[1:], GRAMMAR)
    if after.has("--help", "--version"):
        return None
    return invocation.install(
        "conda",
        operation,
        words[0],
        python=replace(invocation.python, own=True),
        options=[*before.options, *after.options],
        requests=_requests(after),
    )


def _requests(found: Scan) -> list[Request]:
    asked = [_request(argument) for argument in found.arguments]
    asked += [of_kind(RequestKind.FILE, value) for name, value in found.values if name == "--file"]
    return sorted(asked, key=lambda r: r.span.start)


def _request(argument: Argument) -> Request:
    """A match specification: `numpy`, `conda-forge::numpy=1.26`, `python>=3.11`, or a package file."""
    if argument.pattern.lower().endswith((".tar.bz2", ".conda")):
        kind = RequestKind.URL if "://" in argument.pattern else RequestKind.PATH
        return Request(kind, argument.text, argument.span)
    match = _NAME.match(argument.pattern)
    if match is None:
        return Request(RequestKind.UNKNOWN, argument.text, argument.span)
    return Request(
        RequestKind.PROJECT, argument.text, argument.span, normalized(match[1]), match[2].strip().replace("\0", "?")
    )
