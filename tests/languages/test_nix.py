"""The strings of Nix expressions, compared with tree-sitter-nix; what is read of them on any text."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_nix
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casefiles import cases
from pep668.languages import _nix
from pep668.languages.nix import extract
from pep668.model import Region

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_nix.language()))
SOURCES = [c.text for c in cases(Path(__file__).parent.parent / "cases" / "nix.md") if c.source.kind == "nix"]

# A string: where it stands, whether it is indented, and where code is put in.
Row = tuple[int, int, bool, tuple[tuple[int, int], ...]]


def ours(text: str) -> set[Row]:
    found: set[Row] = set()
    pending = _nix.strings(text)
    while pending:
        string = pending.pop()
        code = tuple((p.span.start, p.span.end) for p in string.parts if p.code)
        found.add((string.span.start, string.span.end, string.indented, code))
        pending += [inner for part in string.parts for inner in part.strings]
    return found


def theirs(text: str) -> set[Row] | None:
    """The same by tree-sitter, None where it meets an error."""
    data = text.encode()
    root = PARSER.parse(data).root_node
    if root.has_error:
        return None

    def at(byte: int) -> int:
        return len(data[:byte].decode())

    found: set[Row] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in ("string_expression", "indented_string_expression"):
            code = tuple((at(c.start_byte), at(c.end_byte)) for c in node.children if c.type == "interpolation")
            indented = node.type.startswith("indented")
            found.add((at(node.start_byte), at(node.end_byte), indented, code))
        pending += node.children
    return found


def test_strings_stand_where_tree_sitter_finds_them() -> None:
    compared = 0
    for text in SOURCES:
        expected = theirs(text)
        if expected is not None:
            assert ours(text) == expected
            compared += len(expected)
    assert compared > 30


PIECES = st.sampled_from(
    [
        *(
            "''",
            '"',
            "${",
            "}",
            "$",
            "$$",
            "'''",
            "''$",
            "''\\n",
            "\\",
            '\\"',
            "\\n",
            "'",
            "x",
            " ",
            "\n",
            "#",
            "/*",
            "*/",
        ),
        *("{ a = 1; }", "[ ", " ]", "é", "''${x}", '"${y}"', "pip install z", "(", ")", "\n  # it's\n", "x''y", "$''"),
    ]
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    code = inner.map(lambda e: "${" + e + "}")
    common = st.sampled_from(["x", " ", "\n", "#", "/*", "é", "$$", "$x", "pip install z", "{", "}", ";"])
    quoted = st.lists(st.one_of(common, code, st.sampled_from(['\\"', "\\n", "''", "'", "\\${"])), max_size=6)
    escapes = st.sampled_from(["'''", "''$", "''\\n", '"', "x'y", "''${"])
    return st.one_of(
        quoted.map(lambda parts: '"' + "".join(parts) + '"'),
        st.lists(st.one_of(common, code, escapes), max_size=6).map(lambda parts: "''\n" + "".join(parts) + "\n''"),
        inner.map(lambda e: "{ a = " + e + "; }"),
        inner.map(lambda e: f"[ {e} ]"),
        inner.map(lambda e: f"(f {e})"),
        inner.map(lambda e: f"let b = {e}; in b # it's\n"),
        inner.map(lambda e: f"/* '' */ {e}"),
    )


@settings(max_examples=1000, deadline=None)
@given(st.recursive(st.sampled_from(["x", "x'", "1", "a.b", "./c"]), _expressions, max_leaves=8))
def test_generated(expression: str) -> None:
    text = "{ shellHook = " + expression + "; }"
    expected = theirs(text)
    assume(expected is not None)
    assert ours(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_maps_are_exact(pieces: list[str]) -> None:
    text = "shellHook = ''\n  a\n" + "".join(pieces)
    for region in extract(Region.document("nix", text)):
        for segment in region.map.segments:
            inner, outer = segment.inner, segment.outer
            if segment.verbatim:
                assert region.text[inner.start : inner.end] == text[outer.start : outer.end]
            assert 0 <= outer.start <= outer.end <= len(text)


def test_nix_strips_the_indentation_that_all_lines_share() -> None:
    text = "{ shellHook = ''\n    a ''${x}\n      b ${y}\n\n   ${z} c\n  ''; }"
    (region,) = extract(Region.document("nix", text))
    assert region.text == "\n a ${x}\n   b ${__y}\n\n${__z} c\n"


@pytest.mark.parametrize("unit", ["''", "${", "{", "'' ${ ", "''${''", '"', "/*", "a = ''\n", "''\n \n", "$", "''$"])
def test_garbage_takes_linear_time(unit: str) -> None:
    text = "shellHook = ''" + unit * (400_000 // len(unit))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert len(list(extract(Region.document("nix", text)))) <= len(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 60
