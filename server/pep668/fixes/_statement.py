"""Taking a statement out of a Python text."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from itertools import accumulate

from pep668.model import Region
from pep668.text import Edit, Span

from ._lines import lines_of

_ALONE = (ast.For, ast.While, ast.With)
_NO_LINE_ENDS = "\f\x0b\x1c\x1d\x1e\x85\u2028\u2029"  # which `str.splitlines` takes for some


def without_statement(region: Region, span: Span) -> tuple[Edit, ...] | None:
    """The removal of the lines of the call at a span of the document, and of what is there for it alone.

    None where this Python does not read the text, or the call's value is used.
    """
    text = region.text
    at = next((s for s in region.map.segments if s.verbatim and s.outer.covers(span)), None)
    if at is None or any(c in text for c in _NO_LINE_ENDS):
        return None
    span = span.shift(at.inner.start - at.outer.start)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]

    def place(node: ast.stmt) -> Span:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        return Span(
            starts[first] + len(lines[first].encode()[: node.col_offset].decode()),
            starts[last] + len(lines[last].encode()[: node.end_col_offset].decode()),
        )

    gone = _statement(tree, span, place)
    if gone is None:
        return None
    whole = lines_of(text, place(gone)).span
    behind = text[place(gone).end : whole.end].partition("#")[0]
    if text[whole.start : place(gone).start].strip() or behind.strip() or not region.map.is_verbatim(whole):
        return None
    return (Edit(region.map.span(whole), ""),)


def _statement(tree: ast.Module, span: Span, place: Callable[[ast.stmt], Span]) -> ast.stmt | None:
    """What goes: the statement that holds the span, or the loop, `if` or `try` around that one alone."""
    above: list[tuple[ast.stmt, list[ast.stmt]]] = []  # each with the block that it stands in
    block = tree.body
    while True:
        inside = next((s for s in block if place(s).covers(span)), None)
        if inside is None:
            break
        above.append((inside, block))
        blocks = [b for b in _blocks(inside) if any(place(s).covers(span) for s in b)]
        if not blocks:
            break
        block = blocks[0]
    if not above or not isinstance(above[-1][0], ast.Expr):
        return None
    while len(above[-1][1]) == 1 and len(above) > 1:
        if not _only_for(above[-2][0], above[-1][1]):
            return None
        above.pop()
    return above[-1][0]


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    named = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    return [b for b in (*named, *(h.body for h in getattr(statement, "handlers", []))) if isinstance(b, list)]


def _only_for(statement: ast.stmt, block: list[ast.stmt]) -> bool:
    """Whether a compound statement does nothing but hold a block."""
    if block is not getattr(statement, "body", None):
        return False
    if isinstance(statement, ast.Try):
        return not statement.orelse and not statement.finalbody
    return isinstance(statement, (ast.If, *_ALONE)) and not getattr(statement, "orelse", [])
