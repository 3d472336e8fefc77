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
from bisect import bisect_right

from pep668.text import Segment, SourceMap, Span

from . import _yaml_scalars as scalars
from .node import Entry, Mapping, Node, Scalar, Sequence

_DEEPEST = 96  # collections in collections; what is deeper is left out
_ALIASED = 100_000  # nodes that aliases may add to a tree, walked as if each stood where it is named

_LINE = re.compile(r"([ \t]*)[^\r\n]*(\r\n|\r|\n|\Z)")
_MARK = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BLANK = ("", " ", "\t", "\r", "\n")
_SPACE = re.compile(r"[ \t]*")
_PROPERTY = re.compile(r"&[^\s,\[\]{}]+|!<[^>\s]*>|![^\s,\[\]{}]*")
_ALIAS = re.compile(r"\*([^\s,\[\]{}:]+)(?=[\s,\]}]|\Z)")
_NAME = re.compile(r"[\w-]+")
_BLOCK = re.compile(r"[|>]([-+]?)([1-9]?)([-+]?)[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?=[\r\n]|\Z)")
_TEMPLATED = r"(?:\{\{[^{}\r\n]*\}\}|\{%[^%\r\n]*%\})"
_KEY = re.compile(
    r"(?:[&!][^\s,\[\]{}]*[ \t]+)*"
    r'(?:"(?:[^"\\\r\n]|\\.)*"[ \t]*|'
    r"'(?:[^'\r\n]|'')*'[ \t]*|"
    r"\*[^\s,\[\]{}:]+[ \t]+|"
    rf"(?:{_TEMPLATED}|[^\s\-?:,\[\]{{}}#&*!|>'\"]|[-?:](?=\S)|(?=:))"
    r"(?:[^:#\r\n]|:(?=\S)|(?<=\S)#){0,1024}"
    r"):(?=\s|\Z)"
)
_ENDS = re.compile(r"(?<=[ \t])#|:(?=[ \t]|$)")
_COMMENT = re.compile(r"(?<=[ \t])#")
_ENDS_IN_FLOW = re.compile(rf"{_TEMPLATED}|(?<=[ \t])#|:(?=[ \t,\[\]{{}}]|$)|[,\[\]{{}}]")
_ONLY_TEMPLATE = re.compile(rf"(?:{_TEMPLATED}|\{{#[^\r\n]*#\}}|%\{{[^}}\r\n]*\}}|<%[^%\r\n]*%>)[ \t]*(?=[\r\n]|\Z)")
_TEMPLATE = re.compile(_TEMPLATED)
_IN_DOUBLE = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_IN_SINGLE = re.compile(r"[^']*(?:''[^']*)*")


def parse(text: str) -> Node:
    """The first document that has content; a missing scalar where there is none."""
    found = documents(text)
    return next((d for d in found if not (isinstance(d, Scalar) and d.missing)), found[0] if found else _empty(text))


def documents(text: str) -> tuple[Node, ...]:
    """The documents of a text; one that a `---` begins and nothing follows is a missing scalar."""
    lines = _Lines(text)
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


class _Lines:
    """The lines of a text: where they and what stands in them start, where they end without and with line end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.firsts: list[int] = []
        self.ends: list[int] = []
        self.stops: list[int] = []
        for found in _LINE.finditer(text):
            self.starts.append(found.start())
            self.firsts.append(found.end(1))
            self.ends.append(found.start(2))
            self.stops.append(found.end())
            if found.start(2) == len(text):
                break


class _Reader:
    """One document. `line` and `at` are the place that is read next; `parent` is the indentation around a node."""

    def __init__(self, lines: _Lines, start: int, end: int) -> None:
        self.lines, self.text = lines, lines.text
        self.line = bisect_right(lines.starts, start) - 1
        self.last = bisect_right(lines.starts, max(start, end - 1)) - 1  # the last line
        self.begin, self.at = start, start
        self.first_line = self.line
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # with its nodes and its height
        self.nodes, self.aliased = 0, 0
        self.deepest = 0
        self.skipped = (-1, -1)  # these lines hold nothing
        self.templates = True  # whether one may still be closed behind here

    # Lines

    def forward(self) -> bool:
        """Go to what stands next, at the beginning of this line or of a later one."""
        if self.skipped[0] <= self.line <= self.skipped[1]:
            self.line = self.skipped[1]
        begun = self.line
        while self.line <= self.last:
            self.at = self.first(self.line)
            if self.at < self.lines.ends[self.line] and self.text[self.at] != "#" and not self.template():
                break
            self.line += 1
        self.skipped = (begun, self.line)
        return self.line <= self.last

    def next(self) -> bool:
        """Go to what stands on a later line than this one."""
        self.line += 1
        return self.forward()

    def first(self, line: int) -> int:
        """Where the text of a line begins; a document's first line may begin behind its mark."""
        if line > self.first_line:
            return self.lines.firsts[line]
        found = _SPACE.match(self.text, self.begin)
        return found.end() if found else self.begin

    def template(self) -> bool:
        """Whether a line is one of a template language; one that goes on to further lines is skipped to its end."""
        if self.text[self.at] == "%" and self.at == self.lines.starts[self.line]:
            return True  # a directive
        if self.text[self.at] not in "{%<":
            return False
        if _ONLY_TEMPLATE.match(self.text, self.at):
            return True
        opening = self.text[self.at : self.at + 2]
        if not self.templates or opening not in ("{{", "{%"):
            return False
        closing = self.text.find("%}" if opening == "{%" else "}}", self.at)
        if closing < 0:
            self.templates = False
            return False
        if closing <= self.lines.ends[self.line] or closing > self.lines.ends[self.last]:
            return False
        while self.lines.ends[self.line] < closing:
            self.line += 1
        return True

    def column(self) -> int:
        return self.at - self.lines.starts[self.line]

    def end(self) -> int:
        return self.lines.ends[self.line]

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def nothing_left(self) -> bool:
        """Whether only blanks and a comment follow on this line."""
        self.space()
        if self.at >= self.end():
            return True
        return self.text[self.at] == "#" and (
            self.at == self.lines.starts[self.line] or self.text[self.at - 1] in " \t"
        )

    def dash(self, at: int) -> bool:
        return self.text[at : at + 1] == "-" and self.text[at + 1 : at + 2] in _BLANK

    def key(self) -> re.Match[str] | None:
        """The key with its colon that stands here, on one line."""
        return _KEY.match(self.text, self.at, self.end())

    def outside(self, line: int, parent: int) -> bool:
        """Whether a line begins an entry that is not inside of `parent`: what is open ends before it."""
        first = self.first(line)
        if first - self.lines.starts[line] > parent or first >= self.lines.ends[line]:
            return False
        return self.dash(first) or _KEY.match(self.text, first, self.lines.ends[line]) is not None

    # Nodes

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
        if depth > _DEEPEST:
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
            if column > parent or (dashes and column == parent and self.dash(self.at)):
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

    def question(self) -> bool:
        return self.text[self.at] == "?" and self.text[self.at + 1 : self.at + 2] in _BLANK

    def colon(self, at: int) -> bool:
        """Whether a colon that ends a key stands there, after blanks."""
        found = _SPACE.match(self.text, at)
        at = found.end() if found else at
        return self.text[at : at + 1] == ":" and self.text[at + 1 : at + 2] in _BLANK

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

    def properties(self) -> tuple[str, str]:
        """A tag and the name of an anchor."""
        tag = anchor = ""
        while found := _PROPERTY.match(self.text, self.at, self.end()):
            if found[0][0] == "&":
                anchor = found[0][1:]
            else:
                tag = found[0]
            self.at = found.end()
            self.space()
        return tag, anchor

    def open(self, anchor: str, depth: int) -> tuple[int, int]:
        """Begin a node that may have an anchor: inside of itself it has no name."""
        opened = (self.nodes, self.deepest)
        if anchor:
            self.anchors.pop(anchor, None)
            self.deepest = depth
        return opened

    def close(self, anchor: str, node: Node, depth: int, opened: tuple[int, int]) -> None:
        self.nodes += 1
        if anchor:
            self.anchors[anchor] = (node, self.nodes - opened[0], self.deepest - depth)
            self.deepest = max(self.deepest, opened[1])

    def alias(self, depth: int) -> Node | None:
        """The node that an alias names; None where no alias stands here."""
        found = _ALIAS.match(self.text, self.at, self.end())
        if not found or (found[1] not in self.anchors and not _NAME.fullmatch(found[1])):
            return None
        start, self.at = self.at, found.end()
        node, nodes, height = self.anchors.get(found[1], (None, 0, 0))
        if node is None or self.aliased + nodes > _ALIASED or depth + height > _DEEPEST:
            return scalars.nothing(start)
        self.aliased += nodes
        self.nodes += nodes
        self.deepest = max(self.deepest, depth + height)
        return node

    # Block collections

    def sequence(self, parent: int, depth: int, tag: str) -> Sequence:
        start, column = self.at, self.column()
        self.deepest = max(self.deepest, depth)
        found: list[Node] = []
        while True:
            if self.dash(self.at):
                self.at += 1
                after = self.at
                opened = self.open("", depth)
                if self.nothing_left():
                    node = self.below(after, column, depth + 1, "")
                else:
                    node = self.block(column, depth + 1)
                self.close("", node, depth, opened)
                found.append(node)
            else:
                found.append(self.block(column, depth + 1))
            place = (self.line, self.at)
            if not self.next():
                break
            here = self.column()
            # What stands at no item's depth and still inside: the indentation is wrong.
            if not (here > parent if parent < column else here > column or (here == column and self.dash(self.at))):
                break
        self.line, self.at = place
        return Sequence(tuple(found), Span(start, self.at), tag)

    def mapping(self, parent: int, depth: int, tag: str) -> Mapping:
        start, column = self.at, self.column()
        self.deepest = max(self.deepest, depth)
        entries: list[Entry] = []
        while True:
            if entries and self.dash(self.at):
                entries += self.more(entries.pop(), column, depth)
            else:
                entries.append(self.entry(column, depth))
            place = (self.line, self.at)
            if not self.next():
                break
            here = self.column()
            if not (here > parent or (here == column and not self.dash(self.at))):
                break
        self.line, self.at = place
        return Mapping(merged(entries), Span(start, self.at), tag)

    def more(self, last: Entry, column: int, depth: int) -> tuple[Entry, ...]:
        """The last entry with items that are indented less or more than the rest of its value."""
        items = self.sequence(min(column, self.column()), depth + 1, "")
        if isinstance(last.value, Sequence):
            value = Sequence(last.value.items + items.items, Span(last.value.span.start, self.at), last.value.tag)
        elif isinstance(last.value, Scalar) and last.value.missing:
            value = items
        else:
            return last, Entry(scalars.nothing(items.span.start), items, items.span)
        return (Entry(last.key, value, Span(last.span.start, self.at)),)

    def entry(self, column: int, depth: int) -> Entry:
        start = self.at
        if self.question():
            return self.complex_entry(column, depth)
        found = self.key()
        if found:
            key = self.simple_key(found.end() - 1)
            self.at = found.end()
        elif self.text[start] in "[{" and not _TEMPLATE.match(self.text, start):
            node = self.flow(column, depth + 1, "")
            if not self.colon(self.at):
                return Entry(scalars.nothing(start), node, Span(start, self.at))
            key = self.as_key(node, Span(start, self.at))
            self.at = self.text.index(":", self.at) + 1
        else:
            key = self.simple_key(self.comment())  # without its colon
            self.at = self.end() if key.span.end == start else key.span.end
        return Entry(key, self.value(column, depth), Span(start, self.at))

    def comment(self) -> int:
        """The end of this line's text."""
        found = _COMMENT.search(self.text, self.at, self.end())
        return found.start() if found else self.end()

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

    def as_key(self, node: Node, span: Span) -> Scalar:
        if isinstance(node, Scalar):
            return node
        text = self.text[span.start : span.end].strip()
        at = self.text.index(text, span.start)
        return Scalar(text, Span(at, at + len(text)), SourceMap.identity(len(text), at))

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

    # Scalars and flow collections

    def inline(self, parent: int, depth: int, tag: str) -> Node:
        """What begins on this line and is no block collection."""
        c = self.text[self.at]
        if c in "\"'":
            return self.quoted(parent, tag)
        if c in "|>" and (header := _BLOCK.match(self.text, self.at, self.end())):
            return self.block_scalar(header, parent, tag)
        if c in "[{" and not _TEMPLATE.match(self.text, self.at):
            return self.flow(parent, depth, tag)
        if c == "*" and (node := self.alias(depth)) is not None:
            return node
        return self.plain(parent, tag)

    def plain(self, parent: int, tag: str) -> Scalar:
        runs: list[scalars.Run] = []
        found = _COMMENT.search(self.text, self.at, self.end())
        stop = found.start() if found else self.end()
        runs.append(self.run(self.at, stop))
        line, blank = self.line + 1, 0
        while not found and line <= self.last:
            first, end = self.lines.firsts[line], self.lines.ends[line]
            if first >= end:
                blank += 1
                runs.append((end, end))
            elif (
                first - self.lines.starts[line] <= parent
                or self.text[first] == "#"
                or _ONLY_TEMPLATE.match(self.text, first)
            ):
                break
            else:
                found = _ENDS.search(self.text, first, end)
                if found and found[0] == ":":
                    break
                runs.append(self.run(first, found.start() if found else end))
                self.line, blank = line, 0
            line += 1
        del runs[len(runs) - blank :]
        self.at = runs[-1][1]
        return scalars.plain(self.text, runs, flow=False, tag=tag)

    def run(self, start: int, end: int) -> scalars.Run:
        return start, start + len(self.text[start:end].rstrip(" \t"))

    def quoted(self, parent: int, tag: str) -> Scalar:
        start = self.at
        quote = self.text[start]
        inside = _IN_DOUBLE if quote == '"' else _IN_SINGLE
        line, at = self.line, start + 1
        runs: list[scalars.Run] = []
        while True:
            end = self.lines.ends[line]
            found = inside.match(self.text, at, end)
            stop = found.end() if found else at
            if self.text[stop : stop + 1] == quote and stop < end:
                runs.append((at, stop))
                self.line, self.at = line, stop + 1
                break
            runs.append((at, end))
            line += 1
            if line > self.last or self.outside(line, parent):  # it is not closed
                runs = [self.run(start + 1, self.end())]
                self.at = self.end()
                break
            at = self.lines.starts[line]
        return scalars.quoted(self.text, runs, Span(start, self.at), tag)

    def block_scalar(self, header: re.Match[str], parent: int, tag: str) -> Scalar:
        lines, ends = self.lines, self.lines.ends
        width = max(parent, 0) + int(header[2]) if header[2] else 0
        found: list[scalars.Line] = []
        kept, line = self.line, self.line + 1
        while line <= self.last:
            start, first, end = lines.starts[line], lines.firsts[line], ends[line]
            if first < end and not width:
                width = self.leading(line)
                if width <= max(parent, 0):
                    break
            blank = first >= end and (not width or end - start <= width)
            if not blank and first - start < width:
                behind = self.behind_templates(line, width)
                if behind > line:
                    line = behind
                    continue
                if first - start <= parent or self.text[first] == "#" or _KEY.match(self.text, first, end):
                    break
            begin = end if blank else min(start + width, first)
            found.append(scalars.Line(begin, end, lines.stops[line], blank))
            kept = line if not blank or header[1] == "+" or header[3] == "+" else kept
            line += 1
        prefix = " " * (width or max(parent, 0) + 2)
        if found and width:
            tabs = next(
                (
                    self.text[lines.starts[i] : lines.starts[i] + width]
                    for i in range(self.line + 1, line)
                    if lines.firsts[i] < ends[i]
                ),
                prefix,
            )
            prefix = tabs if not tabs.strip() else prefix
        span = Span(header.start(), header.start() + len(header[0].partition("#")[0].rstrip()))
        self.line = kept
        scalar = scalars.block(self.text, span, found, prefix, header[1] or header[3], tag)
        self.at = scalar.span.end
        return scalar

    def leading(self, line: int) -> int:
        return self.lines.firsts[line] - self.lines.starts[line]

    def behind_templates(self, line: int, width: int) -> int:
        """The line behind lines of a template language where the scalar goes on there, else this one."""
        begun = line
        while line <= self.last:
            first = self.lines.firsts[line]
            if first < self.lines.ends[line] and not _ONLY_TEMPLATE.match(self.text, first):
                return line if line > begun and first - self.lines.starts[line] >= width else begun
            line += 1
        return begun

    def flow(self, parent: int, depth: int, tag: str) -> Mapping | Sequence:
        start = self.at
        opening = self.text[start]
        self.at += 1
        self.deepest = max(self.deepest, depth)
        found: list[Node] = []
        entries: list[Entry] = []
        while self.flow_space(parent):
            c = self.text[self.at]
            if c in "]}":
                if (c == "}") == (opening == "{") or not depth:
                    self.at += 1
                break
            if c == ",":
                self.at += 1
                continue
            if depth >= _DEEPEST and c in "[{":
                self.at += 1
                continue
            begun = self.at
            node, key, value = self.flow_item(parent, depth)
            if opening == "{":
                entries.append(
                    Entry(
                        key or self.as_key(node, Span(begun, self.at)),
                        value or scalars.nothing(self.at),
                        Span(begun, self.at),
                    )
                )
            elif key is not None and value is not None:
                found.append(Mapping(merged([Entry(key, value, Span(begun, self.at))]), Span(begun, self.at)))
            else:
                found.append(node)
            self.nodes += 1
        span = Span(start, self.at)
        return Mapping(merged(entries), span, tag) if opening == "{" else Sequence(tuple(found), span, tag)

    def flow_item(self, parent: int, depth: int) -> tuple[Node, Scalar | None, Node | None]:
        """An item, or a key and its value."""
        begun = self.at
        if self.text[begun] == "?" and self.text[begun + 1 : begun + 2] in _BLANK:
            self.at += 1
            if not self.flow_space(parent):
                return scalars.nothing(self.at), None, None
        node = self.flow_node(parent, depth)
        stop, line = self.at, self.line
        json = self.text[stop - 1 : stop] in ('"', "'", "]", "}") and stop > begun
        if not self.flow_space(parent) or self.text[self.at] != ":":
            self.at, self.line = stop, line
            return node, None, None
        if not json and self.text[self.at + 1 : self.at + 2] not in (*_BLANK, *",[]{}"):
            self.at += 1  # a colon that belongs to nothing
            return node, None, None
        key = self.as_key(node, Span(begun, stop))
        self.at += 1
        after = self.at
        if not self.flow_space(parent) or self.text[self.at] in ",]}":
            return node, key, scalars.nothing(after)
        return node, key, self.flow_node(parent, depth)

    def flow_node(self, parent: int, depth: int) -> Node:
        tag, anchor = self.properties()
        opened = self.open(anchor, depth + 1)
        node: Node | None = None
        if self.at >= self.end() and not self.flow_space(parent):
            node = scalars.nothing(self.at, tag)
        c = self.text[self.at : self.at + 1]
        if node is None and c and c in "\"'":
            node = self.quoted(parent, tag)
        elif node is None and c and c in "[{" and depth < _DEEPEST and not _TEMPLATE.match(self.text, self.at):
            node = self.flow(parent, depth + 1, tag)
        elif node is None and c == "*":
            node = self.alias(depth + 1)
        if node is None:
            node = self.flow_plain(parent, tag)
        self.close(anchor, node, depth + 1, opened)
        return node

    def flow_plain(self, parent: int, tag: str) -> Scalar:
        c = self.text[self.at]
        if c in ",]}" or (c == ":" and self.text[self.at + 1 : self.at + 2] in (*_BLANK, *",[]{}")):
            return scalars.nothing(self.at, tag)
        runs: list[scalars.Run] = []
        while True:
            found = None
            for found in _ENDS_IN_FLOW.finditer(self.text, self.at, self.end()):
                if found[0][0] != "{" or len(found[0]) < 2:
                    break
            else:
                found = None
            stop = found.start() if found else self.end()
            runs.append(self.run(self.at, stop))
            self.at = runs[-1][1]
            if found:
                if found[0] in "[{" and stop == self.at and len(runs) == 1 and runs[0][0] == runs[0][1]:
                    self.at += 1
                break
            place = (self.line, self.at)
            blank = self.line + 1
            if not self.flow_space(parent) or self.line < blank or self.text[self.at] in ",[]{}#:":
                self.line, self.at = place
                break
            if any(self.text[self.lines.firsts[i] : self.lines.firsts[i] + 1] == "#" for i in range(blank, self.line)):
                self.line, self.at = place
                break
            runs += [(self.lines.ends[i], self.lines.ends[i]) for i in range(blank, self.line)]
        return scalars.plain(self.text, runs, flow=True, tag=tag)

    def flow_space(self, parent: int) -> bool:
        """Go over blanks, comments and line ends; False where the collection must end here, closed or not."""
        while True:
            if not self.nothing_left():
                return True
            if self.line >= self.last or self.outside(self.line + 1, parent):
                return False
            self.line += 1
            self.at = self.lines.starts[self.line]


def merged(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries with those of `<<: *base` before them."""
    if not any(e.key.value == "<<" and e.key.style == "plain" for e in entries):
        return tuple(entries)
    bases: list[Entry] = []
    own: list[Entry] = []
    for entry in entries:
        value = entry.value
        sources = value.items if isinstance(value, Sequence) else (value,)
        if entry.key.value != "<<" or not all(isinstance(s, Mapping) for s in sources):
            own.append(entry)
            continue
        for source in reversed(sources):  # the first one wins
            if isinstance(source, Mapping):
                bases += source.entries
    return (*bases, *own)
