"""The JSON reader: compared with `json`, and what it makes of broken texts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.syntax.json import DEPTH, parse
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, walk

ROOT = Path(__file__).parents[2]
_OTHERS = {"node_modules", "build", "dist"}
FILES = [
    p
    for p in ROOT.glob("**/*.json")
    if not any(part in _OTHERS or part.startswith(".") for part in p.relative_to(ROOT).parts)
]
_ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    _ATOMS | _TEXT, lambda v: st.lists(v, max_size=5) | st.dictionaries(_TEXT, v, max_size=5), max_leaves=20
)


def plain(node: Node) -> Any:
    """A tree as `json.loads` gives it; of a key that stands twice the last one counts."""
    if isinstance(node, Mapping):
        return {e.key.value: plain(e.value) for e in node.entries}
    if isinstance(node, Sequence):
        return [plain(n) for n in node.items]
    return node.value if node.style != "plain" else json.loads(node.value)


def check_places(text: str, root: Node) -> None:
    """Each character of each string is where the map says, and escapes lead to what stands for it."""
    for node in walk(root):
        assert 0 <= node.span.start <= node.span.end <= len(text)
        keys = [e.key for e in node.entries] if isinstance(node, Mapping) else []
        for scalar in [*keys, *([node] if isinstance(node, Scalar) else [])]:
            for segment in scalar.map.segments:
                inner = scalar.value[segment.inner.start : segment.inner.end]
                outer = text[segment.outer.start : segment.outer.end]
                assert inner == outer if segment.verbatim else json.loads(f'"{outer}"') == inner
            assert sum(len(s.inner) for s in scalar.map.segments) == len(scalar.value)


@settings(max_examples=300, deadline=None)
@given(_VALUES, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_any_value_reads_as_json_reads_it(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    root = parse(text)
    assert plain(root) == json.loads(text)
    check_places(text, root)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_files_of_this_repository_read_as_json_reads_them(path: Path) -> None:
    text = path.read_text("utf-8")
    try:
        expected = json.loads(text)
    except ValueError:  # with comments
        expected = None
    root = parse(text)
    assert isinstance(root, Mapping | Sequence)
    if expected is not None:
        assert plain(root) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('// c\n{"a": 1, /* "b": 2 */ "c": [1, 2,],}\n', {"a": 1, "c": [1, 2]}),
        ("{a: 'it\\'s', \"b\": 'x'}", {"a": "it's", "b": "x"}),
        ('{"url": "https://x//y", "c": "/*"}', {"url": "https://x//y", "c": "/*"}),
        ('\ufeff{"a": "b"}', {"a": "b"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "\\ud83d\\ude00\\u00e9\\/\\n"}', {"a": "😀é/\n"}),
        ('{"a": "\\ud83d"}', {"a": "\ufffd"}),
        ('{"a": "\\x41\\q"}', {"a": "Aq"}),
    ],
)
def test_what_people_write_besides_json(text: str, expected: object) -> None:
    assert plain(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{"a": "x\n "b": "y"}', ("b",), "y"),  # an unclosed string ends with its line
        ('{"a": "x\\\n "b": "y"}', ("b",), "y"),
        ('{"a":\n "b": "y"}', ("b",), "y"),  # no value yet
        ('{"a":,\n "b": "y"}', ("b",), "y"),
        ('{"a"\n "b": "y"}', ("b",), "y"),
        ('{"a": {"c": 1\n, "b": "y"', ("a", "b"), "y"),
        ('{"a": ["x",\n "b": "y"}', ("b",), "y"),  # an unclosed array
        ('{"a": {"c": [1, {"d": 2}, "b": "y"}', ("a", "b"), "y"),
        ('{"a": 1]], "b": "y"}', ("b",), "y"),
        ('{"a": 1 "b": "y"}', ("b",), "y"),
        ('{"a" "b": "y"}', ("b",), "y"),
        ('{"a": {"b": "y"}', ("a", "b"), "y"),
        ('{"b": "y', ("b",), "y"),
        ('{"b": "y"} {"b": "z"}', ("b",), "y"),
        ('/* never closed {"b": "y"}', ("b",), None),
        ("", (), None),
    ],
)
def test_what_stands_in_broken_text_is_read(text: str, path: tuple[str, ...], expected: str | None) -> None:
    root = parse(text)
    found = root.text(*path) if isinstance(root, Mapping) else None
    assert found == expected


def test_a_key_without_value_has_a_missing_one() -> None:
    root = parse('{"a":\n "b": 1, "c":}')
    assert isinstance(root, Mapping)
    for key in ("a", "c"):
        value = root.get(key)
        assert isinstance(value, Scalar)
        assert value.missing


def test_spans_and_notations() -> None:
    text = '{"k": [ "a\\tb" , 12 ]}'
    root = parse(text)
    assert isinstance(root, Mapping)
    entry = root.entries[0]
    assert text[entry.span.start : entry.span.end] == '"k": [ "a\\tb" , 12 ]'
    string, number = root.items("k")
    assert isinstance(string, Scalar)
    assert isinstance(number, Scalar)
    assert (string.style, number.style) == ("double", "plain")
    assert text[string.span.start : string.span.end] == '"a\\tb"'
    assert string.map.is_verbatim(string.map.segments[0].inner)
    assert not string.map.is_verbatim(string.map.segments[1].inner)
    assert number.notation("1\n2") is None


@given(_TEXT)
def test_a_notation_writes_what_reads_as_the_same(text: str) -> None:
    string = parse('"x"')
    assert isinstance(string, Scalar)
    assert json.loads(f'"{string.notation(text)}"') == text
    single = parse("'x'")
    assert isinstance(single, Scalar)
    read = parse(f"'{single.notation(text)}'")
    assert isinstance(read, Scalar)
    assert read.value == text


def test_skipped_keys_are_empty_and_what_follows_stands() -> None:
    text = '{"outputs": [{"a": ["]", "\\"]"]}], "b": {"outputs": {}, "c": "d"}, "outputs": "kept"}'
    root = parse(text, skip=("outputs",))
    assert plain(root) == {"outputs": "kept", "b": {"outputs": {}, "c": "d"}}
    first = root.entries[0].value if isinstance(root, Mapping) else None
    assert isinstance(first, Sequence)
    assert text[first.span.start : first.span.end] == '[{"a": ["]", "\\"]"]}]'
    broken = parse('{"a": {"outputs": [{"x": 1}, "b": 2}, "c": "d"}', skip=("outputs",))
    assert isinstance(broken, Mapping)
    assert broken.text("c") == "d"


def test_depth_is_bounded() -> None:
    root = parse("[" * 5000 + '"x"' + "]" * 5000)
    depth = 0
    node: Node | None = root
    while isinstance(node, Sequence):
        depth += 1
        node = node.items[0] if node.items else None
    assert depth <= DEPTH + 1
    root = parse('{"a": ' + "[" * 5000 + '"x"' + "]" * 5000 + ', "b": "y"}')
    assert isinstance(root, Mapping)
    assert root.text("b") == "y"


_SAMPLE = """{
  // how it is made
  "postCreateCommand": ["pip", "install", "a b\\n"],
  "scripts": {"setup": "pip install -r requirements.txt", 'other': 'x',},
  "n": [1, 2.5, true, null], /* c */
  "last": "é"
}
"""


def test_a_prefix_never_loses_what_is_complete() -> None:
    whole = parse(_SAMPLE)
    complete = [n for n in walk(whole) if isinstance(n, Scalar) and n.style != "plain"]
    for cut in range(len(_SAMPLE)):
        got = {(n.value, n.span) for n in walk(parse(_SAMPLE[:cut])) if isinstance(n, Scalar)}
        assert {(n.value, n.span) for n in complete if n.span.end <= cut} <= got


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\/*\' \n\r\tabu0"'), max_size=60) | st.text(max_size=40))
def test_garbage_never_raises(text: str) -> None:
    root = parse(text, skip=("a",))
    for node in walk(root):
        assert 0 <= node.span.start <= node.span.end <= len(text)
        if isinstance(node, Scalar):
            node.map.span(node.span)


@pytest.mark.parametrize("piece", ["[", '{"a":', '"\\', "/*", "'", '":', "[[}", "{'a'\n:'b'\n:", '"a\\u', '{"a":["x",'])
def test_garbage_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    parse(text)
    parse('{"s":' + text, skip=("s",))
    assert time.process_time() - start < 60
