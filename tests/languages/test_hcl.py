"""Where HCL's strings and heredocs stand, compared with tree-sitter-hcl."""

from __future__ import annotations

from pathlib import Path

import tree_sitter
import tree_sitter_hcl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casefiles import cases
from pep668.languages import _quoted
from pep668.languages.hcl import _TOKEN

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
SOURCES = [c.text for c in cases(Path(__file__).parent.parent / "cases" / "hcl.md") if c.source.kind == "hcl"]
STRINGS = ("quoted_template", "string_lit")


def ours(text: str) -> set[tuple[int, int]]:
    """The strings with their quotes and the heredocs up to their last word, those within others left out."""
    found: set[tuple[int, int]] = set()
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token.lastgroup == "string":
            found.add(token.span())
        elif token.lastgroup == "heredoc" and (here := _quoted.heredoc(text, token.start())):
            found.add((token.start(), here.end))
            at = here.end
    return found


def theirs(text: str) -> set[tuple[int, int]] | None:
    """The same by tree-sitter, None where it meets an error."""
    data = text.encode()
    root = PARSER.parse(data).root_node
    if root.has_error:
        return None
    found: set[tuple[int, int]] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in (*STRINGS, "heredoc_template"):
            found.add((len(data[: node.start_byte].decode()), len(data[: node.end_byte].decode())))
        else:
            pending += node.children
    return found


def test_strings_stand_where_tree_sitter_finds_them() -> None:
    compared = 0
    for text in SOURCES:
        expected = theirs(text)
        if expected is not None:
            assert ours(text) == expected
            compared += len(expected)
    assert compared > 60


LEAVES = st.sampled_from(
    ['"x"', "1", "var.a", '"é \\"q\\" \\\\"', '"${var.a} $ % $${b}"', '"%{ if x }y%{ endif }"', '"#"']
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda e: f"[{e}, {e}]"),
        inner.map(lambda e: f"f({e})"),
        inner.map(lambda e: "{ a = " + e + " }"),
        st.sampled_from(['"a ${f("x", y)} b"', '"${g({ k = "v" }, "w")}"', '"/* ${h("//")}"']),
        st.sampled_from(['<<EOF\n"x ${y("z")}\n # it\'s\nEOF\n', '<<-EOF\n  a "b\n  EOF\n']),
    )


@settings(max_examples=500, deadline=None)
@given(st.lists(st.recursive(LEAVES, _expressions, max_leaves=4), min_size=1, max_size=4))
def test_generated(values: list[str]) -> None:
    text = "".join(f'# "c\nk{i} = {value}\n' for i, value in enumerate(values))
    expected = theirs(text)
    assume(expected is not None)
    assert ours(text) == expected
