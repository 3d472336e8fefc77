"""pacman, of Arch and what is made of it: a folder for each installed package, with `desc` and `files`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.machine._tree import Tree

from ._package import LARGEST, Package, projects_among, stanzas

MANAGERS = ("pacman",)
_LOCAL = "/var/lib/pacman/local"
FILES = (_LOCAL,)

_NAME = re.compile(r"[^<>=:\s]+")


def read(tree: Tree) -> Iterator[Package]:
    for folder in tree.names(_LOCAL):
        text = tree.text(f"{_LOCAL}/{folder}/desc")
        if text is None:
            continue
        fields = {head: lines for head, *lines in (stanza.splitlines() for stanza in stanzas(text)) if lines}
        name = (fields.get("%NAME%") or [""])[0]
        if not name:
            continue
        depends = _names(fields.get("%DEPENDS%", []))
        paths: bytes | None = b""
        if any(need.startswith("python") for need in (name, *depends)):
            paths = tree.read(f"{_LOCAL}/{folder}/files", LARGEST)
        yield Package(
            name,
            (fields.get("%VERSION%") or [""])[0],
            tuple((need,) for need in depends),
            _names(fields.get("%PROVIDES%", [])),
            projects_among(paths) if paths else (),
            listed=paths is not None,
        )


def _names(lines: list[str]) -> tuple[str, ...]:
    return tuple(found[0] for line in lines if (found := _NAME.match(line.strip())))
