"""Databricks' notebooks in source form: Python, and cells in comments (`# MAGIC %pip install x`).

Source: Databricks' documentation, "Export and import Databricks notebooks". A cell of another language begins with
its name (`%sh`, `%md`, `%sql`); `%pip` and `%conda` run in the notebook's own environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, SourceMap, Span

_CELL = re.compile(r"(?:^\# MAGIC(?:[ \t][^\r\n]*)?(?:\r\n|\r|\n|\Z))+", re.MULTILINE)
_LINE = re.compile(r"\# MAGIC[ \t]?([^\r\n]*)(\r\n|\r|\n|\Z)")
_OPENING = re.compile(r"\s*%(\w+)[ \t]*(?:-\w+[ \t]+)*")
_COMMENT = "# MAGIC "


def regions(region: Region) -> Iterator[Region]:
    """The cells that stand in comments, each a process of its own on the notebook's machine."""
    for number, cell in enumerate(_CELL.finditer(region.text)):
        out = MappedText()
        for line in _LINE.finditer(region.text, cell.start(), cell.end()):
            out.verbatim(line[1], line.start(1))
            out.opaque("\n", Span(line.start(2), line.end(2)))
        text, where = out.finish(cell.start())
        opening = _OPENING.match(text)
        name = opening[1] if opening else ""
        place = Place(region.place.system, f"{region.place.process}/magic:{number}", region.place.base)
        anchor = Span(cell.start(), cell.end())
        facts: tuple[Fact, ...] = ()
        if name == "sh" and opening:
            language, begin = "shell", opening.end()
        elif name == "md" and opening:
            language, begin = "markdown", opening.end()
            facts = (Fact("document", "", Evidence("a Markdown cell", region.outer(anchor))),)
        elif name in ("pip", "conda", "python", "mamba", "uv"):
            language, begin = "ipython", opening.end() if name == "python" and opening else 0
        else:
            continue
        made = (text[begin:], where.compose(SourceMap.identity(len(text) - begin, begin)))
        yield region.inside(language, made, facts=facts, place=place, anchor=anchor, notation=_written)


def _written(text: str) -> str:
    return text.replace("\n", f"\n{_COMMENT}")
