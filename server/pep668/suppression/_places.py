"""Looks places of a document up: what touches a span, and which lines backslashes join."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Generic, TypeVar

from pep668.text import LineTable, Span

T = TypeVar("T")


class Index(Generic[T]):
    """Things by the spans that they have; a look-up costs what it finds, and what those span."""

    def __init__(self, things: Iterable[tuple[Span, T]]) -> None:
        self._things = sorted(things, key=lambda thing: thing[0])
        self._starts = [span.start for span, _ in self._things]
        self._ends = list(accumulate((span.end for span, _ in self._things), max))

    def touching(self, span: Span) -> Iterator[T]:
        """What touches a span, the last first."""
        for number in range(bisect_right(self._starts, span.end) - 1, -1, -1):
            if self._ends[number] < span.start:
                return
            if self._things[number][0].end >= span.start:
                yield self._things[number][1]


class LogicalLines:
    """Lines with those that backslashes continue them from and to, over comments and blank lines between them."""

    def __init__(self, lines: LineTable) -> None:
        self._lines = lines
        self._first: list[int] = []
        self._last: dict[int, int] = {}
        first, continued = 0, False
        for number in range(len(lines)):
            text = lines.line_text(number).strip()
            first = first if continued else number
            self._first.append(first)
            if text and not text.startswith("#"):
                continued = text.endswith("\\")
                self._last[first] = number

    def around(self, span: Span) -> Span:
        """From the first character of the line that a span begins on to the end of the one that it ends on."""
        first = self._lines.line_span(self._first[self._lines.line_of(span.start)])
        last = self._lines.line_of(span.end)
        end = self._lines.line_span(self._last.get(self._first[last], last)).end
        text = self._lines.text[first.start : first.end]
        start = first.start + len(text) - len(text.lstrip())
        return Span(start, max(start, end))
