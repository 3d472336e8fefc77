"""YAML to trees with places.

Made for files that are being typed: what is wrong at one place (an indentation, a quote
or a bracket that is not closed, a key without a colon) costs that place only. So a quote
ends at the latest before a line that begins an entry further out; and a line whose
indentation fits nowhere belongs to the innermost collection that it is still inside of.
Lines of a template language (`{% if %}`, `{{- end }}`, `%{ endfor }`) are skipped.

Compared in the tests with PyYAML, whose reading of correct text this is (YAML 1.1).
"""

from __future__ import annotations

import re

from pep668.text import Segment, SourceMap, Span

from . import _yaml_scalars as scalars
from ._yaml_indentation import Indentation
from ._yaml_inline import DEEPEST, TEMPLATE, merged
from ._yaml_lines import Lines
from .node import Entry, Mapping, Node, Scalar, Sequence

_MARK = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)

# A list that something interrupts is looked for that many keys back, and that often in a document.
_BACK, _CONTINUED = 8, 1_000


def parse(text: str) -> Node:
    """The first document that has content; a missing scalar where there is none."""
    found = documents(text)
    return next((d for d in found if not (isinstance(d, Scalar) and d.missing)), found[0] if found else _empty(text))


def documents(text: str) -> tuple[Node, ...]:
    """The documents of a text; one that a `---` begins and nothing follows is a missing scalar."""
    lines = Lines(text)
    out: list[Node] = []
    start = 1 if text.startswith("\ufeff") else 0
    opened = False
    for mark in [*_MARK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        node = _Reader(lines, start, end).root() if end > start else None
        if node is not None:
            out.append(node)
        elif opened:
            out.append(scalars.nothing(start))
        opened = mark is not None and mark[0] == "---"
        start = mark.end() if mark else end
    return tuple(out)


def _empty(text: str) -> Scalar:
    return scalars.nothing(len(text))


class _Reader(Indentation):
    """Reads one document: block collections, and what is in them."""

    continued = 0  # lists that went on behind something else

    def root(self) -> Node | None:
        nodes: list[Node] = []
        if not self.forward():
            return None
        while self.line <= self.last:
            nodes.append(self.block(-1, 0))
            self.next()
        return next((n for n in nodes if not isinstance(n, Scalar)), nodes[0])

    def block(self, parent: int, depth: int, tag: str = "") -> Node:
        """The node that stands here, at the beginning of a line or behind a dash."""
        if depth > DEEPEST:
            return self.too_deep(parent)
        if self.dash(self.at):
            return self.sequence(parent, depth, tag)
        if self.question() or self.key():
            return self.mapping(parent, depth, tag)
        start, line, column = self.at, self.line, self.column()
        own, anchor = self.properties()
        tag = own or tag
        opened = self.open(anchor, depth)
        if start != self.at and self.nothing_left():
            node = self.below(self.at, parent, depth, tag)
        else:
            node = self.inline(parent, depth, tag)
        self.close(anchor, node, depth, opened)
        if self.line == line and not isinstance(node, Scalar) and self.text[start] in "[{" and self.colon(self.at):
            self.at = start
            return self.mapping(parent, depth, tag)
        if isinstance(node, Scalar) and node.style == "plain" and self.goes_on(line, column):
            self.at = start  # a key that has no colon yet
            return self.mapping(parent, depth, tag)
        return node

    def below(self, at: int, parent: int, depth: int, tag: str, *, dashes: bool = False) -> Node:
        """The node on the lines below, deeper than `parent`; where there is none, nothing at `at`.

        The items of a sequence may stand as deep as the key that it is the value of (`dashes`).
        """
        place = (self.line, at)
        if self.next():
            column = self.column()
            if column > parent or (dashes and column == parent and self.dash(self.at)) or self.first_child(parent):
                return self.block(parent, depth, tag)
        self.line, self.at = place
        return scalars.nothing(at, tag)

    def too_deep(self, parent: int) -> Node:
        start, place = self.at, self.line
        while self.next() and self.column() > parent:
            place = self.line
        self.line = place
        self.at = self.end()
        return scalars.nothing(start)

    def goes_on(self, line: int, column: int) -> bool:
        """Whether below a scalar of one line, which began in that column, stands what could belong to a key."""
        if self.line != line:
            return False
        place = (self.line, self.at)
        found = self.next() and (
            (self.column() >= column and self.key() is not None) or (self.column() > column and self.dash(self.at))
        )
        self.line, self.at = place
        return found

    def sequence(self, parent: int, depth: int, tag: str) -> Sequence:
        start, column = self.at, self.column()
        self.deepest = max(self.deepest, depth)
        found: list[Node] = []
        self.opened.append((column, True, parent))
        while True:
            level = min(column, self.column())
            if self.dash(self.at):
                self.at += 1
                after = self.at
                opened = self.open("", depth)
                left = not self.nothing_left()
                node = self.block(level, depth + 1) if left else self.below(after, level, depth + 1, "")
                self.close("", node, depth, opened)
                found.append(node)
            else:
                found.append(self.block(level, depth + 1))
            place = (self.line, self.at)
            if not self.next():
                break
            here = self.column()
            # What stands at no item's depth and still inside: the indentation is wrong.
            if not (here > parent if parent < column else here > column or (here == column and self.dash(self.at))):
                break
        self.opened.pop()
        self.line, self.at = place
        return Sequence(tuple(found), Span(start, self.at), tag)

    def mapping(self, parent: int, depth: int, tag: str) -> Mapping:
        start, column = self.at, self.column()
        self.deepest = max(self.deepest, depth)
        entries: list[Entry] = []
        self.opened.append((column, False, parent))
        while True:
            if entries and self.dash(self.at):
                self.more(entries, column, depth)
            else:
                entries.append(self.entry(min(column, self.column()), depth))
            place = (self.line, self.at)
            if not self.next():
                break
            here = self.column()
            if not (here > parent or (here == column and not self.dash(self.at))):
                break
        self.opened.pop()
        self.line, self.at = place
        return Mapping(merged(entries), Span(start, self.at), tag)

    def more(self, entries: list[Entry], column: int, depth: int) -> None:
        """Items where a key should stand: they are indented less or more than the rest of the list that they go on."""
        items = self.sequence(min(column, self.column()), depth + 1, "")
        last = entries[-1]
        if isinstance(last.value, Scalar) and last.value.missing:
            entries[-1] = Entry(last.key, items, Span(last.span.start, self.at))
            return
        for at in range(len(entries) - 1, max(-1, len(entries) - 1 - _BACK), -1):
            entry, before = entries[at], entries[at].value
            if isinstance(before, Sequence) and self.continued < _CONTINUED:
                self.continued += 1
                value = Sequence(before.items + items.items, Span(before.span.start, self.at), before.tag)
                entries[at] = Entry(entry.key, value, Span(entry.span.start, self.at))
                return
        entries.append(Entry(scalars.nothing(items.span.start), items, items.span))

    def entry(self, column: int, depth: int) -> Entry:
        start = self.at
        if self.question():
            return self.complex_entry(column, depth)
        found = self.key()
        if found:
            key = self.simple_key(found.end() - 1)
            self.at = found.end()
        elif self.text[start] in "[{" and not TEMPLATE.match(self.text, start):
            node = self.flow(column, depth + 1, "")
            if not self.colon(self.at):
                return Entry(scalars.nothing(start), node, Span(start, self.at))
            key = self.as_key(node, Span(start, self.at))
            self.at = self.text.index(":", self.at) + 1
        else:
            key = self.simple_key(self.comment())  # without its colon
            self.at = self.end() if key.span.end == start else key.span.end
        return Entry(key, self.value(column, depth), Span(start, self.at))

    def complex_entry(self, column: int, depth: int) -> Entry:
        """`? key` with `: value` below."""
        start = self.at
        self.at += 1
        if self.nothing_left():
            node = self.below(self.at, column, depth + 1, "", dashes=True)
        else:
            node = self.block(column, depth + 1)
        key = self.as_key(node, Span(start + 1, self.at))
        place = (self.line, self.at)
        if self.next() and self.column() == column and self.colon(self.at):
            self.at += 1
            self.space()
            if self.at < self.end() and (self.dash(self.at) or self.question() or self.key()):
                return Entry(key, self.block(column, depth + 1), Span(start, self.at))
            return Entry(key, self.value(column, depth), Span(start, self.at))
        self.line, self.at = place
        return Entry(key, scalars.nothing(self.at), Span(start, self.at))

    def simple_key(self, end: int) -> Scalar:
        """The key that stands from here to `end`."""
        tag, anchor = self.properties()
        start = min(self.at, end)
        stop = start + len(self.text[start:end].rstrip(" \t"))
        opening = self.text[start : start + 1]
        if opening and opening in "\"'" and stop - start > 1 and self.text[stop - 1] == opening:
            key = scalars.quoted(self.text, [(start + 1, stop - 1)], Span(start, stop), tag)
        elif opening == "*" and isinstance(named := self.anchors.get(self.text[start + 1 : stop], (None,))[0], Scalar):
            where = SourceMap((Segment(Span(0, len(named.value)), Span(start, stop), verbatim=False),))
            key = Scalar(named.value, Span(start, stop), where, named.style)
        else:
            key = scalars.plain(self.text, [(start, stop)], flow=False, tag=tag)
        if anchor:
            self.anchors[anchor] = (key, 1, 0)
        return key

    def value(self, column: int, depth: int) -> Node:
        """What belongs to the key of which the colon was read."""
        after = self.at
        self.space()
        tag, anchor = self.properties()
        opened = self.open(anchor, depth + 1)
        if self.nothing_left():
            node = self.below(after, column, depth + 1, tag, dashes=True)
        else:
            node = self.inline(column, depth + 1, tag)
        self.close(anchor, node, depth + 1, opened)
        return node
