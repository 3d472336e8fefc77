"""What an edit of a shell text leaves as it was: whether the commands that matter are still the same, only moved.

Most keystrokes fall into statements that have nothing to do with packages. To know
that, only the statements around the edit are read again.
"""

from __future__ import annotations

from bisect import bisect_right

from pep668.text import Span

from . import _build, _relevance
from ._parser import Parser
from ._raw import Unit


def touches(text: str, span: Span, new_text: str) -> bool:
    """Whether the lines of an edit, before or after it, name what matters: a quick sign that it does."""
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    behind = text[span.end : end if end >= 0 else len(text)]
    head = text[begin : span.start]
    before = head + text[span.start : span.end] + behind
    return _relevance.mentions(before) or _relevance.mentions(head + new_text + behind)


class Statements:
    """The statements of a text, and what makes one of them matter to the others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []
        self._units: list[Unit] = []
        read: list[tuple[Unit, int, _relevance._UnitTraits]] = []
        self._references: set[str] = set()
        self._functions: set[str] = set()
        for unit, by in _read(text)[0]:
            traits = _traits(unit, text, by)
            read.append((unit, by, traits))
            self._references |= traits.references
            self._functions |= traits.functions
            self._starts.append(unit.base + by)
            self._units.append(unit)
        _relevance._by_use(read, self._references, self._functions)
        self._tools = _relevance.tools_among(read)
        self._first_line = text.find("\n")

    def keeps(self, span: Span, new_text: str) -> bool:
        """Makes the edit; whether all commands that matter are what they were. After False this is of no more use."""
        if span.start <= self._first_line:  # it says which shell reads the text
            return False
        starts, units = self._starts, self._units
        first = last = bisect_right(starts, span.start)
        begin = 0
        if first and units[first - 1].text:  # else that statement's end depends on what follows it
            begin = starts[first - 1] + len(units[first - 1].text)
            if span.start < begin:
                first -= 1
                begin = starts[first]
        elif first:
            return False
        end = self._line(last)
        while last < len(starts) and end < span.end:
            last += 1
            end = self._line(last)
        if any(self._matters(unit) for unit in units[first:last]):
            return False
        piece = self.text[begin : span.start] + new_text + self.text[span.end : end]
        if piece and not piece.endswith("\n"):
            return False
        fresh, complete = _read(piece)
        for unit, by in fresh:
            _traits(unit, piece, by)
            complete = complete and not self._matters(unit)
        if not complete:
            return False
        shift = len(new_text) - len(span)
        starts[first:] = [unit.base + by + begin for unit, by in fresh] + [s + shift for s in starts[last:]]
        units[first:last] = [unit for unit, _ in fresh]
        self.text = self.text[: span.start] + new_text + self.text[span.end :]
        return True

    def _line(self, index: int) -> int:
        """Where the line begins in which a statement does; the end of the text behind the last one."""
        if index == len(self._starts):
            return len(self.text)
        return self.text.rfind("\n", 0, self._starts[index]) + 1

    def _matters(self, unit: Unit) -> bool:
        traits = unit.traits
        assert isinstance(traits, _relevance._UnitTraits)
        return bool(
            not unit.text
            or traits.kept
            or not self._references.isdisjoint(traits.assigned)
            or not self._functions.isdisjoint(traits.names)
            or not self._tools.isdisjoint(traits.callers)
            or _build.passing_functions([(unit, 0)])
        )


def _read(text: str) -> tuple[list[tuple[Unit, int]], bool]:
    """The statements of a text, and whether all of it is closed at its end.

    Statements that are met for the first time are known, with their text, from the second time on.
    """
    parser = Parser(text)
    read = parser.read()
    complete = not parser.taint and not parser.heredocs
    if not all(unit.text for unit, _ in read):
        read = Parser(text).read()
    return read, complete


def _traits(unit: Unit, text: str, by: int) -> _relevance._UnitTraits:
    if unit.traits is None:
        unit.traits = _relevance._UnitTraits(unit, text, by)
    assert isinstance(unit.traits, _relevance._UnitTraits)
    return unit.traits
