"""The TOML reader: compared with `tomllib`, and what it makes of broken texts."""

from __future__ import annotations

import datetime
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.syntax.node import Mapping, Node, Scalar, Sequence, walk
from pep668.syntax.toml import DEPTH, parse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
FILES = [
    p
    for p in ROOT.glob("**/*.toml")
    if not any(part.startswith((".", "node_modules")) for part in p.parts[len(ROOT.parts) :])
]


def plain(node: Node) -> Any:
    """A tree as `tomllib.loads` gives it, what is no string read by it."""
    if isinstance(node, Mapping):
        return {e.key.value: plain(e.value) for e in node.entries}
    if isinstance(node, Sequence):
        return [plain(n) for n in node.items]
    return node.value if node.style != "plain" else tomllib.loads(f"v = {node.value}")["v"]


def check_places(text: str, root: Node) -> None:
    for node in walk(root):
        assert 0 <= node.span.start <= node.span.end <= len(text)
        keys = [e.key for e in node.entries] if isinstance(node, Mapping) else []
        for scalar in [*keys, *([node] if isinstance(node, Scalar) else [])]:
            for segment in scalar.map.segments:
                inner = scalar.value[segment.inner.start : segment.inner.end]
                outer = text[segment.outer.start : segment.outer.end]
                assert inner == outer if segment.verbatim else tomllib.loads(f'v = "{outer}"')["v"] == inner
            assert sum(len(s.inner) for s in scalar.map.segments) == len(scalar.value)


_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
_TEXT = st.text(_CHARACTERS | st.sampled_from("\"'\\\n\t#[]=, "), max_size=12)


def _basic(value: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if c < " " or c in '"\\\x7f' else c for c in value) + '"'


def _string(value: str, style: str) -> str:
    """A string in one of TOML's four forms; the basic one where that form cannot hold it."""
    literal = "'" not in value and all(c >= " " or c in "\t\n" for c in value) and "\x7f" not in value
    if style == "literal" and literal:
        return f"'''\n{value}'''"
    if style == "single" and literal and "\n" not in value:
        return f"'{value}'"
    if style == "lines":
        inner = "".join(f"\\U{ord(c):08x}" if (c < " " and c != "\n") or c in '"\\\x7f' else c for c in value)
        return f'"""\n{inner}\\\n   """'
    return _basic(value)


_STRINGS = st.builds(_string, _TEXT, st.sampled_from(["literal", "single", "lines", "basic"]))
_ATOMS = st.one_of(
    _STRINGS,
    st.integers(-(2**62), 2**62).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda f: repr(f) if "e" not in repr(f) else "1e9"),
    st.sampled_from(["true", "false", "inf", "-nan", "0x1F", "1_000", "1979-05-27", "1979-05-27 07:32:00", "07:32:00"]),
    st.datetimes(timezones=st.just(datetime.timezone.utc)).map(lambda d: d.replace(microsecond=0).isoformat()),
)
_KEYS = st.from_regex(r"\A[A-Za-z0-9_-]{1,8}\Z") | _TEXT.map(_basic)


def _inline(pairs: list[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{k} = {v}" for k, v in pairs) + " }"


_VALUES = st.recursive(
    _ATOMS,
    lambda v: (
        st.lists(v, max_size=4).map(lambda vs: "[ # c ]\n " + ",\n  ".join(vs) + "\n]")
        | st.lists(v, max_size=4).map(lambda vs: "[" + ", ".join(vs) + ("," if vs else "") + "]")
        | st.lists(st.tuples(_KEYS, v), max_size=3, unique_by=lambda kv: kv[0]).map(_inline)
    ),
    max_leaves=8,
)
_DOTTED = st.lists(_KEYS, min_size=1, max_size=3).map(" . ".join)
_LINES = st.one_of(
    st.tuples(_DOTTED, _VALUES).map(lambda kv: f"  {kv[0]} = {kv[1]}  # comment"),
    _DOTTED.map(lambda k: f"[{k}]"),
    _DOTTED.map(lambda k: f"[[ {k} ]] # table"),
    st.sampled_from(["", "# only a comment"]),
)


def _equal(ours: Any, theirs: Any) -> bool:
    return repr(ours) == repr(theirs)  # nan is not itself


@settings(max_examples=500, deadline=None)
@given(st.lists(_LINES, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_any_document_reads_as_tomllib_reads_it(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a key twice
        parse(text)
        return
    root = parse(text)
    assert _equal(plain(root), expected)
    check_places(text, root)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_files_of_this_repository_read_as_tomllib_reads_them(path: Path) -> None:
    text = path.read_text("utf-8")
    root = parse(text)
    assert _equal(plain(root), tomllib.loads(text))
    check_places(text, root)


def test_strings_of_all_kinds() -> None:
    text = '''a = "x\\t\\u00e9\\U0001F600"
b = 'C:\\new'
c = """
one \\
   two \\"""\\" end"""
d = \'\'\'
raw \\n ''two''\'\'\'
e = """"quoted""""
f = ""
"g" = \'\'
'''
    root = parse(text)
    assert plain(root) == tomllib.loads(text)
    assert [n.style for n in walk(root) if isinstance(n, Scalar)] == [
        *("double", "single", "literal", "literal", "literal", "double", "single")
    ]
    check_places(text, root)


def test_tables_keep_the_order_and_the_places() -> None:
    text = '[tool.a]\nx = 1\n[[b]]\ny = 1\n[b.c]\nz = 1\n[[b]]\n[tool.d]\n"e f".g = {h = [1, 2]}\n'
    root = parse(text)
    assert plain(root) == tomllib.loads(text)
    tables = root.get("b")
    assert isinstance(tables, Sequence)
    assert [text[n.span.start : n.span.end] for n in tables.items] == ["[[b]]\ny = 1\n[b.c]\nz = 1", "[[b]]"]
    entry = root.mapping("tool", "d", "e f").entry("g")
    assert entry is not None
    assert text[entry.span.start : entry.span.end] == "g = {h = [1, 2]}"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a = \nb = 'y'", ("b",), "y"),
        ("a\nb = 'y'", ("b",), "y"),
        ("= 1\nb = 'y'", ("b",), "y"),
        ("a = 'x\nb = 'y'", ("b",), "y"),
        ('a = """x\nb = "y"', ("b",), "y"),
        ("a = ['x',\nb = 'y'", ("b",), "y"),
        ("a = ['x',\n'b' = 'y'", ("b",), "y"),
        ("a = ['x'\n[t]\nb = 'y'", ("t", "b"), "y"),
        ("a = ['x'\n[tool.'t']\nb = 'y'", ("tool", "t", "b"), "y"),
        ("a = {x = 1\nb = 'y'", ("b",), "y"),
        ("a = {x = \nb = 'y'}\nc = 'z'", ("c",), "z"),
        ("a = 1 garbage\nb = 'y'", ("b",), "y"),
        ("[t\nb = 'y'", ("b",), None),  # nobody knows which table it belongs to
        ("[t\nb = 'y'\n[u]\nb = 'z'", ("u", "b"), "z"),
        ("[]\nb = 1\n[u]\nb = 'z'", ("u", "b"), "z"),
        ("[a.]\n[u]\nb = 'z'", ("u", "b"), "z"),
        ("a = 1\n[a]\nb = 'y'", ("a", "b"), "y"),
        ("[a]\nb = 'x'\n[a]\nb = 'y'", ("a", "b"), "y"),
        ("[[a]\nb = 'x'\n[u]\nb = 'z'", ("u", "b"), "z"),
        ("a.b = 1\na.c = 'y'", ("a", "c"), "y"),
        ("a = [ = 'x', 'y' ]\nb = 'z'", ("b",), "z"),
    ],
)
def test_what_stands_in_broken_text_is_read(text: str, path: tuple[str, ...], expected: str | None) -> None:
    assert parse(text).text(*path) == expected


def test_nested_arrays_are_not_taken_for_headers() -> None:
    text = "a = [\n[1, 2],\n[true],\n[\n'x'\n]\n,\n[inf] # c\n]\n"
    assert plain(parse(text)) == tomllib.loads(text)


@given(_TEXT, st.sampled_from(['"', "'", '"""\n', "'''\n"]))
def test_a_notation_writes_what_reads_as_the_same(text: str, opening: str) -> None:
    closing = opening.strip()
    value = parse(f"a = {opening}{closing}").get("a")
    assert isinstance(value, Scalar)
    new = value.notation(text)
    if new is not None:
        assert tomllib.loads(f"a = {opening}{new}{closing}")["a"] == text
    else:
        assert opening[0] == "'"


_SAMPLE = """# top
[project]
name = "x"
dependencies = [
    "requests>=2", # why
    'six',
]
[project.optional-dependencies]
dev = ["a", "b"]
[[tool.x]]
cmd = \"\"\"
pip install \\
  y\"\"\"
env = { A = "1", B.C = '2' }
"""


def test_a_prefix_never_loses_what_is_complete() -> None:
    def strings(text: str) -> set[tuple[str, object]]:
        nodes = (n for n in walk(parse(text)) if isinstance(n, Scalar) and n.style != "plain")
        return {(n.value, n.span) for n in nodes}

    for cut in range(len(_SAMPLE)):
        complete = {(v, s) for v, s in strings(_SAMPLE) if s.end <= cut}  # type: ignore[attr-defined]
        assert complete <= strings(_SAMPLE[:cut])


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("[]{}=,.\"'\\# \n\r\ta1-_"), max_size=60) | st.text(max_size=40))
def test_garbage_never_raises(text: str) -> None:
    root = parse(text)
    for node in walk(root):
        assert 0 <= node.span.start <= node.span.end <= len(text)
        if isinstance(node, Scalar):
            node.map.span(node.span)


def test_depth_is_bounded() -> None:
    for deep in ("[" * 3000, "{a=" * 3000, "[{a.b=" * 1000):
        parse(f"x = {deep}")
        parse(f"x = {deep}\n" * 20)
    parse(f"{'a.' * 5000}b = 1\n[{'a.' * 5000}b]\n")
    depth = 0
    node: Node | None = parse("a = " + "[" * (2 * DEPTH) + "]" * (2 * DEPTH) + "\nb = 'y'").get("a")
    while isinstance(node, Sequence):
        depth += 1
        node = node.items[0] if node.items else None
    assert depth <= DEPTH


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "a=[\n",
        "a={",
        'a="""',
        'a="""\\"""\n',
        "a='''\n",
        "[a]\n",
        "[[a]]\n",
        "a=1\n",
        '"',
        "a.",
        "a=[[\n1,",
        "a=['\n",
    ],
)
def test_garbage_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    parse(text)
    assert time.process_time() - start < 60
