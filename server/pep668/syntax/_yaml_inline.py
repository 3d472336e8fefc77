"""What stands inside of lines in YAML: scalars, aliases, and collections in brackets."""

from __future__ import annotations

import re

from pep668.text import SourceMap, Span

from . import _yaml_scalars as scalars
from ._yaml_lines import BLANK, KEY, ONLY_TEMPLATE, TEMPLATED, Cursor, Lines
from .node import Entry, Mapping, Node, Scalar, Sequence

DEEPEST = 96  # collections in collections; what is deeper is left out
_ALIASED = 100_000  # nodes that aliases may add to a tree, walked as if each stood where it is named

TEMPLATE = re.compile(TEMPLATED)
_PROPERTY = re.compile(r"&[^ \t\r\n,\[\]{}]+|!<[^> \t\r\n]*>|![^ \t\r\n,\[\]{}]*")
_ALIAS = re.compile(r"\*([^ \t\r\n,\[\]{}:]+)(?=[ \t\r\n,\]}]|\Z)")
_NAME = re.compile(r"[\w-]+")
_BLOCK = re.compile(r"[|>]([-+]?)([1-9]?)([-+]?)[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?=[\r\n]|\Z)")
_ENDS = re.compile(r"(?<=[ \t])#|:(?=[ \t]|$)")
_COMMENT = re.compile(r"(?<=[ \t])#")
_ENDS_IN_FLOW = re.compile(rf"{TEMPLATED}|(?<=[ \t])#|:(?=[ \t,\[\]{{}}]|$)|[,\[\]{{}}]")
_IN_DOUBLE = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_IN_SINGLE = re.compile(r"[^']*(?:''[^']*)*")


class Inline(Cursor):
    """Reads what begins where the cursor is and is no block collection."""

    def __init__(self, lines: Lines, start: int, end: int) -> None:
        super().__init__(lines, start, end)
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # with its nodes and its height
        self.nodes, self.aliased = 0, 0
        self.deepest = 0

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
        if node is None or self.aliased + nodes > _ALIASED or depth + height > DEEPEST:
            return scalars.nothing(start)
        self.aliased += nodes
        self.nodes += nodes
        self.deepest = max(self.deepest, depth + height)
        return node

    def inline(self, parent: int, depth: int, tag: str) -> Node:
        """What begins on this line and is no block collection."""
        c = self.text[self.at]
        start, line = self.at, self.line
        node: Node | None = None
        if c in "\"'":
            node = self.quoted(parent, tag)
        elif c in "|>" and (header := _BLOCK.match(self.text, self.at, self.end())):
            return self.block_scalar(header, parent, tag)
        elif c in "[{" and not TEMPLATE.match(self.text, self.at):
            node = self.flow(parent, depth, tag)
        elif c == "*":
            return self.alias(depth) or self.plain(parent, tag)
        if node is not None and not (line == self.line and self.more_behind()):
            return node
        self.at = start  # `"$python" -m pip`, `[ -f x ] && y`: its quotes or brackets were not meant as YAML's
        return self.plain(parent, tag)

    def more_behind(self) -> bool:
        """Whether text follows on this line that belongs to nothing."""
        at = self.at
        found = not self.nothing_left() and not self.colon(at) and bool(self.text[at : self.end()].strip(" \t,]}"))
        self.at = at
        return found

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
                or ONLY_TEMPLATE.match(self.text, first)
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

    def comment(self) -> int:
        """The end of this line's text."""
        found = _COMMENT.search(self.text, self.at, self.end())
        return found.start() if found else self.end()

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
        lines = self.lines
        width = max(parent, 0) + int(header[2]) if header[2] else 0
        found: list[scalars.Line] = []
        kept, line = self.line, self.line + 1
        while line <= self.last:
            start, first, end = lines.starts[line], lines.firsts[line], lines.ends[line]
            if first < end and not width:
                width = self.leading(line)
                if width <= max(parent, 0):
                    break
            blank = first >= end and (not width or end - start <= width)
            if not blank and first - start < width and self.begins_other(line, parent):
                line = self.behind_noise(line, width)
                if line < 0:
                    break
                continue
            begin = end if blank else min(start + width, first)
            found.append(scalars.Line(begin, end, lines.stops[line], blank))
            kept = line if not blank or header[1] == "+" or header[3] == "+" else kept
            line += 1
        prefix = " " * (width or max(parent, 0) + 2)
        written = next((self.text[one.start - width : one.start] for one in found if not one.blank), prefix)
        if not written.strip(" \t"):  # the indentation may be of tabs
            prefix = written
        span = Span(header.start(), header.start() + len(header[0].partition("#")[0].rstrip()))
        self.line = kept
        scalar = scalars.block(self.text, span, found, prefix, header[1] or header[3], tag)
        self.at = scalar.span.end
        return scalar

    def begins_other(self, line: int, parent: int) -> bool:
        """Whether a line that is less deep than a block scalar is not merely a line of it."""
        first, end = self.lines.firsts[line], self.lines.ends[line]
        return self.leading(line) <= parent or self.text[first] == "#" or KEY.match(self.text, first, end) is not None

    def leading(self, line: int) -> int:
        return self.lines.firsts[line] - self.lines.starts[line]

    def behind_noise(self, line: int, width: int) -> int:
        """The line on which a block scalar goes on behind lines that end it and begin nothing; -1 where it does not.

        They are lines of a template language, and mistakes: comments that are not as deep as the text, and scraps.
        """
        while line <= self.last:
            first, end = self.lines.firsts[line], self.lines.ends[line]
            if first < end and not ONLY_TEMPLATE.match(self.text, first):
                if first - self.lines.starts[line] >= width:
                    return line
                if self.dash(first) or self.indicates(first, end) or KEY.match(self.text, first, end):
                    return -1
            line += 1
        return -1

    def indicates(self, first: int, end: int) -> bool:
        """Whether a line begins with the indicator of a complex key or of its value (`? `, `: `)."""
        return self.text[first] in "?:" and (first + 1 >= end or self.text[first + 1] in " \t")

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
            if depth >= DEEPEST and c in "[{":
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
        if self.text[begun] == "?" and self.text[begun + 1 : begun + 2] in BLANK:
            self.at += 1
            if not self.flow_space(parent):
                return scalars.nothing(self.at), None, None
        node = self.flow_node(parent, depth)
        stop, line = self.at, self.line
        json = self.text[stop - 1 : stop] in ('"', "'", "]", "}") and stop > begun
        if not self.flow_space(parent) or self.text[self.at] != ":":
            self.at, self.line = stop, line
            return node, None, None
        if not json and self.text[self.at + 1 : self.at + 2] not in (*BLANK, *",[]{}"):
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
        elif node is None and c and c in "[{" and depth < DEEPEST and not TEMPLATE.match(self.text, self.at):
            node = self.flow(parent, depth + 1, tag)
        elif node is None and c == "*":
            node = self.alias(depth + 1)
        if node is None:
            node = self.flow_plain(parent, tag)
        self.close(anchor, node, depth + 1, opened)
        return node

    def flow_plain(self, parent: int, tag: str) -> Scalar:
        c = self.text[self.at]
        if c in ",]}" or (c == ":" and self.text[self.at + 1 : self.at + 2] in (*BLANK, *",[]{}")):
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

    def as_key(self, node: Node, span: Span) -> Scalar:
        if isinstance(node, Scalar):
            return node
        text = self.text[span.start : span.end].strip()
        at = self.text.index(text, span.start)
        return Scalar(text, Span(at, at + len(text)), SourceMap.identity(len(text), at))


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
