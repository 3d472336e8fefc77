"""Strings with escapes: the value, and a map that is only built where somebody asks for a place."""

from __future__ import annotations

import re
from collections.abc import Callable

from pep668.text import MappedText, SourceMap, Span

# What an escape stands for; "" where it stands for nothing (a line continuation).
Unescape = Callable[[re.Match[str]], str]


class WrittenMap(SourceMap):
    """The map of a string that stands at `start` to `end` of `text`, where `escape` matches each of its escapes.

    A notebook holds a hundred thousand strings of which a few are looked at, so it is built on first use.
    """

    __slots__ = ("_written",)

    def __init__(
        self, text: str, start: int, end: int, escape: re.Pattern[str] | None = None, unescape: Unescape | None = None
    ) -> None:
        self._written = (text, start, end, escape, unescape)

    def __getattr__(self, name: str) -> object:
        if name not in ("segments", "_starts"):
            raise AttributeError(name)
        text, start, end, escape, unescape = self._written
        if escape is None or unescape is None:
            super().__init__(SourceMap.identity(end - start, start).segments)
            return object.__getattribute__(self, name)
        out = MappedText()
        at = start
        while found := escape.search(text, at, end):
            out.verbatim(text[at : found.start()], at)
            out.opaque(unescape(found), _span(found))
            at = found.end()
        out.verbatim(text[at:end], at)
        super().__init__(out.finish(start)[1].segments)
        return object.__getattribute__(self, name)


def _span(found: re.Match[str]) -> Span:
    return Span(found.start(), found.end())


def written(
    text: str, start: int, end: int, escape: re.Pattern[str] | None = None, unescape: Unescape | None = None
) -> tuple[str, SourceMap]:
    """The value of the string that stands at `start` to `end`, without its quotes, and its map to `text`."""
    value = text[start:end]
    if escape is None or unescape is None or not escape.search(value):
        return value, WrittenMap(text, start, end)
    return escape.sub(unescape, value), WrittenMap(text, start, end, escape, unescape)
