"""The regions of a notebook's cell.

Every `!` line is a process of its own; what `%cd` and `%env` set holds for those that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import SourceMap, Span, one_line

from ._magics import DIRECTORY, PACKAGES, SETTING, SHELL, CellMagic, Magic, blanked, cell_magic, magics

_NESTED = 4  # %%time before %%capture
_PATH_PIP = re.compile(r"(?:^|[;&|(])[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+)*)?pip[\d.]*[ \t]")
_HERE = "%pip runs the pip of the notebook kernel's own Python; !pip would run whichever pip PATH finds first"
_PATH = "!pip runs whichever pip PATH finds first, which may be another Python's; %pip runs the notebook kernel's own"


def regions(region: Region) -> Iterator[Region]:
    """The commands of a cell, each in its own language."""
    text = region.text
    start = 0
    for _ in range(_NESTED):
        cell = cell_magic(text, start)
        if cell is None:
            break
        start = cell.body
        if cell.language != "ipython":
            if cell.language:
                yield _body(region, cell)
            return
    facts: list[Fact] = []
    spans: list[Span] = []
    for magic in magics(text, start):
        spans.append(magic.span)
        if magic.kind in (SHELL, PACKAGES):
            yield _command(region, magic, tuple(facts))
        else:
            facts += _setting(region, magic)
    rest = blanked(text, spans, start)
    if rest.strip():
        place = Place(region.place.system, f"{region.place.process}/python", region.place.base)
        yield region.inside("python", (rest, SourceMap.identity(len(rest))), facts=tuple(facts), place=place)


def _setting(region: Region, magic: Magic) -> list[Fact]:
    """What a line says of the commands behind it."""
    here = region.outer(magic.span)
    if magic.kind == SETTING:
        evidence = Evidence(f"{magic.name} {magic.variable}={magic.value}", here)
        return [Fact("variable", None if "{" in magic.value else magic.value, evidence, magic.variable)]
    if magic.kind == DIRECTORY and magic.value and magic.value != "-":
        return [Fact("directory", magic.value, Evidence(f"%cd {magic.value}", here))]
    return []


def _command(region: Region, magic: Magic, facts: tuple[Fact, ...]) -> Region:
    here = region.outer(magic.span)
    if magic.kind == PACKAGES:
        facts = (*facts, Fact("kernel", "%pip", Evidence(_HERE, here)))
    elif _PATH_PIP.search(magic.made[0]):
        facts = (*facts, Fact("kernel", "!pip", Evidence(_PATH, here)))
    # A magic is called by its name alone, so nothing can stand in its stead or before it.
    written = _unwritable if magic.kind == PACKAGES else one_line
    return region.inside("shell", magic.made, facts=facts, place=_place(region, magic.span.start), notation=written)


def _unwritable(_: str) -> str | None:
    return None


def _body(region: Region, cell: CellMagic) -> Region:
    text = region.text[cell.body :]
    facts: tuple[Fact, ...] = ()
    if cell.program and cell.language == "shell":
        evidence = Evidence(f"%%{cell.name}", region.outer(Span(0, cell.body)))
        facts = (Fact("shell", cell.program, evidence),)
    made = (text, SourceMap.identity(len(text), cell.body))
    return region.inside(cell.language, made, facts=facts, place=_place(region, cell.body))


def _place(region: Region, at: int) -> Place:
    """A process of its own in the notebook's system."""
    return Place(region.place.system, f"{region.place.process}/line@{at}", region.place.base)
