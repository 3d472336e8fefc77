"""Vagrantfiles: the shell provisioners' `inline` text, as strings, heredocs and variables that hold one.

Source: Vagrant's documentation of the shell provisioner, of multi-machine files and of triggers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Escaped, Notation, Span, unwritable, verbatim

from . import Language, _ruby
from ._ruby import Value

LANGUAGE = Language("vagrantfile", names=("Vagrantfile",), patterns=("Vagrantfile.*", "*.vagrantfile"))

_INLINE = re.compile(r"(?::?\binline[\"']?\s*(?:=>|:)|\.inline\s*=)\s*\[?\s*$")
_INLINE_NAME = re.compile(r"(?::?\binline\s*(?:=>|:)|\.inline\s*=)\s*(\$?[A-Za-z_]\w*)")
_NAME = re.compile(r"(\$?[A-Za-z_]\w*)\s*=\s*\[?\s*$")
_BOX = re.compile(r"(\w+)\.vm\.box\s*=\s*[\"']([\w.-]+)(?:/([\w.-]+))?[\"']")
# What an inline text belongs to: a provisioner of a machine, or a trigger on this machine or on that one.
_OWNER = re.compile(r"(\w+)\.vm\.provision\b|\b\w+\.(run(?:_remote)?)\s*=")
_SYSTEMS = re.compile(
    r"(debian|ubuntu|alpine|fedora|centos|rocky|almalinux|opensuse|archlinux|arch)[-_/]?v?([\d.]*\d|\w*)"
)
_UNPRIVILEGED = re.compile(r"privileged\s*(?:=>|:|=)\s*false")
_NOTATIONS: dict[bool, Notation] = {
    True: Escaped((("\\", "\\\\"), ("'", "\\'"))),
    False: Escaped((("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"))),
}


def extract(region: Region) -> Iterator[Region]:
    """Each inline script in a process of its own on the machine that the file describes."""
    reader = _Reader(region)
    named: dict[str, Value] = {}
    found: list[tuple[Value, int]] = []
    for value in _ruby.values(region.text):
        start = value.pieces[0].start
        before = region.text[max(0, start - 80) : start]
        if _INLINE.search(before):
            found.append((value, start))
        elif name := _NAME.search(before):
            named[name[1]] = value
    uses = _INLINE_NAME.finditer(region.text)
    found += [(named.pop(use[1]), use.start()) for use in uses if use[1] in named]
    for value, at in sorted(found, key=lambda f: f[0].span):
        yield reader.region_of(value, at)


class _Reader:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.text = region.text
        self.owners = list(_OWNER.finditer(self.text))
        self.starts = [o.start() for o in self.owners]

    def region_of(self, value: Value, at: int) -> Region:
        """The script that `value` is, which is used at `at`."""
        index = bisect_right(self.starts, at) - 1
        owner = self.owners[index] if index >= 0 else None
        system, base = self.region.named("vagrant"), None
        facts: list[Fact] = []
        if owner is not None and owner[2] == "run":
            system = self.region.named("here")
        else:
            if owner is not None and owner[1] != "config":  # a machine of its own, after what all machines run
                system, base = f"{system}/{owner[1]}", system
            facts.append(self._box(owner[1] if owner is not None else None))
            until = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
            behind = value.span.end if value.span.start > at else at
            unprivileged = owner and (
                _UNPRIVILEGED.search(self.text, owner.start(), max(at, owner.start()))
                or _UNPRIVILEGED.search(self.text, behind, min(until, behind + 200))
                or _UNPRIVILEGED.search(self.text, at, min(until, _line_end(self.text, at)))
            )
            if unprivileged:
                where = self.region.outer(Span(*unprivileged.span()))
                facts.append(Fact("user", "vagrant", Evidence("privileged: false", where)))
        plain = value.plain
        notation = unwritable if plain is None else verbatim if plain.kind != "string" else _NOTATIONS[plain.raw]
        return self.region.inside(
            "shell",
            _ruby.made(self.text, value),
            facts=tuple(facts),
            place=Place(system, f"{system}/provision:{value.span.start}", base),
            anchor=value.span,
            notation=notation,
        )

    @cached_property
    def _boxes(self) -> dict[str, dict[str, re.Match[str]]]:
        """The boxes of each receiver: `config`, or a machine's own name."""
        boxes: dict[str, dict[str, re.Match[str]]] = {}
        for found in _BOX.finditer(self.text):
            line = self.text.rfind("\n", 0, found.start()) + 1
            if "#" not in self.text[line : found.start()]:
                boxes.setdefault(found[1], {})[f"{found[2]}/{found[3] or ''}"] = found
        return boxes

    def _box(self, receiver: str | None) -> Fact:
        """The image of the machine whose provisioner it is; several where a provisioner is every machine's."""
        own = self._boxes.get(receiver or "", {})
        boxes = own or {name: box for of in self._boxes.values() for name, box in of.items()}
        if receiver == "config":
            boxes = {name: box for of in self._boxes.values() for name, box in of.items()}
        images = list(dict.fromkeys(_image(name) for name in boxes))
        if not images or "" in images or len(images) > 10:
            return Fact("image", "", Evidence("the machine's box is not told here"))
        box = next(iter(boxes.values()))
        names = ", ".join(name.strip("/") for name in boxes)
        return Fact("image", "|".join(images), Evidence(f"the box {names}", self.region.outer(Span(*box.span()))))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _image(box: str) -> str:
    """The image of the same system: `debian:bookworm` for `debian/bookworm64`; "" where the box does not tell."""
    owner, _, name = box.lower().partition("/")
    name = re.sub(r"-?(?:64|x86_64|amd64|server|desktop)$", "", name)
    found = _SYSTEMS.match(name)
    if found:
        system, release = found[1], found[2]
    elif _SYSTEMS.fullmatch(owner):
        system, release = owner, name
    else:
        return ""
    system = {"arch": "archlinux", "centos": "centos"}.get(system, system)
    if system == "ubuntu" and release.isdigit() and len(release) == 4:
        release = f"{release[:2]}.{release[2:]}"
    elif system == "alpine" and release.isdigit() and len(release) == 3:
        release = f"{release[0]}.{release[1:]}"
    return f"{system}:{release}" if release else system
