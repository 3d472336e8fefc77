"""The blocks of a Markdown text (markdown-it-py finds them) and where they stand.

Their text is followed back to the lines of the source: what a list or a quote puts before it is left out of the maps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pep668.text import LineTable, MappedText, SourceMap, Span

from ._source_lines import SourceLines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Made = tuple[str, SourceMap]

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?:.*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
# MkDocs: what is indented below belongs to it and is Markdown.
_CONTAINER = re.compile(r"([ \t]*)(?:(?:!!!|\?\?\?\+?)[ \t]+\w|={3}[!+]{0,2}[ \t]+[\"'])")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: heading (with `level`), fence (with `info`), code, html, text (a sentence), row (of a table), body, tab.

    `body` and `tab` are Markdown of their own, what a container of MkDocs holds. `span` covers the block in the text.
    """

    kind: str
    made: Made
    span: Span
    info: str = ""
    level: int = 0


def blocks(text: str) -> Iterator[Block]:
    """The blocks in the order of the text."""
    lines = _Source(text)
    found = list(_containers(text))
    source = text
    front = _FRONT.match(text)
    hidden = [Span(0, front.end())] if front else []
    hidden += [b.span for b in found]
    if hidden:
        source = _blanked(text, hidden)
    found += _tokens(lines, _reader().parse(source))
    yield from sorted(found, key=lambda b: b.span.start)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").enable("table")
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader


def _blanked(text: str, hidden: Sequence[Span]) -> str:
    """The text with nothing but line ends in some of its places."""
    out: list[str] = []
    done = 0
    for span in hidden:
        if span.start >= done:
            out += (text[done : span.start], re.sub(r"[^\r\n]+", "", text[span.start : span.end]))
            done = span.end
    return "".join((*out, text[done:]))


class _Source:
    """The lines of the text that is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.table = LineTable(text)

    def span(self, first: int, end: int) -> Span:
        """Lines `first` to before `end`, the last without its line end."""
        last = max(first, min(end, len(self.table)) - 1)
        return Span(self.table.starts[first], self.table.line_span(last).end)

    def found(self, content: str, first: int, *, trimmed: bool = False) -> Made:
        """The lines of a block's content, each of which ends a line of the text, from line `first` on.

        `trimmed` contents may lack blanks at the ends of lines, and a heading's closing marks.
        """
        out = MappedText()
        pieces = content.split("\n")
        for number, piece in enumerate(pieces):
            if first + number >= len(self.table):
                break
            line = self.table.line_span(first + number)
            if piece:
                self._line(out, piece, line, trimmed)
            if number + 1 < len(pieces):
                after = self.table.starts[first + number + 1] if first + number + 1 < len(self.table) else line.end
                end = self.text[line.end : after]
                if end.endswith("\n"):
                    out.verbatim(end, line.end)
                else:
                    out.opaque("\n", Span(line.end, after))
        return out.finish(self.table.starts[min(first, len(self.table) - 1)])

    def _line(self, out: MappedText, piece: str, line: Span, trimmed: bool) -> None:
        source = self.text[line.start : line.end]
        body = piece.strip() if trimmed else piece
        at = source.rfind(body) if trimmed else len(source) - len(piece) if source.endswith(piece) else -1
        if at >= 0:
            out.verbatim(body, line.start + at)
            return
        bare = piece.lstrip(" \t")  # of a tab, as many columns as the block takes are left out
        if not source.endswith(bare):
            out.opaque(piece, line)
            return
        begin = line.end - len(bare)
        out.opaque(piece[: len(piece) - len(bare)], Span(max(line.start, begin - 1), begin))
        out.verbatim(bare, begin)


def _tokens(lines: _Source, tokens: Sequence[Token]) -> Iterator[Block]:
    heading = 0
    in_table = False
    for token in tokens:
        first, end = token.map or (0, 0)
        if token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "table_open":
            in_table = True
            for row in range(first, end):
                span = lines.span(row, row + 1)
                yield Block("row", (lines.text[span.start : span.end], SourceMap.identity(len(span), span.start)), span)
        elif token.type == "table_close":
            in_table = False
        elif token.type == "inline" and not in_table:
            kind = "heading" if heading else "text"
            yield Block(kind, lines.found(token.content, first, trimmed=True), lines.span(first, end), "", heading)
            heading = 0
        elif token.type == "fence":
            content = lines.found(token.content, first + 1)
            yield Block("fence", content, lines.span(first, end), token.info.strip())
        elif token.type in ("code_block", "html_block"):
            kind = "code" if token.type == "code_block" else "html"
            yield Block(kind, lines.found(token.content, first), lines.span(first, end))


def _containers(text: str) -> Iterator[Block]:
    """The bodies of MkDocs' admonitions and tabs."""
    if not any(mark in text for mark in ("!!!", "???", "===")):
        return
    lines = SourceLines(text, tab=4)
    fence = ""
    number = 0
    while number < len(lines):
        line = lines.line(number)
        number += 1
        mark = _FENCE.match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not mark[2].strip())):
            fence = "" if fence else mark[1]
        container = None if fence or mark else _CONTAINER.match(line)
        if container is None:
            continue
        indent = lines.indents[number - 1] + 4
        end = lines.deeper(number, indent - 1)
        if end > number:
            kind = "tab" if container[0].lstrip().startswith("=") else "body"
            yield Block(kind, lines.dedented(number, end, indent), lines.span(number, end))
            number = end


def in_html(text: str) -> Iterator[Block]:
    """The fences in a block of HTML, as MDX has them, and the pieces of HTML (`html`) around them."""
    lines = SourceLines(text, tab=4)
    comments = [Span(*m.span()) for m in _COMMENT.finditer(text)]
    number = done = 0
    while number < len(lines):
        mark = _FENCE.match(lines.line(number))
        start = lines.table.starts[number]
        number += 1
        if mark is None or any(start in c for c in comments):
            continue
        first = number
        while number < len(lines) and not _closes(lines.line(number), mark[1]):
            number += 1
        yield _piece(text, Span(done, start))
        span = lines.span(first - 1, number + 1) if number < len(lines) else lines.span(first - 1, number)
        yield Block("fence", lines.dedented(first, number), span, mark[2].strip())
        number += 1
        done = lines.table.starts[number] if number < len(lines) else len(text)
    yield _piece(text, Span(done, len(text)))


def _piece(text: str, span: Span) -> Block:
    return Block("html", (text[span.start : span.end], SourceMap.identity(len(span), span.start)), span)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return bare.startswith(mark) and not bare.strip(mark[0])


def opens_fence(text: str) -> bool:
    """Whether a text begins with a line that opens a fence."""
    return _FENCE.match(text.lstrip("\r\n")) is not None
