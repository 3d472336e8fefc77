"""Groovy as far as Jenkinsfiles need it: strings with their parts, calls, blocks. Never raises, linear.

A file is a tree of blocks; a block is a list of statements; a statement is its tokens, in which
a block `{ ... }` is one token. What is left open at the end of the text ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pep668.text import Span

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\f]+|\\\r?\n|//[^\n]*|/\*(?:.*?\*/|.*\Z)|\A\#![^\n]*)
  | (?P<line>\r?\n|;)
  | (?P<quote>\"\"\"|\'\'\'|\"|\'|\$/)
  | (?P<name>[A-Za-z_]\w*(?:\??\.[A-Za-z_]\w*)*)
  | (?P<mark>->|\+\+|\+=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = {'"""': '"""', "'''": "'''", '"': '"', "'": "'", "$/": "/$"}
_HOLE = re.compile(r"\$(?:\{|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "\r\n": ""}
_PATH = re.compile(r"\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*")
_DEEPEST = 200  # blocks in blocks


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a string: `text` as it stands for, `hole` the expression put in there (`name` or "")."""

    text: str
    span: Span
    hole: bool = False


@dataclass(frozen=True, slots=True)
class String:
    """A string literal. `span` covers its quotes; `quote` opened it."""

    parts: tuple[Part, ...]
    span: Span
    quote: str

    @property
    def value(self) -> str | None:
        """Its text, None where something is put in."""
        return None if any(p.hole for p in self.parts) else "".join(p.text for p in self.parts)


@dataclass(frozen=True, slots=True)
class Mark:
    """A name (dots included) or a punctuation mark."""

    text: str
    span: Span

    @property
    def name(self) -> bool:
        return self.text[0].isalpha() or self.text[0] == "_"


@dataclass(eq=False, slots=True)
class Block:
    statements: list[list[Token]] = field(default_factory=list)
    span: Span = field(default_factory=lambda: Span(0, 0))


Token = String | Mark | Block
Statement = list[Token]


def text_of(token: Token) -> str:
    """A name or a mark as written, "" for a string or a block."""
    return token.text if isinstance(token, Mark) else ""


def span_of(tokens: Sequence[Token]) -> Span:
    return tokens[0].span.to(tokens[-1].span) if tokens else Span(0, 0)


def parse(text: str) -> Block:
    """The whole text as a block."""
    root = Block(span=Span(0, len(text)))
    blocks, brackets = [root], [0]
    current: list[list[Token]] = [[]]
    for token in _tokens(text):
        statement = current[-1]
        mark = token.text if isinstance(token, Mark) else ""
        if mark == "\n":
            if brackets[-1] <= 0 and statement and not _continues(statement[-1]):
                blocks[-1].statements.append(statement)
                current[-1] = []
        elif mark == "{" and len(blocks) < _DEEPEST:
            if not statement and blocks[-1].statements and not isinstance(blocks[-1].statements[-1][-1], Block):
                current[-1] = blocks[-1].statements.pop()  # the brace on a line of its own
            inner = Block(span=token.span)
            current[-1].append(inner)
            blocks.append(inner)
            brackets.append(0)
            current.append([])
        elif mark == "}":
            if len(blocks) > 1:
                _close(blocks, brackets, current, token.span.end)
        else:
            if mark in ("(", "["):
                brackets[-1] += 1
            elif mark in (")", "]"):
                brackets[-1] = max(0, brackets[-1] - 1)
            elif mark in ("+", ".") and not statement and blocks[-1].statements:
                current[-1] = statement = blocks[-1].statements.pop()  # it goes on with the line before
            statement.append(token)
    while len(blocks) > 1:
        _close(blocks, brackets, current, len(text))
    root.statements += [current[0]] if current[0] else []
    return root


def _close(blocks: list[Block], brackets: list[int], current: list[list[Token]], end: int) -> None:
    block, statement = blocks.pop(), current.pop()
    brackets.pop()
    block.span = Span(block.span.start, end)
    if statement:
        block.statements.append(statement)


def _continues(token: Token) -> bool:
    return isinstance(token, Mark) and token.text in ("+", ",", ".", "=", ":", "+=", "&", "|", "?")


def _tokens(text: str) -> Iterator[String | Mark]:
    at, before = 0, ""
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return
        span, kind = Span(found.start(), found.end()), found.lastgroup
        at = found.end()
        if kind == "quote":
            string = _string(text, span)
            at, before = string.span.end, "string"
            yield string
        elif kind == "line":
            before = ""
            yield Mark("\n", span)
        elif kind == "mark" and found[0] == "/" and before in _BEFORE_A_PATTERN:
            end = _slashy(text, at)
            inner = Span(at, max(at, end - (text[end - 1 : end] == "/")))
            string = String((Part(text[inner.start : inner.end], inner),), Span(span.start, end), "/")
            at, before = end, "string"
            yield string
        elif kind != "skip":
            before = found[0]
            yield Mark(found[0], span)


_BEFORE_A_PATTERN = ("(", ",", "=", "~", "[", ":", "+", "return", "sh")


def _slashy(text: str, at: int) -> int:
    """Where a `/pattern/` ends; it does not go beyond its line."""
    while at < len(text) and text[at] not in "/\n":
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text)) if at < len(text) and text[at] == "/" else min(at, len(text))


def _string(text: str, opening: Span) -> String:
    quote = text[opening.start : opening.end]
    end, interpolated, one_line = _ENDS[quote], quote[0] in '"$', len(quote) == 1
    parts: list[Part] = []
    stop = re.compile(r"\\|\$|" + re.escape(end) + (r"|\n" if one_line else ""))
    at = start = opening.end
    while True:
        found = stop.search(text, at)
        at = found.start() if found else len(text)
        mark = found[0] if found else ""
        if mark == "\\" or (mark == "$" and interpolated):
            if quote == "$/" and mark == "\\":
                at += 1
                continue
            part = _escape(text, at) if mark == "\\" else _hole(text, at)
            if part is None:
                at += 1
                continue
            if at > start:
                parts.append(Part(text[start:at], Span(start, at)))
            parts.append(part)
            at = start = part.span.end
        elif mark == "$":
            at += 1
        else:
            if at > start:
                parts.append(Part(text[start:at], Span(start, at)))
            closed = at if mark in ("", "\n") else at + len(mark)
            return String(tuple(parts), Span(opening.start, closed), quote)


def _escape(text: str, at: int) -> Part:
    mark = text[at + 1 : at + 2]
    if mark == "\r" and text[at + 2 : at + 3] == "\n":
        mark = "\r\n"
    code = text[at + 2 : at + 6] if mark == "u" else ""
    if len(code) == 4 and all(c in "0123456789abcdefABCDEF" for c in code):
        return Part(chr(int(code, 16)), Span(at, at + 6))
    return Part(_ESCAPES.get(mark, mark), Span(at, at + 1 + len(mark)))


def _hole(text: str, at: int) -> Part | None:
    """`$name.name` or `${ expression }`; its `text` is the name where it is nothing else."""
    found = _HOLE.match(text, at)
    if not found:
        return None
    if found[1]:
        return Part(found[1], Span(at, found.end()), hole=True)
    depth, end = 1, found.end()
    limit = min(len(text), end + 2000)
    while end < limit and depth and text[end] != "\n":
        depth += (text[end] == "{") - (text[end] == "}")
        end += 1
    name = _PATH.fullmatch(text, found.end(), end - 1) if not depth else None
    return Part(name[1] if name else "", Span(at, end), hole=True)
