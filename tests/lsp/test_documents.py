"""The text store: whatever is edited in whatever units, text and lines are those of the whole new text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pep668.lsp.documents import UTF8, UTF16, UTF32, Document, Documents
from pep668.text import LineTable

# Every kind of line end, characters that `str.splitlines` takes for one, and characters of every width.
TEXTS = st.text(alphabet="ab\r\n\f\v\x1c\x85\u2028é€😀", max_size=40)
ENCODINGS = st.sampled_from([UTF8, UTF16, UTF32])
WIDTHS = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}


def document(text: str, encoding: str = UTF16) -> Document:
    return Document("file:///x", "shellscript", 1, text, encoding=encoding)


@given(TEXTS, ENCODINGS)
def test_positions_count_units_of_the_encoding(text: str, encoding: str) -> None:
    found, table = document(text, encoding), LineTable(text)
    codec, size = WIDTHS[encoding]
    for line in range(len(table)):
        span = table.line_span(line)
        for offset in range(span.start, span.end + 1):
            units = len(text[span.start : offset].encode(codec)) // size
            assert found.position(offset) == (line, units)
            assert found.offset(line, units) == offset


@given(TEXTS, ENCODINGS, st.integers(-1, 9), st.integers(-1, 90))
def test_any_position_is_taken_for_one_in_its_line(text: str, encoding: str, line: int, column: int) -> None:
    offset = document(text, encoding).offset(line, column)
    if line < 0:
        assert offset == 0
    elif line >= len(LineTable(text)):
        assert offset == len(text)
    else:
        span = LineTable(text).line_span(line)
        assert span.start <= offset <= span.end


def test_a_unit_inside_a_character_is_its_start() -> None:
    assert document("a😀b").offset(0, 2) == 1
    assert document("a😀b", UTF8).offset(0, 4) == 1


def test_half_a_surrogate_pair_is_one_unit() -> None:
    assert document("\ud83d pip").position(2) == (0, 2)
    assert document("\ud83d pip").offset(0, 2) == 2


@given(st.data(), TEXTS, ENCODINGS)
def test_incremental_edits_equal_the_full_text(data: st.DataObject, text: str, encoding: str) -> None:
    found = document(text, encoding)
    for version in range(2, 6):
        first = data.draw(st.integers(0, len(text)))
        last = data.draw(st.integers(first, len(text)))
        new = data.draw(TEXTS)
        start, end = found.position(first), found.position(last)
        # A position between \r and \n cannot be said: it is the end of the line.
        first, last = found.offset(*start), found.offset(*end)
        found = found.edited(start, end, new, version)
        text = text[:first] + new + text[last:]
        assert found.text == text
        assert found.lines.starts == LineTable(text).starts
        assert found.version == version


def test_characters_that_only_python_takes_for_line_ends_do_not_count() -> None:
    found = document("a\fb\u2028c\x85d\nsecond")
    assert len(found.lines) == 2
    assert found.edited((1, 0), (1, 6), "2nd", 2).text == "a\fb\u2028c\x85d\n2nd"


def test_changes_are_applied_in_order() -> None:
    documents = Documents()
    documents.open("u", "shellscript", 1, "one\n")
    found = documents.change("u", 2, ["two\n", ((0, 3), (0, 3), " three"), ((1, 0), (1, 0), "four")])
    assert found is not None
    assert (found.text, found.version) == ("two three\nfour", 2)
    assert documents.get("u") is found


def test_a_document_opened_again_is_another_one() -> None:
    documents = Documents()
    first = documents.open("u", "shellscript", 1, "")
    documents.close("u")
    assert documents.get("u") is None
    assert documents.change("u", 2, ["x"]) is None
    assert documents.open("u", "shellscript", 1, "").serial != first.serial


def test_a_line_of_five_megabytes() -> None:
    found = document("😀" + "x" * 5_000_000)
    assert found.position(5_000_001) == (0, 5_000_002)
    assert found.edited((0, 2), (0, 3), "y", 2).text[:3] == "😀yx"
