"""`strategy.matrix` of a GitHub Actions job: the combinations that it runs in.

Source: "Running variations of jobs in a workflow" (`include` adds to the combinations
whose own values it does not change, else makes one of its own; `exclude` comes first).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, items
from pep668.syntax.node import Sequence as Items

from . import _conditions
from ._conditions import UNKNOWN
from ._expressions import templates

_MOST = 512  # GitHub runs 256 jobs at most
_DEEPEST = 6

Combination = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`known` is False where an expression makes more of it; what no combination names is unknown then."""

    combinations: tuple[Combination, ...] = ({},)
    known: bool = True


def read(strategy: Node | None) -> Matrix:
    """The combinations of a `strategy`, at least one."""
    matrix = strategy.get("matrix") if isinstance(strategy, Tree) else None
    if matrix is None or (isinstance(matrix, Scalar) and matrix.missing):
        return Matrix()
    if not isinstance(matrix, Tree):
        return Matrix(known=False)
    known = True
    axes: dict[str, list[Any]] = {}
    for entry in matrix.entries:
        key = entry.key.value
        if key not in ("include", "exclude"):
            values = _axis(entry.value)
            known &= UNKNOWN not in values
            axes[key] = values or [UNKNOWN]
    if math.prod(len(v) for v in axes.values()) > _MOST:
        return Matrix(known=False)
    made = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())] if axes else []
    excluded, exactly = _rows(matrix.get("exclude"))
    made = [c for c in made if not any(row and _matches(c, row) for row in excluded)] or made[:1]
    included, exactly_included = _rows(matrix.get("include"))
    combinations = _include(made, included, set(axes))
    return Matrix(tuple(combinations[:_MOST]) or ({},), known and exactly and exactly_included)


def _include(made: list[dict[str, Any]], rows: Sequence[Combination], axes: set[str]) -> list[dict[str, Any]]:
    out = [dict(c) for c in made]
    alone: list[dict[str, Any]] = []
    for row in rows[:_MOST]:
        fitting = [
            new for old, new in zip(made, out, strict=True) if all(old.get(k) == row[k] for k in row if k in axes)
        ]
        for new in fitting:
            new.update(row)
        if not fitting:
            alone.append(dict(row))
    return out + alone


def _matches(combination: Combination, row: Combination) -> bool:
    return all(_same(combination.get(k), v) for k, v in row.items())


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(value.get(k) == v for k, v in wanted.items())
    return bool(value == wanted)


def _axis(node: Node) -> list[Any]:
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    value = plain(node)
    return list(value) if isinstance(value, tuple) else [UNKNOWN]


def _rows(node: Node | None) -> tuple[list[Combination], bool]:
    """The mappings of `include` or `exclude`, and whether that is all of it."""
    if node is None:
        return [], True
    rows: list[Combination] = []
    known = True
    for item in items(node):
        value = plain(item)
        for row in value if isinstance(value, tuple) else (value,):
            if isinstance(row, dict):
                rows.append(row)
            else:
                known = False
    return rows, known


def plain(node: Node, depth: int = 0) -> Any:
    """A node's value: text, True, False, None, a tuple, a dict; UNKNOWN where the file does not say."""
    if depth > _DEEPEST:
        return UNKNOWN
    if isinstance(node, Tree):
        return {e.key.value: plain(e.value, depth + 1) for e in node.entries}
    if isinstance(node, Items):
        return tuple(plain(i, depth + 1) for i in node.items[:_MOST])
    found = [*templates(node.value)]
    if found:
        whole = len(found) == 1 and len(found[0].span) == len(node.value.strip())
        values = _conditions.values(found[0].text, lambda _: UNKNOWN) if whole else [UNKNOWN]
        return values[0] if len(values) == 1 else UNKNOWN
    if node.missing:
        return None
    return node.value == "true" if node.style == "plain" and node.value in ("true", "false") else node.value
