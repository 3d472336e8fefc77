"""JSON as it is written by hand: with comments, trailing commas, single quotes, and half typed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from pep668.text import Escaped, Notation, Span, one_line

from ._written import WrittenMap, written
from .node import Entry, Mapping, Node, Scalar, Sequence

# Deeper containers are read as empty ones, so that whoever walks the tree may recurse.
DEPTH = 200

_TOKEN = re.compile(
    r"""[\s\ufeff]*
    (?: (?P<mark>[\[\]{},:])
      | (?P<string>"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*\\?(?P<closed>"?))
      | (?P<single>'[^'\\\r\n]*(?:\\[^\r\n][^'\\\r\n]*)*\\?(?P<done>'?))
      | (?P<word>(?:[^\s\ufeff\[\]{},:"'/]|/(?![/*]))+)
      | (?P<comment>//[^\r\n]*|/\*)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))"
)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_BRACKET = re.compile(
    r"""[^"\[\]{}]*(?:"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*\\?"?[^"\[\]{}]*)*([\[\]{}]?)""",
)


def _unescape(found: re.Match[str]) -> str:
    high, low, code, byte, other = found.groups()
    if other is not None:
        return _NAMED.get(other, other)
    if high is not None:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))
    value = chr(int(code or byte, 16))
    return "\ufffd" if "\ud800" <= value <= "\udfff" else value  # half a character cannot be encoded


def _notation(quote: str) -> Notation:
    named = {v: f"\\{k}" for k, v in _NAMED.items() if k in "ntrbf"}
    controls = {chr(i): named.get(chr(i), f"\\u{i:04x}") for i in range(0x20)}
    return Escaped((*controls.items(), ("\\", "\\\\"), (quote, f"\\{quote}")))


DOUBLE = _notation('"')
_SINGLE = _notation("'")


@dataclass(slots=True)
class _Frame:
    """A container that is being read. `key` waits for its value since `colon`."""

    mark: str
    start: int
    entries: list[Entry] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    key: Scalar | None = None
    colon: bool = False

    def add(self, node: Node) -> None:
        if self.mark == "[":
            self.items.append(node)
        elif self.key is not None and self.colon:
            self.entries.append(Entry(self.key, node, self.key.span.to(node.span)))
            self.key, self.colon = None, False
        elif isinstance(node, Scalar):
            self.key = node

    def settle(self) -> None:
        """End an entry: a key whose value is not there yet has nothing."""
        if self.key is not None and self.colon:
            self.add(_nothing(self.key.span.end))
        self.key, self.colon = None, False

    def finish(self, end: int) -> Node:
        self.settle()
        span = Span(self.start, end)
        return Mapping(tuple(self.entries), span) if self.mark == "{" else Sequence(tuple(self.items), span)


def parse(text: str, *, skip: Collection[str] = ()) -> Node:
    """The value of a JSON text; a missing scalar where there is none.

    Containers that are values of the keys `skip` are read as empty ones, in a tenth of the time.
    """
    stack = [_Frame("[", 0)]
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        kind = found.lastgroup
        mark = found["mark"]
        frame = stack[-1]
        if mark is None:
            if kind == "comment":
                if found["comment"] == "/*":
                    close = text.find("*/", at)
                    at = close + 2 if close >= 0 else len(text)
            else:
                frame.add(_scalar(text, found, kind or ""))
        elif mark in "[{":
            opened = _Frame(mark, at - 1)
            if len(stack) > DEPTH or (skip and frame.colon and frame.key and frame.key.value in skip):
                at = _behind(text, at - 1)
                frame.add(opened.finish(at))
            else:
                stack.append(opened)
        elif mark == ",":
            frame.settle()
        elif mark == ":":
            _colon(text, stack)
        else:
            _close(stack, "[" if mark == "]" else "{", at)
    while len(stack) > 1:
        opened = stack.pop()
        stack[-1].add(opened.finish(len(text)))
    roots = stack[0].items
    return next((r for r in roots if not isinstance(r, Scalar)), roots[0] if roots else _nothing(0))


def _scalar(text: str, found: re.Match[str], kind: str) -> Scalar:
    if kind == "word":
        start, end = found.span("word")
        return Scalar(found["word"], Span(start, end), WrittenMap(text, start, end), notation=one_line)
    # `lastgroup` is the innermost one: the closing quote.
    group, close = ("string", "closed") if kind in ("string", "closed") else ("single", "done")
    start, end = found.span(group)
    style, notation = ("double", DOUBLE) if group == "string" else ("single", _SINGLE)
    value, where = written(text, start + 1, end - len(found[close]), _ESCAPE, _unescape)
    return Scalar(value, Span(start, end), where, style, notation)


def _nothing(at: int) -> Scalar:
    return Scalar("", Span(at, at), WrittenMap("", at, at), notation=one_line)


def _close(stack: list[_Frame], mark: str, end: int) -> None:
    """Close the innermost container of that kind, and what was left open in it; none: a stray bracket."""
    if not any(frame.mark == mark for frame in stack[1:]):
        return
    while True:
        closed = stack.pop()
        stack[-1].add(closed.finish(end))
        if closed.mark == mark:
            return


def _colon(text: str, stack: list[_Frame]) -> None:
    frame = stack[-1]
    if frame.mark == "{":
        last = frame.entries[-1] if frame.entries and frame.key is None else None
        if last is not None and _is_key(text, last.value, last.key):
            # `"a":` has no value yet, and the next line's key was taken for it.
            frame.entries[-1] = Entry(last.key, _nothing(last.key.span.end), last.key.span)
            frame.key = last.value if isinstance(last.value, Scalar) else None
        frame.colon = frame.key is not None
    elif len(stack) > 1 and stack[-2].mark == "{" and frame.items:
        item = frame.items[-1]
        if isinstance(item, Scalar) and item.style != "plain":
            # `"a": ["x",` was not closed, and the next key was taken for an item.
            frame.items.pop()
            stack.pop()
            stack[-1].add(frame.finish(frame.items[-1].span.end if frame.items else frame.start + 1))
            stack[-1].key, stack[-1].colon = item, True


def _is_key(text: str, value: Node, key: Scalar) -> bool:
    return isinstance(value, Scalar) and value.style != "plain" and "\n" in text[key.span.end : value.span.start]


def _behind(text: str, start: int) -> int:
    """Behind the container that opens at `start`; a bracket that closes what holds it ends it too."""
    opened: list[str] = []
    at = start
    while (found := _BRACKET.match(text, at)) and found[1]:
        at = found.end()
        if found[1] in "[{":
            opened.append(found[1])
        elif opened.pop() != ("[" if found[1] == "]" else "{"):
            return at - 1
        if not opened:
            return at
    return len(text)
