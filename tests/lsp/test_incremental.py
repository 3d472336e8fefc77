"""What is kept over an edit is what a whole analysis of the new text finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.analysis import analyze
from pep668.lsp.incremental import Incremental
from pep668.model import Finding
from pep668.text import Edit, Span, apply_edits

LINES = [
    "echo done",
    "pip3 install six",
    "sudo pip install six",
    "  indented --word",
    "if true; then",
    "fi",
    "PIP=pip3",
    "$PIP install x",
    "run() {",
    "}",
    'all() { "$@"; }',
    "run",
    "all pip install y",
    "cat <<EOF",
    "EOF",
    "python3 -m venv .venv",
    "source .venv/bin/activate",
    "export PIP_BREAK_SYSTEM_PACKAGES=1",
    "echo 'open",
    "x=1 \\",
    "true &&",
    "# a comment",
    "# pep668: ignore[EM001]",
    "pip install z  # pep668: ignore",
    "",
    "\t( cd /tmp",
    ")",
    "FROM=${PIP}",
    "é 😀 pip",
]
SCRIPTS = st.lists(st.sampled_from(LINES), max_size=12).map(lambda lines: "\n".join(["#!/bin/sh", *lines, ""]))
PIECES = st.one_of(
    st.sampled_from([*LINES, "\n", "x", "#", " ", "'", "\\", "\r"]), st.text("ab;|&(){}'\"\n $#", max_size=4)
)


def facts(findings: tuple[Finding, ...]) -> list[object]:
    return [(f.rule, f.message, f.span, f.severity, [(e.text, e.span) for e in f.related]) for f in findings]


@settings(max_examples=400, deadline=None)
@given(st.data(), SCRIPTS)
def test_what_is_kept_is_what_would_be_found(data: st.DataObject, text: str) -> None:
    kept = Incremental(text, analyze(text, "shell"))
    for _ in range(4):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        edit = Edit(Span(start, end), data.draw(PIECES))
        text = apply_edits(text, [edit])
        whole = analyze(text, "shell")
        if kept.keeps(edit.span, edit.new_text):
            assert kept.text == text
            assert facts(kept.findings) == facts(whole.findings)
        else:
            kept = Incremental(text, whole)


def test_typing_in_another_line_keeps() -> None:
    text = "#!/bin/sh\necho one\nsudo pip3 install six\necho two\n"
    found = analyze(text, "shell")
    assert found.findings
    kept = Incremental(text, found)
    for edit in (Edit(Span(10, 10), "x"), Edit(Span(18, 19), "\n# more\n"), Edit(Span(len(text), len(text)), "ls\n")):
        assert kept.keeps(edit.span, edit.new_text)
        text = apply_edits(text, [edit])
    assert facts(kept.findings) == facts(analyze(text, "shell").findings)


def test_what_matters_is_read_anew() -> None:
    text = "#!/bin/sh\nPIP=pip3\nsudo $PIP install six\nf() { pip install x; }\nf\n"
    found = analyze(text, "shell")
    for needle in ("#!", "PIP=", "$PIP", "f()", "\nf\n"):
        place = text.index(needle) + 1
        assert not Incremental(text, found).keeps(Span(place, place), "x")
