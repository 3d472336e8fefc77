"""The open documents: their texts, their lines, and positions as the client counts them.

pygls keeps documents too, but splits lines as `str.splitlines` does: a form feed,
U+0085 or U+2028 shifts every later position there, and an incremental edit then
hits the wrong line. Here lines end as the protocol says: `\\n`, `\\r\\n`, `\\r`.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Protocol

from pep668.text import Edit, LineTable, Span

if TYPE_CHECKING:
    from .notebooks import Notebook

_REMEMBERED = 32  # edits since the last analysis

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"

_LINE_END = re.compile(r"\r\n|\n|\r")
# The characters that take more than one unit.
_WIDE = {UTF8: re.compile("[^\0-\x7f]"), UTF16: re.compile("[\U00010000-\U0010ffff]")}


def _units(character: str, encoding: str) -> int:
    if encoding == UTF16:
        return 2
    return 2 if character < "\u0800" else 3 if character < "\U00010000" else 4


class _Columns:
    """Code-point columns of one line, and the same in units of an encoding."""

    __slots__ = ("_at", "_start", "_stop")

    def __init__(self, line: str, encoding: str) -> None:
        self._at = array("q")  # column of each wide character
        self._start = array("q")  # its first unit
        self._stop = array("q")  # the unit behind it
        extra = 0
        for match in _WIDE[encoding].finditer(line):
            width = _units(match.group(), encoding)
            start = match.start() + extra
            self._at.append(match.start())
            self._start.append(start)
            self._stop.append(start + width)
            extra += width - 1

    def to_units(self, column: int) -> int:
        before = bisect_left(self._at, column)
        return column if not before else self._stop[before - 1] + column - self._at[before - 1] - 1

    def from_units(self, unit: int) -> int:
        """A unit inside a character is taken for the character's start."""
        last = bisect_right(self._start, unit) - 1
        if last < 0:
            return unit
        return self._at[last] + (0 if unit < self._stop[last] else 1 + unit - self._stop[last])


class Shown(Protocol):
    """A document of the client's, by offsets of the text that was analyzed: its own, or that of its notebook."""

    @property
    def uri(self) -> str: ...
    @property
    def version(self) -> int: ...
    def position(self, offset: int) -> tuple[int, int]: ...
    def offset(self, line: int, column: int) -> int: ...
    def holds(self, span: Span) -> bool:
        """Whether a span is in this document."""

    def at(self, offset: int) -> Shown:
        """The document that an offset is in."""

    def written(self, text: str) -> str:
        """New text for the text that was analyzed as that for this document."""


class Document:
    """One state of an open document. An edit makes a new one, so that a thread can read an old one.

    `serial` tells apart documents that were closed and opened again under one URI;
    `notebook` is the URI of the notebook that the document is a cell of, and
    `cells` are those that the text of a notebook is made of.
    """

    def __init__(
        self,
        uri: str,
        language_id: str,
        version: int,
        text: str,
        *,
        encoding: str = UTF16,
        serial: int = 0,
        notebook: str | None = None,
        cells: Sequence[Shown] | None = None,
        starts: list[int] | None = None,
        edits: tuple[Edit, ...] | None = None,
    ) -> None:
        self.uri = uri
        self.language_id = language_id
        self.version = version
        self.text = text
        self.encoding = encoding
        self.serial = serial
        self.notebook = notebook
        self.cells = cells
        # What has been edited since the state that is called `since`; None where that is not known.
        self.edits = edits
        self.since: object = None
        self.lines = LineTable(text)
        if starts is not None:
            self.lines.starts = starts
        self._columns: dict[int, _Columns] = {}

    # --- positions ---

    def position(self, offset: int) -> tuple[int, int]:
        """0-based line and column in the client's units; offsets outside the text are clamped."""
        line, column = self.lines.position(offset)
        columns = self._columns_of(line)
        return line, column if columns is None else columns.to_units(column)

    def offset(self, line: int, column: int) -> int:
        """The offset of a position of the client's; behind a line's end it is the line's end."""
        if 0 <= line < len(self.lines):
            columns = self._columns_of(line)
            if columns is not None:
                column = columns.from_units(max(0, column))
        return self.lines.offset(line, column)

    def _columns_of(self, line: int) -> _Columns | None:
        """None where columns are code points."""
        if self.encoding == UTF32 or self.text.isascii():
            return None
        columns = self._columns.get(line)
        if columns is None:
            columns = self._columns[line] = _Columns(self.lines.line_text(line), self.encoding)
        return columns

    @property
    def parts(self) -> Sequence[Shown]:
        """What the client shows of it."""
        return (self,) if self.cells is None else self.cells

    def holds(self, _: Span) -> bool:
        return True

    def at(self, _: int) -> Document:
        return self

    def written(self, text: str) -> str:
        return text

    # --- edits ---

    def replaced(self, text: str, version: int) -> Document:
        return self._with(version, text)

    def _with(
        self, version: int, text: str, starts: list[int] | None = None, edits: tuple[Edit, ...] | None = None
    ) -> Document:
        return Document(
            self.uri,
            self.language_id,
            version,
            text,
            encoding=self.encoding,
            serial=self.serial,
            notebook=self.notebook,
            starts=starts,
            edits=edits,
        )

    def edited(self, start: tuple[int, int], end: tuple[int, int], text: str, version: int) -> Document:
        """The document after `text` has taken the place of a range."""
        first, last = sorted((self.offset(*start), self.offset(*end)))
        span = Span(first, last)
        known = self.edits is not None and len(self.edits) < _REMEMBERED
        made = self._with(
            version,
            self.text[:first] + text + self.text[last:],
            _spliced(self.lines, span, text),
            (*(self.edits or ()), Edit(span, text)) if known else None,
        )
        made.since = self.since
        return made

    def remember(self, state: object) -> None:
        """Call this state of the document so, and the edits to come those since then."""
        self.since, self.edits = state, ()


def _spliced(lines: LineTable, span: Span, text: str) -> list[int]:
    """The line starts after an edit: only the lines that it touches are read again."""
    starts = lines.starts
    first, last = lines.line_of(span.start), lines.line_of(span.end)
    if first and lines.text[starts[first] - 1] == "\r":
        first -= 1  # a "\n" put behind it would end the same line
    behind = last + 1
    stop = starts[behind] if behind < len(starts) else len(lines.text)
    touched = lines.text[starts[first] : span.start] + text + lines.text[span.end : stop]
    base, shift = starts[first], len(text) - len(span)
    fresh = [base + m.end() for m in _LINE_END.finditer(touched)]
    return [*starts[: first + 1], *fresh, *(s + shift for s in starts[behind + 1 :])]


class Documents:
    """The documents that the client has open, by URI."""

    def __init__(self) -> None:
        self.encoding = UTF16
        self._open: dict[str, Document] = {}
        self._notebooks: dict[str, Notebook] = {}
        self._serials = count(1)

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def whole(self, uri: str) -> Document | None:
        """What is analyzed for a document: itself, or the notebook that it is a cell of."""
        document = self._open.get(uri)
        if document is not None and document.notebook is not None:
            uri = document.notebook
        notebook = self._notebooks.get(uri)
        return document if notebook is None else notebook.document(self._open)

    def open_notebook(self, uri: str, cells: Iterable[str]) -> None:
        from .notebooks import Notebook

        self._notebooks[uri] = Notebook(uri, next(self._serials), cells)

    def splice_notebook(self, uri: str, start: int, deleted: int, cells: Iterable[str]) -> None:
        notebook = self._notebooks.get(uri)
        if notebook is not None:
            notebook.splice(start, deleted, cells)

    def close_notebook(self, uri: str) -> None:
        self._notebooks.pop(uri, None)

    def _touch(self, notebook: str | None) -> None:
        if notebook in self._notebooks:
            self._notebooks[notebook].touch()

    def open(self, uri: str, language_id: str, version: int, text: str, notebook: str | None = None) -> Document:
        serial = next(self._serials)
        document = Document(uri, language_id, version, text, encoding=self.encoding, serial=serial, notebook=notebook)
        self._open[uri] = document
        self._touch(notebook)
        return document

    def change(
        self, uri: str, version: int, changes: Iterable[tuple[tuple[int, int], tuple[int, int], str] | str]
    ) -> Document | None:
        """Apply changes in order: a whole text, or a range and what replaces it. None for a document not open."""
        document = self._open.get(uri)
        if document is None:
            return None
        for change in changes:
            if isinstance(change, str):
                document = document.replaced(change, version)
            else:
                document = document.edited(*change, version)
        document.version = version
        self._open[uri] = document
        self._touch(document.notebook)
        return document

    def close(self, uri: str) -> None:
        closed = self._open.pop(uri, None)
        self._touch(closed.notebook if closed else None)
