"""dpkg, of Debian and what is made of it: `status` says what is installed, `info/*.list` which files are whose.

Distroless images have neither: `status.d` holds a file for each package and its `*.md5sums`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.machine._tree import Tree

from ._package import LARGEST, Package, projects_among, stanzas

MANAGERS = ("apt",)
_ADMIN = "/var/lib/dpkg"
FILES = (f"{_ADMIN}/status", f"{_ADMIN}/status.d")

_FIELD = re.compile(
    r"^(Package|Status|Architecture|Version|Depends|Pre-Depends|Provides):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE,
)
_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]*")


def read(tree: Tree) -> Iterator[Package]:
    # Nine in ten have nothing to do with Python: what mentions it is looked at, and what depends on such a package.
    others, names = [], []
    for stanza in stanzas(tree.text(f"{_ADMIN}/status", LARGEST) or ""):
        if "python3" in stanza:
            for package in _installed(tree, stanza):
                if package.projects and "python3" not in package.name:
                    names.append(package.name)
                yield package
        else:
            others.append(stanza)
    for stanza in others:
        if any(name in stanza for name in names):
            yield from _installed(tree, stanza)
    for file in tree.names(f"{_ADMIN}/status.d"):
        if not file.endswith(".md5sums"):
            fields = dict(_FIELD.findall(tree.text(f"{_ADMIN}/status.d/{file}") or ""))
            yield from _package(tree, fields, (f"status.d/{file}.md5sums",))


def _installed(tree: Tree, stanza: str) -> Iterator[Package]:
    fields = dict(_FIELD.findall(stanza))
    if fields.get("Status", "").endswith(" installed"):
        name, architecture = fields.get("Package", ""), fields.get("Architecture", "")
        yield from _package(tree, fields, (f"info/{name}.list", f"info/{name}:{architecture}.list"))


def _package(tree: Tree, fields: dict[str, str], lists: tuple[str, ...]) -> Iterator[Package]:
    name = fields.get("Package", "")
    if not _NAME.fullmatch(name):
        return
    needs = ",".join(fields[field] for field in ("Pre-Depends", "Depends") if field in fields)
    # What holds a module of Python depends on Python (Debian's Python policy): no other list is read.
    paths = _paths(tree, lists) if "python3" in needs else b""
    yield Package(
        name,
        fields.get("Version", ""),
        tuple(filter(None, map(_names, needs.split(",")))),
        _names(fields.get("Provides", "")),
        projects_among(paths) if paths else (),
        listed=paths is not None,
    )


def _names(text: str) -> tuple[str, ...]:
    """`python3-yaml (>= 6), python3:any | cpython3`: the names, without versions and architectures."""
    parts = text.replace("|", ",").split(",") if text else ()
    return tuple(found[0] for part in parts if (found := _NAME.match(part.strip())))


def _paths(tree: Tree, lists: tuple[str, ...]) -> bytes | None:
    for file in lists:
        found = tree.read(f"{_ADMIN}/{file}", LARGEST)
        if found is not None:
            # a line of md5sums is the sum, two blanks and the path
            return re.sub(rb"^[0-9a-f]{32}  ", b"", found, flags=re.MULTILINE) if file.endswith("sums") else found
    return None
