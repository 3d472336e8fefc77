"""INI files as Python's configparser reads them (setup.cfg, tox.ini, pip.conf), with places; it never raises.

Keys keep their case; a section that stands twice is one. What stands before the first header belongs
to the section "". A value's lines are joined by `\\n`, without their indentation and without comment lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pep668.text import Indented, LineTable, MappedText, Span

from .node import Entry, Mapping, Scalar

_DELIMITER = re.compile(r"[=:]\s*")
_COMMENTS = ("#", ";")
_DEEPER = "    "  # where a value's further lines go when it has none yet


@dataclass(slots=True)
class _Value:
    """A key and the lines of its value: where each starts and what it holds; "" is an empty line."""

    key: Span
    indent: int
    lines: list[tuple[int, str]]
    margin: str | None = None  # the blanks before its second line

    @property
    def end(self) -> int:
        start, text = self.lines[-1]
        return start + len(text)


@dataclass(slots=True)
class _Section:
    key: Span
    values: list[_Value] = field(default_factory=list)


def parse(text: str) -> Mapping:
    """Sections by name, each a mapping of keys to scalars."""
    sections = _sections(text)
    entries = tuple(_entry(text, s) for s in sections if len(s.key) or s.values)
    return Mapping(entries, Span(0, len(text)))


def _sections(text: str) -> list[_Section]:
    table = LineTable(text)
    current = _Section(Span(0, 0))
    sections = {"": current}
    value: _Value | None = None
    indent = 0
    for number in range(len(table)):
        span = table.line_span(number)
        line = text[span.start : span.end]
        content = line.strip()
        start = span.start + len(line) - len(line.lstrip())
        if content.startswith(_COMMENTS):
            continue
        if not content:
            if value is not None:
                value.lines.append((span.end, ""))
            continue
        depth = start - span.start
        if value is not None and depth > indent:
            if value.margin is None:
                value.margin = line[:depth]
            value.lines.append((start, content))
            continue
        indent, value = depth, None
        if content.startswith("[") and content.rfind("]") > 1:
            name = content[1 : content.rfind("]")]
            key = Span(start + 1, start + 1 + len(name))
            current = sections.setdefault(name, _Section(key))
            continue
        delimiter = _DELIMITER.search(content)
        name = content[: delimiter.start()].rstrip() if delimiter else ""
        if delimiter and name:
            key = Span(start, start + len(name))
            value = _Value(key, depth, [(start + delimiter.end(), content[delimiter.end() :])])
            current.values.append(value)
    return list(sections.values())


def _entry(text: str, section: _Section) -> Entry:
    entries: list[Entry] = []
    for value in section.values:
        scalar = _scalar(value)
        entries.append(Entry(_plain(text, value.key), scalar, value.key.to(scalar.span)))
    start = section.key
    span = start.to(entries[-1].span) if entries else start
    return Entry(_plain(text, start), Mapping(tuple(entries), span), span)


def _plain(text: str, span: Span) -> Scalar:
    made = MappedText()
    made.verbatim(text[span.start : span.end], span.start)
    value, mapped = made.finish(span.start)
    return Scalar(value, span, mapped)


def _scalar(value: _Value) -> Scalar:
    lines = value.lines
    while len(lines) > 1 and not lines[-1][1]:
        lines.pop()
    made = MappedText()
    before = lines[0][0]
    for index, (start, content) in enumerate(lines):
        if index:
            made.opaque("\n", Span(before, start))
        made.verbatim(content, start)
        before = start + len(content)
    joined, mapped = made.finish(lines[0][0])
    margin = value.margin if value.margin is not None else " " * value.indent + _DEEPER
    return Scalar(joined, Span(lines[0][0], value.end), mapped, notation=Indented(margin))
