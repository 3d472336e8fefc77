"""The logical lines of a Python text; a bracket that stays open ends where what follows can be no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ._python import NAME, NEWLINE, OP, Scanner, Token
from ._python_tree import CLOSES, KEYWORDS, OPENS

_HEADERS = frozenset("if elif else for while try except finally with def class async match case".split())


_ONLY_STATEMENTS = frozenset(
    """def class import return raise while try except finally with pass del assert global nonlocal elif break
    continue""".split()
)

# Words that may stand behind an operand inside brackets.
_BEHIND_OPERAND = frozenset("and or not in is if else for async as from".split())


@dataclass(slots=True, eq=False)
class Statement:
    """A logical line, or the part of one up to `;` or behind a header's colon.

    `indent` is the column of the line's first character; `tokens` has no line ends.
    """

    indent: int
    tokens: list[Token]
    inline: bool = False  # stands behind a header's colon on the same line

    @property
    def first(self) -> str:
        return self.tokens[0].text if self.tokens[0].kind == NAME else ""


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text; a bracket that stays open ends where what follows can be no part of it."""
    line: list[Token] = []
    indent = 0
    line_start = 0
    open_: list[str] = []
    fresh = True  # at the start of a physical line
    for token in Scanner(text).tokens():
        if token.kind == NEWLINE:
            line_start = token.end
            fresh = True
            if line and (not open_ or (line[-1].text == ":" and line[0].text in ("def", "class"))):
                yield from _split(indent, line)
                line, open_ = [], []
            continue
        if not line:
            indent = token.start - line_start
        elif fresh and open_ and _breaks(line[-1], token, token.start - line_start, indent):
            yield from _split(indent, line)
            line, open_ = [], []
            indent = token.start - line_start
        fresh = False
        if token.kind == OP:
            if token.text in OPENS:
                open_.append(OPENS[token.text])
            elif token.text in CLOSES and token.text in open_[-3:]:
                while open_.pop() != token.text:
                    pass
        line.append(token)
    if line:
        yield from _split(indent, line)


def _breaks(before: Token, token: Token, column: int, indent: int) -> bool:
    """Whether a token at the start of a line cannot belong to the brackets that are open."""
    if token.kind == OP:
        return token.text == "@" and column <= indent
    if token.kind != NAME:
        return False
    if token.text in _ONLY_STATEMENTS:
        return column <= indent or not _is_operand(before)
    if token.text in _BEHIND_OPERAND:
        return False
    return _is_operand(before)


def _is_operand(token: Token) -> bool:
    if token.kind == OP:
        return token.text in (")", "]", "}")
    return token.kind != NAME or token.text not in KEYWORDS


def _split(indent: int, line: list[Token]) -> Iterator[Statement]:
    """A logical line at its semicolons and behind the colon of a header."""
    start = 0
    depth = 0
    lambdas = 0
    header = line[0].kind == NAME and line[0].text in _HEADERS
    inline = False
    for index, token in enumerate(line):
        if token.kind == NAME and token.text == "lambda":
            lambdas += 1
        if token.kind != OP:
            continue
        text = token.text
        if text in OPENS:
            depth += 1
        elif text in CLOSES:
            depth -= depth > 0
        elif text == ":" and not depth and header:
            if lambdas:
                lambdas -= 1
                continue
            yield Statement(indent, line[start : index + 1], inline)
            start, inline, header = index + 1, True, False
        elif text == ";" and not depth:
            if index > start:
                yield Statement(indent, line[start:index], inline)
            start = index + 1
    if start < len(line):
        yield Statement(indent, line[start:], inline)
