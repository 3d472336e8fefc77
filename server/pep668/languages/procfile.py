"""Procfiles: `web: command`, each line a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Place, Region
from pep668.text import LineTable, SourceMap, one_line

from . import Language

LANGUAGE = Language("procfile", ids=("procfile", "heroku-procfile"), names=("Procfile",), patterns=("Procfile.*",))

_LINE = re.compile(r"[ \t]*[A-Za-z0-9_-]+:[ \t]*(?=\S)")


def extract(region: Region) -> Iterator[Region]:
    table = LineTable(region.text)
    for number in range(len(table)):
        span = table.line_span(number)
        found = _LINE.match(region.text, span.start, span.end)
        if not found:
            continue
        command = region.text[found.end() : span.end]
        process = region.named(f"line:{span.start}")
        yield region.inside(
            "shell",
            (command, SourceMap.identity(len(command), found.end())),
            place=Place(region.place.system, process, region.place.base),
            anchor=span,
            notation=one_line,
        )
