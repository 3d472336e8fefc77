"""Expressions of GitHub Actions and Azure Pipelines (`matrix.os == 'x' && 'a' || 'b'`), as far as names are known.

An expression is evaluated to all the values that it may have, `UNKNOWN` among them
where nothing tells: a comparison of something unknown is True or False.

Sources: GitHub's "Evaluate expressions in workflows and actions", Azure Pipelines' "Expressions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any


class Unknown(Enum):
    UNKNOWN = "unknown"
    SOME = "unknown, but not empty"


UNKNOWN = Unknown.UNKNOWN

# What a name's path (`("matrix", "os")`) stands for: str, bool, None, a tuple, a dict or UNKNOWN.
Lookup = Callable[[Sequence[str]], Any]
Tree = tuple[Any, ...]

_LONGEST = 2_000
_DEEPEST = 30
_MOST = 16  # values that are told apart
_TOKEN = re.compile(
    r"\s*(?:'((?:[^']|'')*)'|([+-]?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w-]*)|(==|!=|<=|>=|&&|\|\||[<>!.,()\[\]*]))"
)
_NOTHING: Tree = ("unknown",)


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


@lru_cache(maxsize=1024)
def parse(text: str) -> Tree:
    """The tree of an expression; one that is unknown as a whole where it cannot be read."""
    tokens: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    if len(text) > _LONGEST:
        return _NOTHING
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            return _NOTHING
        kind = ("text", "number", "name", "sign")[(found.lastindex or 1) - 1]
        tokens.append((kind, (found[found.lastindex or 1] or "").replace("''", "'" if kind == "text" else "''")))
        at = found.end()
    reader = _Reader(tokens)
    tree = reader.any_of(0)
    return tree if reader.at == len(tokens) and not reader.failed else _NOTHING


class _Reader:
    """Recursive descent; `failed` where the text is no expression."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.failed = False

    def _sign(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def any_of(self, depth: int) -> Tree:
        tree = self._all_of(depth)
        while self._sign("||"):
            tree = ("or", tree, self._all_of(depth))
        return tree

    def _all_of(self, depth: int) -> Tree:
        tree = self._compared(depth)
        while self._sign("&&"):
            tree = ("and", tree, self._compared(depth))
        return tree

    def _compared(self, depth: int) -> Tree:
        tree = self._single(depth)
        while sign := self._sign("==", "!=", "<", "<=", ">", ">="):
            tree = (sign, tree, self._single(depth))
        return tree

    def _single(self, depth: int) -> Tree:
        if depth > _DEEPEST or self.at >= len(self.tokens):
            self.failed = True
            return _NOTHING
        if self._sign("!"):
            return ("not", self._single(depth + 1))
        if self._sign("("):
            tree = self.any_of(depth + 1)
            self.failed |= not self._sign(")")
            return tree
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return ("value", text)
        if kind == "number":
            return ("value", float(text))
        if kind != "name":
            self.failed = True
            return _NOTHING
        if self._sign("("):
            return self._call(text, depth)
        constants = {"true": True, "false": False, "null": None}
        return self._path(text, depth) if text.lower() not in constants else ("value", constants[text.lower()])

    def _call(self, name: str, depth: int) -> Tree:
        arguments: list[Tree] = []
        while not self.failed and not self._sign(")"):
            if arguments and not self._sign(","):
                self.failed = True
            arguments.append(self.any_of(depth + 1))
        return ("call", name.lower(), *arguments)

    def _path(self, name: str, depth: int) -> Tree:
        parts: list[str] = [name]
        known = True
        while not self.failed:
            if self._sign("."):
                kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
                self.failed |= kind != "name" and text != "*"
                self.at += 1
                known &= text != "*"
                parts.append(text)
            elif self._sign("["):
                tree = self.any_of(depth + 1)
                self.failed |= not self._sign("]")
                known &= tree[0] == "value" and isinstance(tree[1], str)
                parts.append(str(tree[1]) if known else "")
            else:
                break
        return ("path", *parts) if known else _NOTHING


# --- evaluation ---


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
