"""The expressions of a justfile, as far as the file itself tells their values."""

from __future__ import annotations

import re

from ._templates import variable

_TOKEN = re.compile(
    r"\s*(?:\"\"\"(?P<d3>.*?)\"\"\"|'''(?P<s3>.*?)'''|(?:x|f)?\"(?P<d>(?:[^\"\\]|\\.)*)\"|(?:x|f)?'(?P<s>[^']*)'"
    r"|(?P<command>```.*?```|`[^`]*`)|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>==|!=|=~|&&|\|\||[-+/(){},]))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
_LONGEST = 4_000
_MOST_TOKENS = 400
_DEEPEST = 30
_WINDOWS = re.compile(r"windows", re.IGNORECASE)


def value(text: str, known: dict[str, str | None]) -> str | None:
    """The value of an expression, None where it is not known at all; unknown parts of it are shell expansions."""
    tokens = [m for m, _ in zip(_TOKEN.finditer(text), range(_MOST_TOKENS), strict=False)]
    if not tokens or tokens[-1].end() < len(text.rstrip()):
        return None
    found = _Expression(tokens, known).sum(0)
    return None if found is None or len(found) > _LONGEST else found


class _Expression:
    def __init__(self, tokens: list[re.Match[str]], known: dict[str, str | None]) -> None:
        self.tokens = tokens
        self.known = known
        self.at = 0

    def _mark(self) -> str:
        return (self.tokens[self.at]["mark"] or "") if self.at < len(self.tokens) else ""

    def sum(self, depth: int) -> str | None:
        """`a + b / c`; None where every part is unknown."""
        out = self._part(depth)
        while self._mark() in ("+", "/"):
            joint = self._mark().replace("+", "")
            self.at += 1
            start = self.at
            right = self._part(depth)
            if out is None and right is None:
                continue
            left = "${unknown}" if out is None else out
            out = left + joint + (self._named(start) if right is None else right)
        return out

    def _named(self, at: int) -> str:
        return "${" + variable(self.tokens[at][0] if at < len(self.tokens) else "unknown") + "}"

    def _part(self, depth: int) -> str | None:
        if self.at >= len(self.tokens) or depth > _DEEPEST:
            return None
        token = self.tokens[self.at]
        self.at += 1
        for kind in ("s", "s3"):
            if token[kind] is not None:
                return token[kind]
        for kind in ("d", "d3"):
            if token[kind] is not None:
                return _ESCAPE.sub(lambda m: _ESCAPES.get(m[1], m[1]), token[kind])
        if token["mark"] == "(":
            inner = self.sum(depth + 1)
            self._skip_to(")")
            return inner
        name = token["name"]
        if name == "if":
            return self._if(depth)
        if name and self._mark() == "(":
            self.at += 1
            return self._call(name, depth)
        return self.known.get(name) if name else None

    def _call(self, name: str, depth: int) -> str | None:
        arguments: list[str | None] = []
        while self._mark() != ")" and self.at < len(self.tokens):
            before = self.at
            arguments.append(self.sum(depth + 1))
            if self._mark() == "," or self.at == before:
                self.at += 1
        self.at += 1
        if name in ("env_var_or_default", "env") and len(arguments) == 2:
            return arguments[1]  # a default, as with make's `?=`
        if name in ("justfile_directory", "justfile_dir", "invocation_directory", "source_directory"):
            return "${" + name + "}"
        if name in ("absolute_path", "quote", "clean", "trim", "canonicalize") and len(arguments) == 1:
            return arguments[0]
        if name == "join" and arguments and None not in arguments:
            return "/".join(a for a in arguments if a)
        return None

    def _if(self, depth: int) -> str | None:
        """The branch that is not for Windows alone, the branches' value where they agree."""
        start = self.at
        while self._mark() != "{" and self.at < len(self.tokens):
            self.at += 1
        test = " ".join(t[0] for t in self.tokens[start : self.at])
        self.at += 1
        then = self.sum(depth + 1)
        self._skip_to("}")
        if self.at >= len(self.tokens) or self.tokens[self.at]["name"] != "else":
            return None
        self.at += 1
        if self._mark() == "{":
            self.at += 1
            other = self.sum(depth + 1)
            self._skip_to("}")
        else:  # else if
            other = self._part(depth + 1)
        if _WINDOWS.search(test):
            return then if "!=" in test else other
        return then if then == other else None

    def _skip_to(self, mark: str) -> None:
        while self._mark() != mark and self.at < len(self.tokens):
            self.at += 1
        self.at += 1
