"""Expressions of GitHub Actions and Azure Pipelines as trees.

A tree is a tuple: `("value", v)`, `("path", "matrix", "os")`, `("call", name, *arguments)`,
`("not", tree)`, an operator with two trees, or `("unknown",)` for what cannot be read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Tree = tuple[Any, ...]

_LONGEST = 2_000
_DEEPEST = 30
_TOKEN = re.compile(
    r"\s*(?:'((?:[^']|'')*)'|([+-]?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w-]*)|(==|!=|<=|>=|&&|\|\||[<>!.,()\[\]*]))"
)
_NOTHING: Tree = ("unknown",)


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
