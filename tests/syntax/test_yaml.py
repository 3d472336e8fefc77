"""The YAML reader: against PyYAML on correct text, and what it still gives where text is broken."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, walk
from pep668.text import LineTable

REPOSITORY = Path(__file__).parents[2]
CONSTRUCTS = Path(__file__).with_name("constructs.txt").read_text(encoding="utf-8").rstrip("\n").split("\n====\n")

# A tree without what the two readers say differently: ("s", value, what stands there), ("m", pairs) or ("q", items).
Tree = tuple[object, ...]


def mine(node: Node, text: str) -> Tree:
    if isinstance(node, Scalar):
        return _scalar(node.value, text[node.span.start : node.span.end], node.span.start)
    if isinstance(node, Mapping):
        return ("m", [(mine(e.key, text), mine(e.value, text)) for e in node.entries])
    return ("q", [mine(i, text) for i in node.items])


def theirs(node: oracle.Node, text: str) -> Tree:
    if isinstance(node, oracle.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        # PyYAML's scalar begins with its tag and anchor.
        while start < end and text[start] in "&!" and text[start : start + 2] != "!\n":
            while start < end and not text[start].isspace():
                start += 1
            while start < end and text[start].isspace():
                start += 1
        return _scalar(node.value, text[start:end], start)
    if isinstance(node, oracle.MappingNode):
        return ("m", [(_key(k, text), theirs(v, text)) for k, v in _pairs(node)])
    return ("q", [theirs(i, text) for i in node.value])


def _scalar(value: str, written: str, start: int) -> Tree:
    # A scalar that is not there has no place that two readers need to agree about; a block's trailing blanks likewise.
    return ("s", value, start if written else -1, written.rstrip() if written[:1] in ("|", ">") else written)


def _key(key: oracle.Node, text: str) -> Tree:
    if isinstance(key, oracle.ScalarNode):
        return theirs(key, text)
    written = text[key.start_mark.index : key.end_mark.index].strip()
    return _scalar(written, written, key.start_mark.index)  # a complex key is its text


def _pairs(node: oracle.MappingNode) -> list[tuple[oracle.Node, oracle.Node]]:
    merged, own = [], []
    for key, value in node.value:
        sources = value.value if isinstance(value, oracle.SequenceNode) else [value]
        if key.value == "<<" and all(isinstance(s, oracle.MappingNode) for s in sources):
            for source in reversed(sources):
                merged += _pairs(source)
        else:
            own.append((key, value))
    return merged + own


def assert_same(text: str) -> None:
    expected = [theirs(d, text) for d in oracle.compose_all(text, Loader=oracle.SafeLoader)]
    assert [mine(d, text) for d in yaml.documents(text)] == expected


@pytest.mark.parametrize("text", CONSTRUCTS, ids=range(len(CONSTRUCTS)))
@pytest.mark.parametrize("ending", ["\n", "", "\r\n"], ids=["newline", "none", "crlf"])
def test_construct(text: str, ending: str) -> None:
    assert_same((text + "\n").replace("\n", ending) if ending else text)


_FENCE = re.compile(r"^```(?:yaml|yml)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_yaml_of_the_repository() -> None:
    """The documents of the case files, but for those that are broken on purpose."""
    same = 0
    for path in sorted(REPOSITORY.glob("tests/cases/*.md")):
        for found in _FENCE.finditer(path.read_text(encoding="utf-8")):
            try:
                list(oracle.compose_all(found[1], Loader=oracle.SafeLoader))
            except oracle.YAMLError:
                continue
            assert_same(found[1])
            same += 1
    assert same


_WORDS = st.text(st.sampled_from("ab é:#-'\"\\\n\t{}[],&*!|>%@?=~"), max_size=30) | st.text(
    st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff", exclude_categories=["Cs", "Cc"]),
    max_size=12,
)
_TREES = st.recursive(
    _WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(
    tree=_TREES,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    flow=st.sampled_from([None, True, False]),
    indent=st.integers(2, 6),
    width=st.sampled_from([10, 20, 80, 1000]),
    ending=st.sampled_from(["\n", "\r\n"]),
    starts=st.booleans(),
)
def test_what_pyyaml_writes(
    tree: object, style: str | None, flow: bool | None, indent: int, width: int, ending: str, starts: bool
) -> None:
    text = oracle.safe_dump(
        tree,
        default_style=style,
        default_flow_style=flow,
        indent=indent,
        width=width,
        line_break=ending,
        explicit_start=starts,
        allow_unicode=True,
    )
    assert_same(text)


def plain(node: Node) -> object:
    """The tree as Python values."""
    if isinstance(node, Scalar):
        return None if node.missing else node.value
    if isinstance(node, Mapping):
        return {e.key.value: plain(e.value) for e in node.entries}
    return [plain(i) for i in node.items]


BROKEN = {
    "quote": ('- run: "a\n  name: x\n- run: b\n', [{"run": "a", "name": "x"}, {"run": "b"}]),
    "single quote": ("a:\n  - 'x\nb: y\n", {"a": ["x"], "b": "y"}),
    "quote in brackets": ('a: ["x, y\nb: z\n', {"a": ["x, y"], "b": "z"}),
    "bracket": ("on: [a, b\njobs: c\n", {"on": ["a", "b"], "jobs": "c"}),
    "brace": ("- {a: b\n- c\n", [{"a": "b"}, "c"]),
    "wrong bracket": ("a: [x}\nb: c\n", {"a": ["x"], "b": "c"}),
    "behind a bracket": ("a: [ x ] && y\nb: c\n", {"a": "[ x ] && y", "b": "c"}),
    "behind a quote": ("a: \"$x\" y # z\n- 'b' c\n", {"a": '"$x" y', "": ["'b' c"]}),
    "one bracket more": ("a: [x]]\nb: c\n", {"a": ["x"], "b": "c"}),
    "half a key": ("steps:\n  - run: a\n    na\n  - run: b\n", {"steps": [{"run": "a", "na": None}, {"run": "b"}]}),
    "half an item": ("steps:\n  - run: a\n  na\n  - run: b\n", {"steps": [{"run": "a", "na": None}, {"run": "b"}]}),
    "half a first key": ("env:\n  FOO\n  BAR: x\n", {"env": {"FOO": None, "BAR": "x"}}),
    "no colon": ("steps\n  - run: a\nb: c\n", {"steps": [{"run": "a"}], "b": "c"}),
    "too deep": ("- run: a\n   env: x\n- b\n", [{"run": "a", "env": "x"}, "b"]),
    "not deep enough": ("a:\n    b: c\n  d: e\nf: g\n", {"a": {"b": "c", "d": "e"}, "f": "g"}),
    "item not deep enough": ("a:\n    - b\n  - c\nf: g\n", {"a": ["b", "c"], "f": "g"}),
    "item as deep as its key": ("a:\n  s:\n    - b: x\n  - c\n  t: d\n", {"a": {"s": [{"b": "x"}, "c"], "t": "d"}}),
    "line of a block": ("- run: |\n      a\n    b\n  n: c\n", [{"run": "a\nb\n", "n": "c"}]),
    "scrap in a block": ("- run: |\n    a\n'\n    b\n  n: c\n", [{"run": "a\nb\n", "n": "c"}]),
    "comment in a block": ("- run: |\n    a\n# x\n    b\n- c\n", [{"run": "a\nb\n"}, "c"]),
    "dedented item": ("s:\n    - a\n    - b: c\n - d\n    - e\nf: g\n", {"s": ["a", {"b": "c"}, "d", "e"], "f": "g"}),
    "dedented item, as deep as its key": (
        "j:\n  s:\n    - a\n  - b\n    - c\nf: g\n",
        {"j": {"s": ["a", "b", "c"]}, "f": "g"},
    ),
    "dedented key": (
        "j:\n  a:\n    x: 1\n b:\n    x: 2\n  c:\n    x: 3\n",
        {"j": {"a": {"x": "1"}, "b": {"x": "2"}, "c": {"x": "3"}}},
    ),
    "key as deep as an outer one": (
        "j:\n  a:\n    x: 1\nb:\n    x: 2\n  c:\n    x: 3\n",
        {"j": {"a": {"x": "1"}, "b": {"x": "2"}, "c": {"x": "3"}}},
    ),
    "dedented first key": (
        "j:\n  a:\n x: 1\n    y: 2\n  b:\n    x: 3\n",
        {"j": {"a": {"x": "1", "y": "2"}, "b": {"x": "3"}}},
    ),
    "first key too deep": ("   a: b\nc:\n  d: e\nf: g\n", {"a": "b", "c": {"d": "e"}, "f": "g"}),
    "one tab": ("a:\n  b:\n    - c: d\n\te: f\n    - g\nh: i\n", {"a": {"b": [{"c": "d", "e": "f"}, "g"]}, "h": "i"}),
    "item with a tab": ("a:\n  b:\n    - c\n\t- d\n    - e\n", {"a": {"b": ["c", "d", "e"]}}),
    "first item with a tab": ("a:\n  b:\n\t- c\n  - d\n", {"a": {"b": ["c", "d"]}}),
    "outer key with a tab": ("x: y\n\ta:\n  b:\n    - c\nd: e\n", {"x": "y", "a": {"b": ["c"]}, "d": "e"}),
    "something between items": ("a:\n- b\nx: |\n- c\nd: e\n", {"a": ["b", "c"], "x": "", "d": "e"}),
    "key behind a block": ("- run: |\n      a\n   n: c\n", [{"run": "a\n", "n": "c"}]),
    "tabs": ("a:\n\tb:\n\t- run: |\n\t    x\n\t    y\n\t- z\n", {"a": {"b": [{"run": "x\ny\n"}, "z"]}}),
    "two colons": ("a: b: c\nd: e\n", {"a": "b: c", "d": "e"}),
    "unknown alias": ("a: *b\nc: d\n", {"a": None, "c": "d"}),
    "glob": ("a: *.py\nc: d\n", {"a": "*.py", "c": "d"}),
    "itself": ("a: &a\n  b: *a\n  c: d\n", {"a": {"b": None, "c": "d"}}),
    "reserved": ("a: @b\nc: %d\n", {"a": "@b", "c": "%d"}),
    "end": ("a:\n  - b: [c, 'd", {"a": [{"b": ["c", "d"]}]}),
    "template lines": ("{% if x %}\na: b\n{%- else %}\nc: d\n{% endif %}\ne: f\n", {"a": "b", "c": "d", "e": "f"}),
    "template key": (
        "{{ x }}: a\nb: {{ y }}\nc: [{{ z }}, d]\n",
        {"{{ x }}": "a", "b": "{{ y }}", "c": ["{{ z }}", "d"]},
    ),
    "template in a block": ("a: |\n  x\n{{- if y }}\n  z\n{{- end }}\nb: c\n", {"a": "x\nz\n", "b": "c"}),
    "other templates": ("a: |\n  x\n%{ if y ~}\n  z\n%{ endif }\n<% if b %>\nb: c\n", {"a": "x\nz\n", "b": "c"}),
    "template comment": ("a: b\n{{- /*\n c: d\n*/}}\ne: f\n", {"a": "b", "e": "f"}),
    "expression": ("a: ${{ x }} # y\nb: [${{ x }}, ${{ y }}]\n", {"a": "${{ x }}", "b": ["${{ x }}", "${{ y }}"]}),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_broken_at_one_place(text: str, expected: object) -> None:
    assert plain(yaml.parse(text)) == expected


def test_byte_order_mark() -> None:
    text = "\ufeffa: b\nc: d\n"
    assert plain(yaml.parse(text)) == {"a": "b", "c": "d"}


def test_documents() -> None:
    assert [plain(d) for d in yaml.documents("# x\n---\na: b\n---\n- c\n...\n---\n")] == [{"a": "b"}, ["c"], None]
    assert plain(yaml.parse("---\n# nothing\n---\na: b\n")) == {"a": "b"}
    assert yaml.documents("# nothing\n") == ()


def test_an_alias_is_the_node_that_it_names() -> None:
    root = yaml.parse("a: &x\n  b: c\nd: *x\n")
    assert isinstance(root, Mapping)
    assert root.get("a") is root.get("d")


def test_tags() -> None:
    root = yaml.parse("a: !reference [x, y]\nb: !t\n  c: d\ne: !vault |\n  f\ng: !!str 1\n")
    assert isinstance(root, Mapping)
    assert [e.value.tag for e in root.entries] == ["!reference", "!t", "!vault", "!!str"]


def test_laughs_are_bounded() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    weighed = 0
    pending: list[Node] = [yaml.parse("\n".join(lines))]
    while pending:  # each node wherever it is named, as a host that knows nothing of aliases walks
        node = pending.pop()
        weighed += 1
        pending += [e.value for e in node.entries] if isinstance(node, Mapping) else []
        pending += node.items if isinstance(node, Sequence) else []
        assert weighed < 1_000_000


def test_merges_are_bounded() -> None:
    lines = ["a0: &a0 {k: v}"] + [f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n  k{i}: v" for i in range(1, 60)]
    assert sum(len(n.entries) for n in walk(yaml.parse("\n".join(lines))) if isinstance(n, Mapping)) < 1_000_000


@pytest.mark.parametrize("piece", ["[", "{", "{a: ", "- ", "? ", "- [", "a: {", "!x ", "&x ", "[{", "{[", "((", "*a "])
def test_depth_is_bounded(piece: str) -> None:
    yaml.parse(piece * 5_000)
    yaml.parse("".join(" " * i + piece + "\n" for i in range(400)))
    yaml.parse("".join(" " * i + "a:\n" for i in range(400)) + "b: c")


_PIECES = st.sampled_from(
    [
        *("a", "key", ":", ": ", " ", "  ", "    ", "\n", "\n  ", "\n    ", "- ", "-", "? ", "'", '"', "\\", "[", "]"),
        *("{", "}", ",", "#", " # c", "|", ">", "|\n", ">-\n  ", "&a ", "*a", "!t ", "<<: *a", "\t", "\r\n", "\r"),
        *(
            "---\n",
            "...",
            "é",
            "{{",
            "}}",
            "{{ x }}",
            "{% if %}",
            "%{ if }",
            "{%",
            "%}",
            "${{ x }}",
            "''",
            "\\\n",
            "\\x4",
        ),
        *("\\ud800", "\ufeff", "\x85", "\u2028"),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=60).map("".join) | st.builds(
    lambda t, n: t[:n], st.sampled_from(CONSTRUCTS), st.integers(0, 400)
)


@settings(max_examples=500, deadline=None)
@given(_TEXTS)
def test_every_text_has_a_tree_with_places(text: str) -> None:
    for root in yaml.documents(text):
        for node in walk(root):
            assert 0 <= node.span.start <= node.span.end <= len(text)
            if isinstance(node, Mapping):
                for entry in node.entries:
                    assert entry.span.start <= entry.key.span.end <= entry.span.end
                    _assert_mapped(entry.key, text)
            if isinstance(node, Scalar):
                _assert_mapped(node, text)


def _assert_mapped(scalar: Scalar, text: str) -> None:
    before = 0
    for segment in scalar.map.segments:
        assert before <= segment.outer.start <= segment.outer.end <= len(text)
        before = segment.outer.end
        if segment.verbatim:
            inner, outer = segment.inner, segment.outer
            assert scalar.value[inner.start : inner.end] == text[outer.start : outer.end]
    assert sum(len(s.inner) for s in scalar.map.segments) == len(scalar.value)


@pytest.mark.parametrize("text", CONSTRUCTS, ids=range(len(CONSTRUCTS)))
def test_every_beginning(text: str) -> None:
    for end in range(len(text)):
        for root in yaml.documents(text[:end]):
            for node in walk(root):
                assert node.span.end <= end


WRITTEN = {
    "literal": ("a: |\n    pip install x\n    y\nb: c\n", "one\ntwo", "one\n    two"),
    "literal with tabs": ("a: |\n\tpip install x\n\ty\n", "one\ntwo", "one\n\ttwo"),
    "literal too little": ("a: |4\n  x\n", "one\ntwo", "one\n    two"),
    "folded": ("a: >\n  pip install x\nb: c\n", "one\ntwo", None),
    "plain": ("a: pip install x\nb: c\n", "python3 -m venv .venv", "python3 -m venv .venv"),
    "plain lines": ("a: pip install x\n", "one\ntwo", None),
    "plain key": ("a: pip install x\n", "a: b", None),
    "plain comment": ("a: pip install x\n", "a # b", None),
    "plain quote": ("a: pip install x\n", '"x" y', None),
    "plain dash": ("a: pip install x\n", "- y", None),
    "plain option": ("a: pip install x\n", "--y", "--y"),
    "flow": ("a: [pip install x]\n", "a, b", None),
    "single": ("a: 'pip install x'\n", "it's", "it''s"),
    "double": ('a: "pip install x"\n', 'a "b" \\ c', 'a \\"b\\" \\\\ c'),
    "double lines": ('a: "pip install x"\n', "one\ntwo", "one\\ntwo"),
}


@pytest.mark.parametrize(("text", "new", "written"), WRITTEN.values(), ids=WRITTEN)
def test_notation(text: str, new: str, written: str | None) -> None:
    root = yaml.parse(text)
    assert isinstance(root, Mapping)
    value = root.entries[0].value
    scalar = value.items[0] if isinstance(value, Sequence) else value
    assert isinstance(scalar, Scalar)
    assert scalar.notation(new) == written
    if written is None:
        return
    at = scalar.map.offset(0)
    again = yaml.parse(text[:at] + written + " " + text[at:])
    assert isinstance(again, Mapping)
    value = again.entries[0].value
    assert isinstance(value, Scalar)
    assert value.value == f"{new} {scalar.value}"


HUGE = {
    "entries": "key: value # c\n",
    "items": "- a: b\n  c: |\n    d\n\n",
    "deeper": "- ",
    "quotes": "a: \"x\nb: 'y\n",
    "open quotes": "- \"x\n  'y\n",
    "escaped": '"\\"\n',
    "brackets": "a: [x, {y\n",
    "closed": "[{]}",
    "colons": "a: : ",
    "blanks": "a:\n" + " " * 50 + "\n" * 50,
    "spaces": "a:" + " " * 99,
    "comments": "a:\n # c\n",
    "templates": "{{ a\n",
    "template lines": "{{- x }}\n|\n",
    "blocks": "a: |\n  x\n{{- y }}\n",
    "plain": "a\n b\n\n",
    "anchors": "a: &a\n b: *a\n",
    "questions": "? a\n",
    "properties": "!a &b ",
    "marks": "---\n",
    "prose": "Some words, and a comma; no end #x ",
    "dashes": "- a\n b\n",
    "dedents": "a:\n   b:\n      c:\n         d: e\n  f:\n      g: h\n i\n",
    "interrupted": "a:\n- b\nx: |\n- c\n",
    "scraps": "a: |\n   b\n#\n'\n   c\n",
    "one tab": "a:\n  b: c\n\td: e\n",
    "wrong": "a: b\n - c\n   d: e\n  f\n",
}


def calls(text: str) -> int:
    """How many calls reading a text takes: the same on every machine, however busy."""
    count = 0

    def tell(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tell)
    try:
        yaml.documents(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HUGE.values(), ids=HUGE)
def test_work_is_linear(piece: str) -> None:
    small = piece * (6_000 // len(piece))
    assert calls(small * 4) < 5 * calls(small) + 1_000


@pytest.mark.parametrize("piece", HUGE.values(), ids=HUGE)
def test_a_long_text_ends(piece: str) -> None:
    # What is quadratic inside one call of a pattern or a slice takes minutes here: a guard, not a measure.
    yaml.documents(piece * (60_000 // len(piece)))


def test_places_are_those_of_an_editor() -> None:
    text = "a: b\r\nc: d\x0c\u2028e\r\nf: |\r\n  g\r\n"
    root = yaml.parse(text)
    assert isinstance(root, Mapping)
    assert [LineTable(text).position(e.span.start) for e in root.entries] == [(0, 0), (1, 0), (2, 0)]
