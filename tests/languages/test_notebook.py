"""Notebooks: the places of a cell's text in the file, magics as IPython reads them, and broken notebooks."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import languages
from pep668.analysis import analyze
from pep668.languages import _magics
from pep668.model import Region
from pep668.text import Span


def _notebook(*cells: str, **metadata: object) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c.splitlines(keepends=True)} for c in cells]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _regions(text: str, language: str = "notebook") -> list[Region]:
    extract = languages.extractor(language)
    assert extract is not None
    return [region for region in extract(Region.document(language, text)) if isinstance(region, Region)]


CELL = st.text(
    alphabet=st.sampled_from("!%pip install{}$\\\n\"'#()[]=?\t é😀")
    | st.characters(max_codepoint=0x1F9FF, codec="utf-8"),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(CELL, max_size=4), st.booleans())
def test_a_cell_is_read_as_json_reads_it(cells: list[str], ascii_only: bool) -> None:
    sources = [c.splitlines(keepends=True) for c in cells]
    made = [{"cell_type": "code", "source": source} for source in sources]
    text = json.dumps({"cells": made}, ensure_ascii=ascii_only)
    expected = ["".join(source) for source in sources]
    assert [r.text for r in _regions(text)] == [e for e in expected if e.strip()]


@settings(max_examples=200, deadline=None)
@given(st.lists(CELL, max_size=3))
def test_new_text_is_escaped_as_the_file_is(cells: list[str]) -> None:
    for region in _regions(_notebook(*cells)):
        written = region.written('a "b"\\\n\tc')
        assert written is not None
        assert json.loads(f'"{written}"') == 'a "b"\\\n\tc'


@settings(max_examples=300, deadline=None)
@given(CELL)
def test_magics_lie_in_the_text_and_in_order(text: str) -> None:
    last = 0
    for magic in _magics.magics(text):
        assert last <= magic.span.start < magic.span.end <= len(text)
        last = magic.span.end
        for segment in magic.made[1].segments if magic.kind in (_magics.SHELL, _magics.PACKAGES) else ():
            assert magic.span.covers(segment.outer)
            if segment.verbatim:
                inner = magic.made[0][segment.inner.start : segment.inner.end]
                assert inner == text[segment.outer.start : segment.outer.end]


@settings(max_examples=300, deadline=None)
@given(CELL)
def test_what_is_left_of_a_cell_keeps_its_lines(text: str) -> None:
    spans = [magic.span for magic in _magics.magics(text)]
    rest = _magics.blanked(text, spans)
    assert len(rest) == len(text)
    for index, (old, new) in enumerate(zip(text, rest, strict=True)):
        inside = any(index in span for span in spans)
        assert new == (" " if inside and old not in "\r\n" else old)


@pytest.mark.parametrize(
    ("line", "kind", "made"),
    [
        ("!pip install x", "shell", "pip install x"),
        ("  !!ls", "shell", "ls"),
        ("a, b = !echo", "shell", "echo"),
        ("x['y'] = !echo", "shell", "echo"),
        ("%pip install x", "packages", "pip install x"),
        ("% pip install x", "packages", "pip install x"),
        ("x = %conda install y", "packages", "conda install y"),
        ("pip install x", "packages", "pip install x"),
        ("uv pip install x", "packages", "uv pip install x"),
        ("%time !pip install x", "shell", "pip install x"),
        ("!{sys.executable} -m pip", "shell", "${sys_executable} -m pip"),
        ("!echo {{x}} ${HOME} {x:>3} {a[0].b!r} {print $1}", "shell", "echo {x} ${HOME} ${x} ${a_0_b} {print $1}"),
        ("%env A=1", "setting", ""),
        ("%cd /srv", "directory", ""),
        ("%matplotlib inline", "ignored", ""),
        ("?pip", "ignored", ""),
        ("pip.install?", "ignored", ""),
    ],
)
def test_lines_that_are_not_python(line: str, kind: str, made: str) -> None:
    (magic,) = _magics.magics(line + "\n")
    assert (magic.kind, magic.made[0]) == (kind, made)
    assert magic.span == Span(0, len(line))


@pytest.mark.parametrize(
    "text",
    [
        "x != y",
        "x = y if z else '!pip install'",
        "x = 5\n",
        "f(a,\n  !=b)",
        "x = (a\n% b)",
        "x = (a\n% pip)",
        "# !pip install x",
        '"""\n!pip install x\n"""',
        "pip = 3",
        "pip.main(['install'])",
        "pip install = 3",
        "conda, uv = 1, 2",
        "lambda: x %y",
    ],
)
def test_lines_that_are_python(text: str) -> None:
    assert list(_magics.magics(text)) == []


def test_what_stands_in_complete_cells_before_a_cut_is_found() -> None:
    text = _notebook("!pip install one", "%%bash\npip install two\n", "import os\nos.system('pip install three')")
    places = [text.index(word) for word in ("one", "two", "three")]
    for cut in range(len(text)):
        found = len(analyze(text[:cut], "notebook").context.judged)
        # `source` stands last in a cell: it is complete where its bracket is closed.
        assert found >= sum(text.find("]", place) < cut for place in places), text[:cut]


def test_a_cell_alone_is_read_too() -> None:
    (judged,) = analyze("import x\n%pip install one\n", "ipython").context.judged
    fact = judged.install.command.region.fact("kernel")
    assert fact is not None
    assert fact.value == "%pip"
    assert fact.evidence.span == Span(9, 25)


@pytest.mark.parametrize(
    ("line", "value"),
    [("!pip install x", "!pip"), ("!sudo pip3 install x", "!pip"), ("!{sys.executable} -m pip install x", None)],
)
def test_which_pip_a_line_reaches(line: str, value: str | None) -> None:
    (region,) = (r for r in _regions(line, "ipython") if r.language == "shell")
    fact = region.fact("kernel")
    assert (fact.value if fact else None) == value


@pytest.mark.parametrize(
    "text",
    [
        _notebook(*["!pip install {x} \\\n  y\n" * 20] * 100),
        _notebook("!pip install x\n" * 4_000),
        _notebook("x = (\n!pip install x\n" * 4_000),
        _notebook("pip\n" + "a" * 200_000 + " = "),
        _notebook("pip\n" + "{" * 200_000),
        _notebook("!pip " + "{a(" * 50_000),
        _notebook("%%time\n" * 20_000 + "!pip install x"),
        _notebook("# pip\n" * 50_000 + "%%bash\npip install x"),
        '{"cells": [' * 50_000 + "pip",
    ],
    ids=range(9),
)
def test_time_is_linear(text: str) -> None:
    before = time.process_time()
    analyze(text, "notebook")
    assert time.process_time() - before < 60
