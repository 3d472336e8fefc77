"""Offsets in the text of a notebook, and in its cells."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pep668.lsp.documents import Documents
from pep668.text import Span

TEXTS = st.lists(st.text('ab"\\\n\t\x01\x7f é😀{}', max_size=12), min_size=1, max_size=4)


@given(TEXTS)
def test_every_character_has_its_place(texts: list[str]) -> None:
    documents = Documents()
    uris = [f"cell:{n}" for n in range(len(texts))]
    documents.open_notebook("file:///a.ipynb", uris)
    for uri, text in zip(uris, texts, strict=True):
        documents.open(uri, "python", 1, text, "file:///a.ipynb")
    whole = documents.whole(uris[0])
    assert whole is not None
    assert whole is documents.whole("file:///a.ipynb")
    cells = json.loads(whole.text)["cells"]
    assert [cell["source"] for cell in cells if cell] == texts
    for part, uri, text in zip(whole.parts, uris, texts, strict=True):
        cell = documents.get(uri)
        assert cell is not None
        for inner, character in enumerate(text):
            outer = part.offset(*cell.position(inner))
            if not (character == "\n" or cell.offset(*cell.position(inner)) != inner):
                written = json.dumps(character, ensure_ascii=False)[1:-1]
                assert whole.text.startswith(written, outer)
            assert part.position(outer) == cell.position(inner)
            assert part.holds(Span(outer, outer))
            assert whole.parts[0].at(outer).uri == uri
        end = part.offset(*cell.position(len(text)))
        assert whole.text[end] == '"'
        assert part.position(end) == cell.position(len(text))


def test_cells_that_move() -> None:
    documents = Documents()
    documents.open_notebook("file:///a.ipynb", ["1", "2"])
    for uri in ("1", "2"):
        documents.open(uri, "python", 1, uri, "file:///a.ipynb")

    def order() -> list[str]:
        whole = documents.whole("1")
        assert whole is not None
        return [part.uri for part in whole.parts]

    first = documents.whole("1")
    assert first is documents.whole("2")
    documents.splice_notebook("file:///a.ipynb", 0, 2, ["2", "1"])
    assert order() == ["2", "1"]
    changed = documents.whole("1")
    assert changed is not None
    assert first is not None
    assert changed.version > first.version
    documents.close("2")
    assert order() == ["1"]
    documents.close_notebook("file:///a.ipynb")
    assert documents.whole("file:///a.ipynb") is None
