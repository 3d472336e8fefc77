"""The source line and its carets, whatever stands in the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep668.model import Evidence, Finding, Fix, RequirementsFile, Severity
from pep668.render.text import excerpt, printable, render, width
from pep668.text import LineTable, Span


def finding(start: int, end: int, *related: Evidence) -> Finding:
    return Finding("EM001", "it is refused", Span(start, end), Severity.ERROR, RequirementsFile(), related)


def shown(text: str, start: int, end: int, **options: object) -> str:
    return render([finding(start, end)], text, "a.sh", LineTable(text), **options)  # type: ignore[arg-type]


def test_a_block() -> None:
    text = "FROM debian:12\nRUN pip install x\n"
    related = Evidence("FROM debian:12", Span(0, 14))
    found = [finding(19, 30, related)]
    out = render(found, text, "Dockerfile", LineTable(text), False, lambda _: [Fix("id", "Install into .venv instead")])
    assert out == (
        "Dockerfile:2:5: error[EM001] it is refused\n"
        "  |\n"
        "2 | RUN pip install x\n"
        "  |     ^^^^^^^^^^^\n"
        "  = note: FROM debian:12 (line 1)\n"
        "  = help: Install into .venv instead\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("before", "columns"),
    [("\t", 4), ("日本", 4), ("🐍 ", 3), ("e\u0301", 1), ("👩\u200d💻", 2), ("\x1b[31m", 5), ("\u202e", 1), ("", 0)],
)
def test_carets_stand_below_the_word(before: str, columns: int) -> None:
    text = f"{before}pip install"
    lines = shown(text, len(before), len(before) + 3).splitlines()
    assert lines[3] == f"  | {' ' * columns}^^^"
    assert "\x1b" not in lines[2]
    assert "\u202e" not in lines[2]


def test_a_long_line_is_cut_around_the_span() -> None:
    text = "a" * 500_000 + "pip" + "b" * 500_000
    lines = shown(text, 500_000, 500_003).splitlines()
    assert len(lines[2]) < 140
    at = lines[3].index("^")
    assert lines[2][at : at + 3] == "pip"
    assert lines[2].startswith("1 | ...a")
    assert lines[2].endswith("b...")


def test_a_span_over_several_lines_is_marked_on_its_first() -> None:
    assert shown("ab cd\r\nef\r\n", 3, 9).splitlines()[2:4] == ["1 | ab cd", "  |    ^^"]


def test_color_only_adds_escapes() -> None:
    import re

    text = "pip install x"
    colored = shown(text, 0, 3, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == shown(text, 0, 3)


@given(st.text(max_size=200), st.data())
def test_any_text_renders(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    source, indent, carets = excerpt(text, LineTable(text), Span(start, end))
    assert carets >= 1
    assert printable(source) == source
    assert indent <= width(source)
