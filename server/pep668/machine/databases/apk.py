"""apk, of Alpine, Wolfi and Chainguard: one file with all packages and their files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.machine._tree import Tree

from ._package import LARGEST, Package, projects_among, stanzas

MANAGERS = ("apk",)
FILES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")  # the latter since Alpine merges /usr

_NAME = re.compile(r"[^!<>=~@\s][^<>=~@\s]*")


def read(tree: Tree) -> Iterator[Package]:
    seen = set()
    for file in FILES:
        for stanza in stanzas(tree.text(file, LARGEST) or ""):
            fields = {line[0]: line[2:] for line in stanza.splitlines() if line[1:2] == ":" and line[0] in "PVDp"}
            name = fields.get("P", "")
            if not name or name in seen:
                continue
            seen.add(name)
            yield Package(
                name,
                fields.get("V", ""),
                tuple((need,) for need in _names(fields.get("D", ""))),
                _names(fields.get("p", "")),
                projects_among(_paths(stanza)) if "-packages/" in stanza else (),
            )


def _names(text: str) -> tuple[str, ...]:
    return tuple(found[0] for word in text.split() if (found := _NAME.match(word)))


def _paths(stanza: str) -> bytes:
    """`F:` names a folder, each `R:` behind it a file there."""
    out, folder = [], ""
    for line in stanza.splitlines():
        if line.startswith("F:"):
            folder = line[2:]
            out.append(folder)
        elif line.startswith("R:"):
            out.append(f"{folder}/{line[2:]}")
    return "\n".join(out).encode("utf-8", "replace")
