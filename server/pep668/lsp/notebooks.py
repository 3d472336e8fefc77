"""Notebooks as the client has them open.

Their cells are read together, as the file that they would be: what one cell sets counts for those behind it.
Each cell is shown as a document of its own.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from pep668.text import Span

from .documents import Document

_ESCAPED = re.compile(r'["\\\x00-\x1f]')
LANGUAGE = "jupyter"  # as an LSP language identifier


class Cell:
    """One cell in the text of the notebook: offsets are those of that text, positions those in the cell."""

    def __init__(self, document: Document, start: int) -> None:
        self.uri, self.version = document.uri, document.version
        self._document = document
        self._start = start
        self._wide: list[int] = []  # where in the cell characters stand that are written with more than one
        self._behind: list[int] = []  # behind each, how many more characters it has been so far
        more = 0
        for match in _ESCAPED.finditer(document.text):
            more += len(_written(match[0])) - 1
            self._wide.append(match.start())
            self._behind.append(more)
        self._end = start + len(document.text) + more
        self.siblings = [self]

    def position(self, offset: int) -> tuple[int, int]:
        return self._document.position(self._inner(offset - self._start))

    def offset(self, line: int, column: int) -> int:
        return self._start + self._outer(self._document.offset(line, column))

    def _outer(self, inner: int) -> int:
        before = bisect_left(self._wide, inner)
        return inner + (self._behind[before - 1] if before else 0)

    def _inner(self, outer: int) -> int:
        """An offset inside of an escape is taken for that of its character."""
        low = bisect_right(self._wide, outer, key=self._outer)
        if not low:
            return max(0, outer)
        last = self._wide[low - 1]
        return max(last, min(outer - self._behind[low - 1], len(self._document.text)))

    def holds(self, span: Span) -> bool:
        return self._start <= span.start <= self._end

    def at(self, offset: int) -> Cell:
        """The cell that an offset lies in."""
        last = bisect_right(self.siblings, offset, key=lambda cell: cell._start)
        return self.siblings[max(0, last - 1)]

    def written(self, text: str) -> str:
        """New text for the notebook's file as that for its cell."""
        try:
            return str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            return text


def _written(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


class Notebook:
    """The cells in their order, by URI."""

    def __init__(self, uri: str, serial: int, cells: Iterable[str]) -> None:
        self.uri = uri
        self._serial = serial
        self._cells = list(cells)
        self._version = 0
        self._document: Document | None = None

    def splice(self, start: int, deleted: int, cells: Iterable[str]) -> None:
        self._cells[start : start + deleted] = cells
        self.touch()

    def touch(self) -> None:
        """A cell has changed."""
        self._version += 1
        self._document = None

    def document(self, opened: Mapping[str, Document]) -> Document:
        """The notebook's file, as far as it matters, and in it the cells as `parts`."""
        if self._document is None:
            text, cells = '{"cells":[', []
            for document in (opened[uri] for uri in self._cells if uri in opened):
                kind = "markdown" if document.language_id == "markdown" else "code"
                language = json.dumps({"vscode": {"languageId": document.language_id}})
                text += f'{{"cell_type":"{kind}","metadata":{language},"source":"'
                cells.append(Cell(document, len(text)))
                text += f'{_written(document.text)}"}},'
            for cell in cells:
                cell.siblings = cells
            self._document = Document(
                self.uri, LANGUAGE, self._version, f"{text}null]}}", serial=self._serial, cells=cells
            )
        return self._document
