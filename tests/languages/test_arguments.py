"""Lists of words as shell text: the same words, each at its place."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep668.languages import _arguments
from pep668.syntax import yaml
from pep668.syntax.node import Scalar, Sequence

_WORDS = st.lists(
    st.text(st.sampled_from("ab -'\"\\$`;&|<>()*?[]{}#~!=%\n\té"), min_size=1, max_size=12), min_size=1, max_size=5
)


def nodes(text: str) -> list[Scalar]:
    found = yaml.parse(text)
    assert isinstance(found, Sequence)
    return [item for item in found.items if isinstance(item, Scalar)]


@given(_WORDS)
def test_the_shell_reads_the_words(words: list[str]) -> None:
    text, mapped = _arguments.as_shell(nodes(json.dumps(words, ensure_ascii=False)))
    assert shlex.split(text) == words
    assert sum(len(s.inner) for s in mapped.segments) == len(text)


@given(_WORDS)
def test_what_stands_as_written_is_mapped_so(words: list[str]) -> None:
    written = json.dumps(words, ensure_ascii=False)
    text, mapped = _arguments.as_shell(nodes(written))
    for segment in mapped.segments:
        if segment.verbatim:
            inner, outer = segment.inner, segment.outer
            assert text[inner.start : inner.end] == written[outer.start : outer.end]


SHELL = {
    "plain": ("[pip, install, x]", "pip install x"),
    "quoted": ("[sh, -c, pip install x]", "sh -c 'pip install x'"),
    "a quote": ("[sh, -c, pip install 'x']", "sh -c \"pip install 'x'\""),
    "a quote and a variable": ("[sh, -c, \"pip install '$x'\"]", "sh -c 'pip install '\\''$x'\\'''"),
    "an assignment for a name": ("[A=b, if]", "'A=b' if"),
    "a word of the shell's for a name": ("[if, x]", "'if' x"),
    "nothing": ("[]", ""),
    "an empty word": ("[pip, '']", "pip ''"),
}


@pytest.mark.parametrize(("written", "expected"), SHELL.values(), ids=SHELL)
def test_shell_text(written: str, expected: str) -> None:
    assert _arguments.as_shell(nodes(written))[0] == expected


NOTATION = {
    "in the script": ('[sh, -c, "pip install x"]', 'a "b"', 'a \\"b\\"'),
    "one word": ("['pip', 'install', 'x']", "it's", "it''s"),
    "more than a word": ("[pip, install, x]", " --user", None),
    "lines of a literal": ("- sh\n- -c\n- |\n  pip install x\n", "a\nb", "a\n  b"),
    "written in several ways": ("[pip, 'install']", "a'b", None),
}


@pytest.mark.parametrize(("written", "new", "expected"), NOTATION.values(), ids=NOTATION)
def test_notation(written: str, new: str, expected: str | None) -> None:
    assert _arguments.notation(nodes(written))(new) == expected
