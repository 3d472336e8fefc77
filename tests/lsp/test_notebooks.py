"""Cells of a notebook are documents of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from lsprotocol import types

from .conftest import Connect, Session, capabilities, environment, span
from .test_features import applied

pytestmark = pytest.mark.asyncio

CODE, MARKUP = types.NotebookCellKind.Code, types.NotebookCellKind.Markup
REFUSED = "!pip install six\n"


@dataclass
class Notebook:
    """A notebook open in the client, as vscode-languageclient synchronizes it."""

    session: Session
    name: str = "a.ipynb"
    cells: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)
    _versions: Any = field(default_factory=lambda: count(2))

    @property
    def uri(self) -> str:
        return self.session.uri(self.name)

    def _cell(self, language: str, text: str) -> types.TextDocumentItem:
        uri = self.uri.replace("file:", "vscode-notebook-cell:") + f"#W{next(self._numbers)}sZmlsZQ=="
        return types.TextDocumentItem(uri, language, 1, text)

    def open(self, *cells: tuple[str, str]) -> list[str]:
        documents = [self._cell(*cell) for cell in cells]
        self.cells = [d.uri for d in documents]
        book = types.NotebookDocument(self.uri, "jupyter-notebook", 1, [_entry(d) for d in documents])
        self.session.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(book, documents))
        return self.cells

    def insert(self, at: int, language: str, text: str) -> str:
        made = self._cell(language, text)
        self.cells.insert(at, made.uri)
        array = types.NotebookCellArrayChange(at, 0, [_entry(made)])
        self._change(structure=types.NotebookDocumentCellChangeStructure(array, did_open=[made], did_close=[]))
        return made.uri

    def remove(self, at: int) -> None:
        gone = types.TextDocumentIdentifier(self.cells.pop(at))
        array = types.NotebookCellArrayChange(at, 1)
        self._change(structure=types.NotebookDocumentCellChangeStructure(array, did_open=[], did_close=[gone]))

    def edit(self, uri: str, version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        identifier = types.VersionedTextDocumentIdentifier(version, uri)
        change = types.TextDocumentContentChangePartial(span(start, end), text)
        self._change(text_content=[types.NotebookDocumentCellContentChanges(identifier, [change])])

    def _change(self, **cells: Any) -> None:
        identifier = types.VersionedNotebookDocumentIdentifier(next(self._versions), self.uri)
        event = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(**cells))
        self.session.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(identifier, event))

    def close(self) -> None:
        cells = [types.TextDocumentIdentifier(uri) for uri in self.cells]
        book = types.NotebookDocumentIdentifier(self.uri)
        self.session.client.notebook_document_did_close(types.DidCloseNotebookDocumentParams(book, cells))


def _entry(document: types.TextDocumentItem) -> types.NotebookCell:
    return types.NotebookCell(MARKUP if document.language_id == "markdown" else CODE, document.uri)


async def notebook(connect: Connect, *, pull: bool = False) -> Notebook:
    return Notebook(await connect(capabilities(notebooks=True, pull=pull)))


async def test_all_cells_of_all_notebooks_are_wanted(connect: Connect) -> None:
    book = await notebook(connect)
    wanted = book.session.server.notebook_document_sync
    assert wanted is not None
    [selector] = wanted.notebook_selector
    assert selector.notebook == "*"
    assert selector.cells is None
    plain = await connect(capabilities())
    assert plain.server.notebook_document_sync is None


@pytest.mark.parametrize("pull", [False, True], ids=["push", "pull"])
async def test_cells_are_pushed_to_every_client(connect: Connect, pull: bool) -> None:
    book = await notebook(connect, pull=pull)
    python, shell = book.open(("python", "import os\n" + REFUSED), ("shellscript", "sudo pip3 install six\n"))
    [found] = await book.session.pushed(python, 1)
    assert (found.code, found.range.start) == ("EM001", types.Position(1, 1))
    assert [d.code for d in await book.session.pushed(shell, 1)]
    if pull:
        report = await book.session.pull(python)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert list(report.items) == []  # or it would be shown twice


async def test_cells_of_other_languages_say_nothing(connect: Connect) -> None:
    book = await notebook(connect)
    r, raw, python = book.open(("r", REFUSED), ("raw", REFUSED), ("python", REFUSED))
    assert await book.session.pushed(python, 1)
    assert await book.session.pushed(r, 1) == []
    assert await book.session.pushed(raw, 1) == []


async def test_editing_inserting_and_removing_cells(connect: Connect) -> None:
    book = await notebook(connect)
    [first] = book.open(("python", "x = '😀'; 1\n" + REFUSED))
    assert await book.session.pushed(first, 1)
    book.edit(first, 2, (1, 0), (1, 0), "# ")
    assert await book.session.pushed(first, 2) == []
    book.edit(first, 3, (0, 9), (1, 2), "\n")  # behind two UTF-16 units
    [found] = await book.session.pushed(first, 3)
    assert found.range.start == types.Position(1, 1)
    second = book.insert(0, "python", REFUSED)
    assert await book.session.pushed(second, 1)
    book.remove(1)
    assert await book.session.pushed(first, None) == []
    book.edit(second, 2, (0, 13), (0, 16), "attrs")
    [found] = await book.session.pushed(second, 2)
    book.close()
    assert await book.session.pushed(second, None) == []


async def test_hover_and_fix_in_a_cell(connect: Connect) -> None:
    book = await notebook(connect)
    text = "# 😀\n!echo 😀 && pip3 install six\n"
    _, cell = book.open(("markdown", "# Title\n"), ("python", text))
    [found] = await book.session.pushed(cell, 1)
    assert found.range.start == types.Position(1, 12)
    shown = await book.session.hover(cell, 1, 14)
    assert shown is not None
    assert shown.range is not None
    assert shown.range.start == found.range.start
    actions = await book.session.actions(cell, (1, 14), shown=[found])
    edits = [action.edit for action in actions if getattr(action, "edit", None)]
    assert edits
    assert all(edit.document_changes[0].text_document.uri == cell for edit in edits)
    fixed = [applied(text, edit) for edit in edits]
    assert all(f.startswith("# 😀\n") and "😀 && " in f and f != text for f in fixed)


async def test_a_fix_beside_what_a_file_would_escape(connect: Connect) -> None:
    """In the notebook's file a quote is two characters; in the cell it is one."""
    book = await notebook(connect)
    text = 'x = "\\t\\"😀"\n!pip3 install "six>1" \'attrs\'\n'
    _, cell = book.open(("python", 'y = "\\\\"\n'), ("python", text))
    [found] = await book.session.pushed(cell, 1)
    assert found.range == span((1, 1), (1, 13))
    actions = await book.session.actions(cell, (1, 5), shown=[found])
    [edit] = [a.edit for a in actions if getattr(a, "is_preferred", None)]
    fixed = applied(text, edit)
    assert fixed == 'x = "\\t\\"😀"\n%pip install "six>1" \'attrs\'\n'


async def test_what_a_cell_sets_counts_for_those_behind_it(connect: Connect) -> None:
    book = await notebook(connect)
    before, setting, after = book.open(
        ("python", REFUSED), ("python", "%env PIP_BREAK_SYSTEM_PACKAGES=1\n"), ("python", REFUSED)
    )
    [found] = await book.session.pushed(before, 1)
    assert found.data == {"rule": "EM001", "verdict": "refused"}
    assert await book.session.pushed(after, 1) == []
    book.session.published.clear()
    book.edit(setting, 2, (0, 0), (0, 0), "# ")
    await book.session.shows(after, ["EM001"])
    assert before not in [p.uri for p in book.session.published]  # nothing has changed there
    book.remove(1)
    colab = book.insert(0, "python", "from google.colab import drive\n")
    await book.session.shows(before, [])
    await book.session.shows(after, [])
    book.edit(colab, 2, (0, 0), (0, 0), "# ")
    await book.session.shows(before, ["EM001"])


async def test_a_cell_knows_the_folder_of_its_notebook(connect: Connect) -> None:
    """`.venv` of the notebook's folder, which is not the workspace's, and that folder's settings."""
    session = await connect(capabilities(notebooks=True))
    (session.folder / "nested").mkdir()
    made = environment(session.folder / "nested")
    book = Notebook(session, "nested/a.ipynb")
    [cell] = book.open(("shellscript", f"'{made}/bin/pip' install six\n"))
    assert await session.pushed(cell, 1) == []
    (session.folder / "nested" / "pep668.toml").write_text('ignore = ["EM001"]\n')
    session.watched(types.FileChangeType.Created, session.folder / "nested" / "pep668.toml")
    other = Notebook(session, "nested/b.ipynb")
    [second] = other.open(("shellscript", "pip3 install six\n"))
    assert await session.pushed(second, 1) == []


async def test_pulling_clients_are_told_of_changes(connect: Connect) -> None:
    book = await notebook(connect, pull=True)
    [cell] = book.open(("shellscript", "pip3 install six\n"))
    assert await book.session.pushed(cell, 1)
    (book.session.folder / "pep668.toml").write_text('ignore = ["EM"]\n')
    book.session.watched(types.FileChangeType.Created, book.session.folder / "pep668.toml")
    await book.session.shows(cell, [])
