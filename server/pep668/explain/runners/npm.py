"""npm, yarn, pnpm and bun: the scripts of package.json, with those that npm runs before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.syntax.node import Mapping

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"npm|yarn|pnpm|bun")
_VALUED = "--prefix -C --dir --cwd -w --workspace --filter -F --loglevel --script-shell --registry"
_INSTALL = ("install", "i", "ci", "add", "in", "ins", "clean-install", "install-test", "it")
_LIFECYCLE = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")
_SHORT = ("test", "start", "stop", "restart")


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    into = found.value("--prefix", "-C", "--dir", "--cwd")
    folder = call.join(into) if into else call.folder
    path = call.find(folder, ("package.json",)) if folder else None
    text = call.read(path) if path is not None else None
    if path is None or text is None:
        return
    names = _scripts(call.name, [w or "" for w in found.words])
    from pep668.syntax.json import parse

    tree = parse(text)
    scripts = tree.mapping("scripts").entries if isinstance(tree, Mapping) else ()
    by_name = {e.key.value: e.span for e in scripts}
    parts = tuple(by_name[name] for name in names if name in by_name)
    if parts:
        yield Run(path, "package-json", parts, folder, certain=len(parts) == 1 and "preinstall" not in names)


def _scripts(program: str, words: list[str]) -> list[str]:
    """The scripts that a command line runs, in their order."""
    if not words:
        return list(_LIFECYCLE) if program == "yarn" else []
    first = words[0]
    if first in _INSTALL:
        return list(_LIFECYCLE)
    if first in ("run", "run-script", "rum", "urn"):
        name = words[1] if len(words) > 1 else ""
    elif first in ("t", "tst"):
        name = "test"
    elif first in _SHORT or program in ("yarn", "pnpm"):
        name = first
    else:
        return []
    return [f"pre{name}", name, f"post{name}"] if name else []
