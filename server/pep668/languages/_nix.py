"""The strings of Nix expressions, what is put into them and what they are values of. Linear, never raises.

Source: the Nix manual, "String literal" (escapes, antiquotation, indented strings).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pep668.text import Span

_CODE = re.compile(
    r"(?P<skip>\s+|#[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
    r"|(?P<operator>==|!=|<=|>=)|(?P<equals>=)|(?P<semicolon>;)|(?P<indented>'')|(?P<quoted>\")"
    r"|(?P<open>\$?\{|[(\[])|(?P<close>[})\]])|(?P<name>\.?[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)|(?P<other>.)",
    re.DOTALL,
)
_INDENTED = re.compile(
    r"(?P<escape>'''|''\$|''\\.|\$\$)|(?P<open>\$\{)|(?P<end>'')|(?P<text>(?:[^'$]|'(?!')|\$(?![{$]))+)", re.DOTALL
)
_QUOTED = re.compile(r"(?P<escape>\\.|\$\$)|(?P<open>\$\{)|(?P<end>\")|(?P<text>(?:[^\"\\$]|\$(?![{$]))+)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(slots=True)
class Part:
    """A piece of a string: text that stands so, an escape's `value`, or `code` in `${ }` with its `strings`."""

    span: Span
    value: str | None = None
    code: bool = False
    strings: list[String] = field(default_factory=list)


@dataclass(slots=True)
class String:
    """A string with its quotes. `attribute` names what it is (a part of) the value of, `callers` are the functions
    that it is an argument of, the innermost last."""

    span: Span
    indented: bool
    attribute: str
    callers: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class _Code:
    """An open bracket: the attribute whose value is read in it, and the names since that began."""

    strings: list[String]
    attribute: str = ""
    names: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    last: str = ""
    outer: list[str] = field(default_factory=list)  # of `let`s that are open
    heads: int = 0  # `with` and `assert`, whose semicolon ends nothing
    part: Part | None = None


_MOST_NAMES = 6


def strings(text: str) -> list[String]:
    """The strings of a text that are not inside another one, in order; those inside are in its parts."""
    found: list[String] = []
    stack: list[_Code | String] = [_Code(found)]
    at = 0
    while at < len(text):
        top = stack[-1]
        at = _string(text, at, top, stack) if isinstance(top, String) else _code(text, at, top, stack)
    for frame in stack:  # what is not closed ends with the text
        if isinstance(frame, String):
            frame.span = Span(frame.span.start, len(text))
        elif frame.part is not None:
            frame.part.span = Span(frame.part.span.start, len(text))
    return found


def _code(text: str, at: int, frame: _Code, stack: list[_Code | String]) -> int:
    found = _CODE.match(text, at)
    if found is None:
        return at + 1
    kind = found.lastgroup
    if kind == "name":
        _name(found[0], frame)
    elif kind == "equals":
        frame.attribute, frame.names = frame.last.rpartition(".")[2], ()
    elif kind == "semicolon":
        if frame.heads:
            frame.heads -= 1
        else:
            frame.attribute, frame.names = "", ()
    elif kind in ("indented", "quoted"):
        string = String(
            Span(found.start(), found.end()), kind == "indented", frame.attribute, (*frame.around, *frame.names)
        )
        frame.strings.append(string)
        stack.append(string)
    elif kind == "open":
        inherits = found[0] == "("
        stack.append(
            _Code(
                frame.strings,
                frame.attribute if inherits else "",
                around=(*frame.around, *frame.names)[-_MOST_NAMES:],
            )
        )
    elif kind == "close" and len(stack) > 1:
        stack.pop()
        if frame.part is not None:
            frame.part.span = Span(frame.part.span.start, found.end())
    return found.end()


def _name(name: str, frame: _Code) -> None:
    if name in ("with", "assert"):
        frame.heads += 1
    elif name == "let":
        frame.outer.append(frame.attribute)
    elif name == "in":
        frame.attribute, frame.names = frame.outer.pop() if frame.outer else frame.attribute, ()
    else:
        frame.last = name
        frame.names = (*frame.names, name)[-_MOST_NAMES:]


def _string(text: str, at: int, frame: String, stack: list[_Code | String]) -> int:
    found = (_INDENTED if frame.indented else _QUOTED).match(text, at)
    if found is None:
        return at + 1
    kind, span = found.lastgroup, Span(found.start(), found.end())
    if kind == "end":
        frame.span = Span(frame.span.start, found.end())
        stack.pop()
    elif kind == "open":
        part = Part(span, code=True)
        frame.parts.append(part)
        stack.append(_Code(part.strings, part=part))
    elif kind == "escape":
        frame.parts.append(Part(span, _escaped(found[0])))
    else:
        frame.parts.append(Part(span))
    return found.end()


def _escaped(written: str) -> str:
    if written == "$$":
        return "$$"
    last = written[-1]
    if written[-2:-1] == "\\":
        return _ESCAPES.get(last, last)
    return "''" if written == "'''" else last
