"""Compose: the compose file, and the Dockerfiles of the services that it builds (the Compose specification)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from pep668.syntax.node import Mapping, text

from ._call import Call, Run, arguments
from ._containers import build

_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "podman-compose.yml")
_GLOBAL = "-f --file -p --project-name --profile --project-directory --env-file --progress --parallel --ansi"
_COMMANDS = ("build", "up", "run", "create", "watch")


def runs(call: Call, words: Iterable[str | None]) -> Iterator[Run]:
    found = arguments(words, _GLOBAL, first_ends=True)
    if not found.words or found.words[0] not in _COMMANDS:
        return
    services = {w for w in found.words[1:] if w and not w.startswith("-")}
    named = [n for option in ("-f", "--file") for n in found.values.get(option, ())]
    paths = [call.join(n) for n in named] if named else [call.find(call.folder, _NAMES)]
    for path in paths:
        content = call.read(path) if path is not None else None
        if path is None or content is None:
            continue
        folder = posixpath.dirname(path)
        yield Run(path, "compose", folder=folder, elsewhere=True)
        yield from _dockerfiles(call, content, folder, services)


def _dockerfiles(call: Call, content: str, folder: str, services: set[str]) -> Iterator[Run]:
    from pep668.syntax.yaml import parse

    tree = parse(content)
    entries = tree.mapping("services").entries if isinstance(tree, Mapping) else ()
    wanted = services & {e.key.value for e in entries}
    for service in entries:
        if (wanted and service.key.value not in wanted) or not isinstance(service.value, Mapping):
            continue
        written = service.value.get("build")
        context, named = text(written) if written is not None else None, None
        if isinstance(written, Mapping):
            context, named = written.text("context") or ".", written.text("dockerfile")
            if written.get("dockerfile_inline") is not None:
                continue
        if context is not None and "$" not in f"{context}{named}":
            yield from build(call, posixpath.join(folder, context), named, inside=True)
