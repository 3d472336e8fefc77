"""The structure of shell texts: what stands in what."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from pep668 import shell
from pep668.model import Region
from pep668.shell import Part, outline

PIECES = st.sampled_from(
    [
        *("a", "b c", "x=1", "$(d)", "`e`", '"f g"', "'h'", "<<E", "E", "# i", "\\", "((1))", "[[ a ]]", "f()", "> f"),
        *(" ", "\n", ";", ";;", "&&", "||", "|", "&", "!", "(", ")", "{", "}", "if", "then", "elif", "else", "fi"),
        *("for", "in", "do", "done", "while", "case", "esac", "function"),
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map(" ".join)


def walked(part: Part) -> Iterator[Part]:
    yield part
    for inner in part.parts:
        yield from walked(inner)


def test_what_stands_in_what() -> None:
    text = "a && b || c; d\nfor f in 1; do\n  e | g\ndone\n"
    lists = outline(text).parts
    assert [text[p.start : p.end] for p in lists] == ["a && b || c", "d", "for f in 1; do\n  e | g\ndone"]
    assert [text[p.start : p.end] for p in lists[0].parts] == ["a", "b", "c"]
    body = lists[2].parts[0].parts[0].parts[0]
    assert body.kind == "block"
    assert [text[p.start : p.end] for p in body.parts[0].parts[0].parts] == ["e", "g"]


@given(TEXTS)
def test_parts_nest_in_any_text(text: str) -> None:
    for part in walked(outline(text)):
        assert 0 <= part.start <= part.end <= len(text)
        assert all(inner.parent is part and part.start <= inner.start for inner in part.parts)


@given(TEXTS)
def test_each_command_stands_in_a_pipeline(text: str) -> None:
    pipelines = [p for p in walked(outline(text)) if p.kind == "pipeline"]
    for command in shell.parse(Region.document("shell", text)):
        if command.words:
            assert any(p.start <= command.span.start and command.span.end <= p.end for p in pipelines), command.span
