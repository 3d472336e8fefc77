"""Groovy's strings, blocks and calls, as Jenkinsfiles have them; their places are compared with tree-sitter-groovy."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_groovy
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles import cases
from pep668.languages._groovy import Block, Mark, String, Token, parse
from pep668.languages.jenkinsfile import extract
from pep668.model import Region
from pep668.text import Span

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
SOURCES = [c for c in cases(Path(__file__).parent.parent / "cases" / "jenkinsfile.md") if c.source.kind == "groovy"]
KINDS = ("string_literal", "character_literal", "textblock", "gstring")


def strings(text: str) -> set[tuple[int, int]]:
    found = set()
    pending: list[Token] = [parse(text)]
    while pending:
        token = pending.pop()
        if isinstance(token, Block):
            pending += [t for statement in token.statements for t in statement]
        elif isinstance(token, String):
            found.add((token.span.start, token.span.end))
    return found


def theirs(text: str) -> set[tuple[int, int]] | None:
    """The same by tree-sitter, None where it meets an error (it knows no slashy strings and no half of a file)."""
    data = text.encode()
    root = PARSER.parse(data).root_node
    if root.has_error:
        return None
    found, pending = set(), [root]
    while pending:
        node = pending.pop()
        if node.type in KINDS:
            found.add((len(data[: node.start_byte].decode()), len(data[: node.end_byte].decode())))
        else:
            pending += node.children
    return found


def test_strings_stand_where_tree_sitter_finds_them() -> None:
    compared = 0
    for case in SOURCES:
        expected = theirs(case.text)
        if expected is not None:
            assert strings(case.text) == expected, case.title
            compared += len(expected)
    assert compared > 80


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"'a\'b\\c\n'", "a'b\\c\n"),
        (r'"a\"b\$c"', 'a"b$c'),
        ("'''a\n'b''c'''", "a\n'b''c"),
        ('"""a\\\nb"""', "ab"),
        ("$/a\\b/$", "a\\b"),
        (r"'\u0041'", "A"),
        ("'$x ${y}'", "$x ${y}"),
        ("'", ""),
        ("'\\", ""),
        ('"""a', "a"),
    ],
)
def test_values_of_strings(source: str, value: str) -> None:
    (statement,) = parse(source).statements
    (string,) = statement
    assert isinstance(string, String)
    assert string.value == value


def test_what_is_put_in_is_no_value() -> None:
    ((string,),) = parse('"a ${b ? "{" : c} $d.e f"').statements[:1]
    assert isinstance(string, String)
    assert string.value is None


def test_the_map_of_a_step_leads_back() -> None:
    text = "node { sh \"pip install a\\$b ${c} d\" + ' e' }"
    (region,) = extract(Region.document("jenkinsfile", text))
    assert region.text == "pip install a$b ${template} d e"
    for word in ("pip install a", " d", " e"):
        start = region.text.index(word)
        assert text[region.map.offset(start) :].startswith(word)
        assert region.map.is_verbatim(Span(start, start + len(word)))
    assert not region.map.is_verbatim(Span(0, len("pip install a$b")))


def test_written_text_is_escaped_as_its_string_needs() -> None:
    single, double = extract(Region.document("jenkinsfile", "sh 'pip install a'\nsh \"pip install b\""))
    assert single.written("echo '$x'") == "echo \\'$x\\'"
    assert double.written('echo "$x"') == 'echo \\"\\$x\\"'
    assert single.written("a\nb") is None


def test_a_comment_is_no_token() -> None:
    (statement,) = parse("a // 'b'\n/* \"c\" */ # ").statements[:1]
    assert [t.text for t in statement if isinstance(t, Mark)] == ["a"]


@given(st.text(alphabet="sh '\"{}()[]$/\\\n+,:.ab*", max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text: str) -> None:
    for region in extract(Region.document("jenkinsfile", text)):
        assert len(region.map.span(Span(0, len(region.text)))) >= 0


@pytest.mark.parametrize(
    "piece", ["sh(", "{", "(", "sh 'pip' + ", "docker.image('x').inside {", "withEnv([", "$/", "sh /"]
)
def test_garbage_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    list(extract(Region.document("jenkinsfile", piece * (100_000 // len(piece)))))
    assert time.process_time() - start < 60
