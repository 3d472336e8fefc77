"""Reads the tokens of Python, of whatever version and however broken: it never raises, and its time is linear.

Strings are taken apart far enough to know what they say and where each character of it stands. Sources: the
Python language reference, "Lexical analysis" (3.14), and PEP 701 for f-strings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from pep668.text import Span

NAME, STRING, NUMBER, OP, NEWLINE = range(5)

_TOKEN = re.compile(
    r"""(?P<skip>(?:[ \t\f\ufeff]+|\\\r?\n|\#[^\r\n]*)+)
    |(?P<newline>\r\n|\n|\r)
    |(?P<string>[rRbBuUfFtT]{0,3}(?:\"{3}|'{3}|"|'))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\.?\d(?:[eE][+-]\d|[\w.])*)
    |(?P<op>->|:=|\.\.\.|\*\*=?|//=?|<<=?|>>=?|[-+*/%&|^@=<>!]=?|.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {
    '"': re.compile(r'[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*', re.DOTALL),
    "'": re.compile(r"[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*", re.DOTALL),
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*', re.DOTALL),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*", re.DOTALL),
}
_FIELD = re.compile(r"[(\[{}\])'\"\\:!\r\n#]")
_SPEC = re.compile(r"[{}'\"\r\n]")
_IN_FORMATTED = {
    '"': re.compile(r'["\\{}\r\n]'),
    "'": re.compile(r"['\\{}\r\n]"),
    '"""': re.compile(r'"""|[\\{}]'),
    "'''": re.compile(r"'''|[\\{}]"),
}
_LONGEST_FIELD = 4000
_FAILURES = 64  # f-strings that are not understood; behind them all are read as plain strings are
_NESTING = 8

_ESCAPE = re.compile(
    r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}'\"\r\n]{1,100}\}|.)", re.DOTALL
)
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


class Field(NamedTuple):
    """`{expression!r:spec}` of an f-string. `start` and `end` cover the braces, `stop` ends the expression."""

    start: int
    stop: int
    end: int


class Literal(NamedTuple):
    """A string literal. `start` and `end` cover its quotes, `first` and `last` what is between them."""

    prefix: str
    start: int
    first: int
    last: int
    end: int
    fields: tuple[Field, ...] = ()

    @property
    def raw(self) -> bool:
        return "r" in self.prefix

    @property
    def formatted(self) -> bool:
        return "f" in self.prefix or "t" in self.prefix


class Token(NamedTuple):
    kind: int
    text: str
    start: int
    end: int
    literal: Literal | None = None


class Scanner:
    """The tokens of a text between two offsets; comments and blanks are left out, all line ends are there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._failures = 0

    def tokens(self, start: int = 0, end: int | None = None) -> Iterator[Token]:
        text = self.text
        limit = len(text) if end is None else end
        match = _TOKEN.match
        at = start
        while at < limit:
            found = match(text, at, limit)
            if found is None:  # cannot be: the last alternative matches any character
                return
            kind = found.lastgroup
            after = found.end()
            if kind == "name":
                yield Token(NAME, found[0], at, after)
            elif kind == "op":
                yield Token(OP, found[0], at, after)
            elif kind == "newline":
                yield Token(NEWLINE, "\n", at, after)
            elif kind == "string":
                literal = self._string(at, after, limit)
                after = literal.end
                yield Token(STRING, "", at, after, literal)
            elif kind == "number":
                yield Token(NUMBER, found[0], at, after)
            at = after

    def _string(self, start: int, first: int, limit: int) -> Literal:
        opening = self.text[start:first]
        prefix = opening.rstrip("\"'").lower()
        quote = opening[len(prefix) :]
        if ("f" in prefix or "t" in prefix) and self._failures < _FAILURES:
            found = self._formatted(prefix, start, first, quote, limit, 0)
            if found is not None:
                return found
            self._failures += 1
        return self._plain(prefix, start, first, quote, limit)

    def _plain(self, prefix: str, start: int, first: int, quote: str, limit: int) -> Literal:
        found = _CLOSING[quote].match(self.text, first, limit)
        last = found.end() if found else first
        closed = self.text.startswith(quote, last, limit)
        if not closed and last < limit and len(quote) == 3:
            last = limit
        return Literal(prefix, start, first, last, last + len(quote) if closed else last)

    def _formatted(self, prefix: str, start: int, first: int, quote: str, limit: int, depth: int) -> Literal | None:
        """An f-string with its fields; None where its braces make no sense."""
        text, special = self.text, _IN_FORMATTED[quote]
        fields: list[Field] = []
        at = first
        while found := special.search(text, at, limit):
            at, char = found.start(), found[0]
            if char == quote:
                return Literal(prefix, start, first, at, found.end(), tuple(fields))
            if char in "\r\n":
                return None
            if char == "\\":
                named = None if "r" in prefix else re.compile(r"\\N\{[^}'\"\r\n]*\}").match(text, at, limit)
                # A backslash does not escape a brace.
                at = named.end() if named else at + (1 if text[at + 1 : at + 2] in ("{", "}") else 2)
            elif text.startswith(char * 2, at):
                at += 2
            elif char == "{":
                field = self._field(at, min(limit, at + _LONGEST_FIELD), depth)
                if field is None:
                    return None
                fields.append(field)
                at = field.end
            else:
                at += 1
        return None

    def _field(self, start: int, limit: int, depth: int) -> Field | None:
        text = self.text
        brackets = 0
        stop = -1
        at = start + 1
        while found := _FIELD.search(text, at, limit):
            char, at = found[0], found.end()
            if char in "([{":
                brackets += 1
            elif char in ")]":
                brackets = max(0, brackets - 1)
            elif char == "}":
                if not brackets:
                    return Field(start, found.start() if stop < 0 else stop, at)
                brackets -= 1
            elif char in "'\"":
                inner = self._nested(found.start(), limit, depth)
                if inner is None:
                    return None
                at = inner
            elif char == "\\":
                at += 1
            elif char == "!" and not brackets and stop < 0 and not text.startswith("=", at):
                stop = found.start()
            elif char == ":" and not brackets and not text.startswith("=", at):
                stop = found.start() if stop < 0 else stop
                end = self._spec(at, limit, depth)
                return None if end is None else Field(start, stop, end)
        return None

    def _spec(self, at: int, limit: int, depth: int) -> int | None:
        """The offset behind the brace that ends a format specification."""
        while found := _SPEC.search(self.text, at, limit):
            if found[0] == "}":
                return found.end()
            if found[0] != "{" or depth >= _NESTING:
                return None
            field = self._field(found.start(), limit, depth + 1)
            if field is None:
                return None
            at = field.end
        return None

    def _nested(self, at: int, limit: int, depth: int) -> int | None:
        """The offset behind a string inside a field."""
        text = self.text
        before = at
        while before > 0 and text[before - 1] in "rRbBuUfFtT" and at - before < 2:
            before -= 1
        if before > 0 and (text[before - 1].isalnum() or text[before - 1] == "_"):
            before = at
        prefix = text[before:at].lower()
        quote = text[at] * 3 if text.startswith(text[at] * 3, at) else text[at]
        first = at + len(quote)
        if ("f" in prefix or "t" in prefix) and depth < _NESTING:
            found = self._formatted(prefix, before, first, quote, limit, depth + 1)
            return found.end if found else None
        plain = self._plain(prefix, before, first, quote, limit)
        return plain.end if plain.end > plain.last else None


class Part(NamedTuple):
    """A run of a literal's value. `exact`: it stands there as it is. `field`: its value is unknown."""

    text: str
    span: Span
    exact: bool = True
    field: Field | None = None


def parts(text: str, literal: Literal) -> Iterator[Part]:
    """The value of a literal, run by run, escapes decoded (those of bytes too, each byte as a character)."""
    at = literal.first
    for field in literal.fields:
        yield from _decoded(text, literal, at, field.start)
        yield Part("", Span(field.start, field.end), exact=False, field=field)
        at = field.end
    yield from _decoded(text, literal, at, literal.last)


_SPECIAL = re.compile(r"\\|\{\{|\}\}|\r\n?")


def _decoded(text: str, literal: Literal, start: int, end: int) -> Iterator[Part]:
    at = done = start
    bytes_ = "b" in literal.prefix
    while found := _SPECIAL.search(text, at, end):
        at = found.start()
        char = text[at]
        value: str | None
        if char == "\\":
            if literal.raw:
                at += 1
                continue
            escape = _ESCAPE.match(text, at, end)
            if escape is None:
                break
            after, value = escape.end(), _escaped(escape[0], bytes_=bytes_)
            if value is None or (literal.formatted and escape[0] in ("\\{", "\\}")):
                at += 1
                continue
        elif char == "\r":
            after, value = found.end(), "\n"
        elif literal.formatted:
            after, value = found.end(), char
        else:
            at = found.end()
            continue
        if at > done:
            yield Part(text[done:at], Span(done, at))
        if value:
            yield Part(value, Span(at, after), exact=False)
        at = done = after
    if end > done:
        yield Part(text[done:end], Span(done, end))


def _escaped(escape: str, *, bytes_: bool) -> str | None:
    """What an escape sequence stands for; None where it is none, and the backslash stays."""
    letter = escape[1:2]
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter in ("\n", "\r"):
        return ""
    if letter in "01234567":
        return chr(int(escape[1:], 8) & 0xFF) if bytes_ else chr(int(escape[1:], 8))
    if letter == "x" and len(escape) == 4:
        return chr(int(escape[2:4], 16))
    if bytes_:
        return None
    if letter in "uU" and len(escape) > 2:
        code = int(escape[2:10], 16)
        if 0xD800 <= code < 0xE000:
            return "\ufffd"  # half a character cannot be encoded
        return chr(code) if code <= 0x10FFFF else None
    if letter == "N" and len(escape) > 2:
        try:
            return unicodedata.lookup(escape[3:-1])
        except KeyError:
            return None
    return None


def value(text: str, literal: Literal) -> str | None:
    """The value of a literal; None where a part of it is known only when it runs."""
    return None if literal.fields else "".join(part.text for part in parts(text, literal))
