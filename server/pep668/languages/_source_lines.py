"""Lines of a text by their number, and blocks of them without their indentation, for readers that go line by line."""

from __future__ import annotations

from functools import cached_property

from pep668.text import LineTable, MappedText, SourceMap, Span

Made = tuple[str, SourceMap]


class SourceLines:
    """`tab`: a tab goes on to the next column that this divides."""

    def __init__(self, text: str, tab: int = 8) -> None:
        self.text = text
        self.tab = tab
        self.table = LineTable(text)

    def __len__(self) -> int:
        return len(self.table)

    def line(self, number: int) -> str:
        """A line without its end, "" behind the last."""
        return self.table.line_text(number) if 0 <= number < len(self.table) else ""

    @cached_property
    def indents(self) -> list[int]:
        """The column in which each line's text begins, -1 for blank lines."""
        return [self._indent(n) for n in range(len(self.table))]

    def _indent(self, number: int) -> int:
        line = self.table.line_text(number)
        bare = line.lstrip(" \t")
        if not bare.strip():
            return -1
        margin = line[: len(line) - len(bare)]
        return len(margin.expandtabs(self.tab)) if "\t" in margin else len(margin)

    def deeper(self, first: int, indent: int) -> int:
        """The line behind those from `first` on that are blank or begin beyond column `indent`; no blank lines last."""
        number = end = first
        while number < len(self.table) and (self.indents[number] < 0 or self.indents[number] > indent):
            number += 1
            if self.indents[number - 1] >= 0:
                end = number
        return end

    def span(self, first: int, end: int) -> Span:
        """Lines `first` to before `end`, without the last one's line end; empty where there are none."""
        if first >= len(self.table):
            return Span(len(self.text), len(self.text))
        start = self.table.starts[first]
        return Span(start, self.table.line_span(end - 1).end if end > first else start)

    def dedented(self, first: int, end: int, columns: int | None = None) -> Made:
        """Those lines with as many columns less of indentation as given; as all of them share where None is given."""
        if columns is None:
            columns = min((self.indents[n] for n in range(first, end) if self.indents[n] >= 0), default=0)
        out = MappedText()
        for number in range(first, end):
            span = self.table.line_span(number)
            after = self.table.starts[number + 1] if number + 1 < len(self.table) else span.end
            begin = span.start + self._taken(span, columns)
            out.verbatim(self.text[begin : span.end], begin)
            if after > span.end:
                self._end(out, Span(span.end, after))
        return out.finish(self.span(first, end).start)

    def _end(self, out: MappedText, end: Span) -> None:
        text = self.text[end.start : end.end]
        if text == "\r":  # shells know no such line end
            out.opaque("\n", end)
        else:
            out.verbatim(text, end.start)

    def _taken(self, line: Span, columns: int) -> int:
        """How many characters of a line's indentation make that many columns."""
        column = count = 0
        while line.start + count < line.end and column < columns and self.text[line.start + count] in " \t":
            column += self.tab - column % self.tab if self.text[line.start + count] == "\t" else 1
            count += 1
        return count
