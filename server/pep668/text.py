"""Positions in text: spans, edits, line tables and maps from inner to outer text.

Every offset in this package is a code-point offset, half open. Conversion to
UTF-16 or to lines and columns happens at the edges: renderers and `lsp/`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code-point offsets, `start <= end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int) and self.start <= offset < self.end

    def shift(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """Whether the two share a character, or one is empty and lies in or at the edge of the other."""
        return self.start <= other.end and other.start <= self.end

    def to(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `span` of a text by `new_text`; an empty span inserts."""

    span: Span
    new_text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, which may not overlap.

    Insertions at one place keep the order in which they are given.

    Raises ValueError when two edits overlap or one lies outside the text.
    """
    out: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if edit.span.start < done or edit.span.end > len(text):
            raise ValueError(f"edit at {edit.span.start} overlaps another or lies outside the text")
        out += (text[done : edit.span.start], edit.new_text)
        done = edit.span.end
    out.append(text[done:])
    return "".join(out)


class Pieces:
    """A text under edits, as pieces of what it was and of what is new."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._pieces: list[Span | str] = [Span(0, length)]

    def apply(self, edits: tuple[Edit, ...]) -> None:
        """Edits of the text as it is now, which do not overlap."""
        for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end), reverse=True):
            before, rest = _split(self._pieces, edit.span.start)
            _, behind = _split(rest, len(edit.span))
            self._pieces = [*before, *([edit.new_text] if edit.new_text else []), *behind]

    def original(self, offset: int) -> int:
        """Where a place was at first; for new text, the place where it was put."""
        last = 0
        for piece in self._pieces:
            if isinstance(piece, Span):
                if offset < len(piece):
                    return piece.start + offset
                last = piece.end
            elif offset < len(piece):
                return last
            offset -= len(piece)
        return self._length

    def edits(self) -> Iterator[Edit]:
        """All edits as one step from the text as it was; an insertion before a replaced text stays one."""
        at, new = 0, list[str]()
        for piece in (*self._pieces, Span(self._length, self._length)):
            if isinstance(piece, str):
                new.append(piece)
                continue
            *before, last = new or [""]
            yield from (Edit(Span(at, at), text) for text in before)
            if last or piece.start > at:
                yield Edit(Span(at, piece.start), last)
            at, new = piece.end, []


def _split(pieces: list[Span | str], offset: int) -> tuple[list[Span | str], list[Span | str]]:
    """The pieces before and behind an offset."""
    before: list[Span | str] = []
    for index, piece in enumerate(pieces):
        if offset <= 0:
            return before, pieces[index:]
        if offset < len(piece):
            if isinstance(piece, str):
                parts: tuple[Span | str, Span | str] = piece[:offset], piece[offset:]
            else:
                middle = piece.start + offset
                parts = Span(piece.start, middle), Span(middle, piece.end)
            return [*before, parts[0]], [parts[1], *pieces[index + 1 :]]
        before.append(piece)
        offset -= len(piece)
    return before, []


_LINE_END = re.compile(r"\r\n|\n|\r")


# Writes new text the way that its host writes text (escapes, indentation); None where the host cannot hold it.
Notation = Callable[[str], "str | None"]


def verbatim(text: str) -> str | None:
    """The notation of a host in which text stands as it is."""
    return text


def one_line(text: str) -> str | None:
    """The notation of a host in which text stands as it is, on one line."""
    return None if "\n" in text else text


def unwritable(_: str) -> str | None:
    """The notation of a text that is put together from several places: nothing can be written there."""
    return None


@dataclass(frozen=True, slots=True)
class Indented:
    """The notation of a host that puts `prefix` before each line (a YAML block scalar, a quoted list item)."""

    prefix: str

    def __call__(self, text: str) -> str | None:
        return text.replace("\n", "\n" + self.prefix)


@dataclass(frozen=True, slots=True)
class Escaped:
    """The notation of a host that writes some characters in another way (a quoted string, a recipe's `$$`).

    A line end that is not among them cannot be written.
    """

    escapes: tuple[tuple[str, str], ...]

    def __call__(self, text: str) -> str | None:
        table = dict(self.escapes)
        if "\n" in text and "\n" not in table:
            return None
        return "".join(table.get(c, c) for c in text)


class LineTable:
    """The lines of a text as LSP counts them: ended by `\\n`, `\\r\\n` or `\\r`, by nothing else.

    `str.splitlines` also splits at form feeds, U+2028 and others, which no editor does.
    Lines and columns here are 0-based; renderers add one.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Offset of the first character of each line."""
        return [0, *(m.end() for m in _LINE_END.finditer(self.text))]

    def __len__(self) -> int:
        return len(self.starts)

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def position(self, offset: int) -> tuple[int, int]:
        """0-based line and code-point column; offsets outside the text are clamped."""
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        return line, offset - self.starts[line]

    def offset(self, line: int, column: int) -> int:
        """The inverse of `position`; a column behind the line's end is its end."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        return min(self.starts[line] + max(0, column), self.line_span(line).end)

    def line_span(self, line: int) -> Span:
        """The line without its terminator."""
        start = self.starts[line]
        if line + 1 == len(self.starts):
            return Span(start, len(self.text))
        end = self.starts[line + 1]
        if self.text[end - 1] == "\n":
            end -= 1
            if end > start and self.text[end - 1] == "\r":
                end -= 1
        else:
            end -= 1
        return Span(start, end)

    def line_text(self, line: int) -> str:
        span = self.line_span(line)
        return self.text[span.start : span.end]


def newline_of(text: str) -> str:
    """The line ending that a text uses first; `\\n` where it has none."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of inner text and where it stands in the outer text.

    `verbatim`: the characters are the same, one for one. Otherwise the whole
    outer run produced the whole inner run (an escape, a removed indentation).
    """

    inner: Span
    outer: Span
    verbatim: bool = True


class SourceMap:
    """Maps offsets of an inner text (what a shell is given) to the outer text (the document).

    Segments are ordered, without gaps in the inner text. Outer runs that no
    segment names (a continuation's backslash, an indentation) were dropped.
    """

    __slots__ = ("_starts", "segments")

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(s for s in segments if len(s.inner)) or tuple(segments[:1])
        self._starts = [s.inner.start for s in self.segments]

    @classmethod
    def identity(cls, length: int, start: int = 0) -> SourceMap:
        """Inner text of `length` characters standing verbatim at `start` of the outer text."""
        return cls((Segment(Span(0, length), Span(start, start + length)),))

    def _at(self, offset: int) -> Segment:
        return self.segments[max(0, bisect_right(self._starts, offset) - 1)]

    def offset(self, inner: int) -> int:
        """The outer offset of the character at `inner`; the end maps behind the last character."""
        segment = self._at(inner)
        into = inner - segment.inner.start
        if segment.verbatim:
            return segment.outer.start + into
        return segment.outer.start if into == 0 else segment.outer.end

    def end_offset(self, inner: int) -> int:
        """The outer offset behind the character that ends at `inner`."""
        if inner <= 0:
            return self.offset(inner)
        segment = self._at(inner - 1)
        if segment.verbatim:
            return segment.outer.start + (inner - segment.inner.start)
        return segment.outer.end

    def span(self, inner: Span) -> Span:
        """The outer span of what an inner span covers."""
        if inner.start >= inner.end:
            start = self.offset(inner.start)
            return Span(start, start)
        start, end = self.offset(inner.start), self.end_offset(inner.end)
        return Span(start, end) if start <= end else Span(end, start)  # pieces need not stand in their order

    def is_verbatim(self, inner: Span) -> bool:
        """Whether the characters of `inner` stand in the outer text unchanged and unbroken."""
        if inner.start >= inner.end:
            return self._at(inner.start).verbatim
        first, last = self._at(inner.start), self._at(inner.end - 1)
        return first.verbatim and (
            first is last or (last.verbatim and len(self.span(inner)) == len(inner) and self._verbatim_between(inner))
        )

    def _verbatim_between(self, inner: Span) -> bool:
        return all(s.verbatim for s in self.segments if s.inner.start < inner.end and s.inner.end > inner.start)

    def compose(self, within: SourceMap) -> SourceMap:
        """The map of a text inside this one's inner text, to this one's outer text.

        `within` maps the innermost text to this map's inner text.
        """
        out: list[Segment] = []
        for segment in within.segments:
            if not segment.verbatim:
                out.append(Segment(segment.inner, self.span(segment.outer), verbatim=False))
                continue
            at = segment.outer.start
            while at < segment.outer.end:
                mine = self._at(at)
                stop = min(segment.outer.end, mine.inner.end)
                if stop <= at:  # behind this map's last segment
                    stop = segment.outer.end
                inner = Span(at, stop).shift(segment.inner.start - segment.outer.start)
                out.append(Segment(inner, self.span(Span(at, stop)), mine.verbatim))
                at = stop
            if not len(segment.outer):
                start = self.offset(at)
                out.append(Segment(segment.inner, Span(start, start)))
        return SourceMap(out)


class MappedText:
    """Collects an inner text piece by piece together with its map."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0

    def verbatim(self, text: str, outer_start: int) -> None:
        """Add `text`, which stands at `outer_start` of the outer text."""
        if text:
            self._add(text, Span(outer_start, outer_start + len(text)), verbatim=True)

    def opaque(self, text: str, outer: Span) -> None:
        """Add `text`, which the outer run `outer` produced (an escape)."""
        if text:
            self._add(text, outer, verbatim=False)

    def _add(self, text: str, outer: Span, *, verbatim: bool) -> None:
        inner = Span(self._length, self._length + len(text))
        last = self._segments[-1] if self._segments else None
        if verbatim and last and last.verbatim and last.outer.end == outer.start:
            self._segments[-1] = Segment(last.inner.to(inner), last.outer.to(outer))
        else:
            self._segments.append(Segment(inner, outer, verbatim))
        self._pieces.append(text)
        self._length += len(text)

    def finish(self, empty_at: int = 0) -> tuple[str, SourceMap]:
        """The inner text and its map; `empty_at` is the outer place of a text without characters."""
        segments = self._segments or [Segment(Span(0, 0), Span(empty_at, empty_at))]
        return "".join(self._pieces), SourceMap(segments)
