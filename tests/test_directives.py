"""What comments are about: the look-up of places, and comments without end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pep668.analysis import analyze
from pep668.suppression._places import Index, LogicalLines
from pep668.text import LineTable, Span

SPANS = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda place: Span(place[0], place[0] + place[1]))


@given(st.lists(SPANS), SPANS)
def test_an_index_finds_all_that_touches(spans: list[Span], at: Span) -> None:
    found = Index((span, number) for number, span in enumerate(spans)).touching(at)
    assert sorted(found) == [number for number, span in enumerate(spans) if span.touches(at)]


def test_backslashes_join_lines_over_comments() -> None:
    text = "one\n  two \\\n# a comment\n\n  three \\\n  four\n# no \\\nfive\n"
    joined = LogicalLines(LineTable(text))
    four = text.index("four")
    assert joined.around(Span(four, four + 4)) == Span(text.index("two"), four + 4)
    for word in ("one", "five"):
        start = text.index(word)
        assert joined.around(Span(start, start + 1)) == Span(start, start + len(word))


def test_many_comments_about_one_place() -> None:
    above, whole = "# pep668: ignore[EM005]\n" * 5_000, "# pep668: ignore-file[EM005]\n" * 5_000
    found = analyze(f"{above}pip install x\n{whole}", "shell")
    assert [f.rule for f in found.findings] == ["EM001"]
    assert len(found.idle) == 10_000


def test_a_comment_that_begins_with_many_characters() -> None:
    line = "#" * 50_000
    assert [f.rule for f in analyze(f"pip install x  {line} pep668: ignore\n", "shell").suppressed] == ["EM001"]
    assert [f.rule for f in analyze(f"pip install x  {line}x pep668: ignore\n", "shell").findings] == ["EM001"]
