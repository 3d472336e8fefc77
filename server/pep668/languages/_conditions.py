"""Expressions of GitHub Actions and Azure Pipelines (`matrix.os == 'x' && 'a' || 'b'`), as far as names are known.

An expression is evaluated to all the values that it may have, `UNKNOWN` among them
where nothing tells: a comparison of something unknown is True or False.

Sources: GitHub's "Evaluate expressions in workflows and actions", Azure Pipelines' "Expressions".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from ._condition_parser import Tree, parse


class Unknown(Enum):
    UNKNOWN = "unknown"
    SOME = "unknown, but not empty"


UNKNOWN = Unknown.UNKNOWN

# What a name's path (`("matrix", "os")`) stands for: str, bool, None, a tuple, a dict or UNKNOWN.
Lookup = Callable[[Sequence[str]], Any]

_MOST = 16  # values that are told apart


def values(text: str, lookup: Lookup) -> list[Any]:
    """All values that an expression, without its `${{ }}`, may have."""
    return _evaluate(parse(text), lookup)


def truth(text: str, lookup: Lookup) -> bool | None:
    """Whether a condition holds; None where that is not known. `${{ }}` may stand around it."""
    inner = text.strip()
    if inner.startswith("${{") and inner.endswith("}}") and inner.count("${{") == 1:
        inner = inner[3:-2]
    if "${{" in inner:
        return None
    known = [None if v is UNKNOWN else _true(v) for v in values(inner, lookup)]
    return known[0] if len(set(known)) == 1 else None


def written(value: Any) -> str | None:
    """A value as it is put into a text, None for what has no known text."""
    if isinstance(value, (Unknown, dict, tuple)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _true(value: Any) -> bool:
    return value not in ("", None, False) and not (isinstance(value, float) and value == 0)


def _several(found: list[Any]) -> list[Any]:
    out: list[Any] = []
    for value in found:
        if value not in out:
            out.append(value)
    return out if len(out) <= _MOST else [UNKNOWN]


def _evaluate(tree: Tree, lookup: Lookup) -> list[Any]:
    kind = tree[0]
    if kind == "value":
        return [tree[1]]
    if kind == "path":
        return [lookup(tree[1:])]
    if kind == "unknown":
        return [UNKNOWN]
    if kind == "call":
        from ._condition_functions import call

        return _several(call(tree[1], [_evaluate(argument, lookup) for argument in tree[2:]]))
    left = _evaluate(tree[1], lookup)
    if kind == "not":
        return _several([flag for v in left for flag in ((True, False) if v is UNKNOWN else (not _true(v),))])
    right = _evaluate(tree[2], lookup)
    out: list[Any] = []
    for value in left:
        if kind in ("and", "or"):
            goes_on = value is UNKNOWN or _true(value) is (kind == "and")
            if value is UNKNOWN:
                out.append(False if kind == "and" else Unknown.SOME)
            out += right if goes_on else [value]
        else:
            out += [flag for other in right for flag in compared(kind, value, other)]
    return _several(out)


def compared(sign: str, left: Any, right: Any) -> tuple[bool, ...]:
    """What a comparison may give: strings without regard to case, otherwise numbers."""
    if isinstance(left, Unknown) or isinstance(right, Unknown) or sign not in ("==", "!="):
        return (True, False)
    if isinstance(left, (dict, tuple)) or isinstance(right, (dict, tuple)):
        return (sign == "!=",)
    if isinstance(left, str) and isinstance(right, str):
        same = left.lower() == right.lower()
    else:
        same = left is right or _number(left) == _number(right)
    return (same is (sign == "=="),)


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return float("nan")
