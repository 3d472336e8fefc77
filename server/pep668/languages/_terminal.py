"""What a terminal shows of a line of raw output, with a map back to the raw text.

Escape sequences vanish, `\\r` and cursor positioning begin a new piece, cursor-forward becomes blanks, the
alternate screen (editors, pagers) is not output at all. JSON, notebook, Ansible and `repr` escapes are undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

# CSI; OSC, DCS, PM, APC, SOS up to their terminator (Buildkite ends its APC as an OSC ends); other escapes; control
# characters, byte order mark.
_CONTROL = re.compile(
    r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
    r"|[\x00-\x08\x0a-\x1f\x7f-\x9f\ufeff]"
)
_ANY_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ufeff]")
_ALTERNATE = frozenset({"?47", "?1047", "?1049"})
_MOVES = frozenset("ABEFHfdu")  # up, down, next and previous line, position, restore: what follows stands elsewhere
_RESTORE = "\x1b8"
ALTERNATE_NEEDLES = tuple(f"\x1b[{p}" for p in sorted(_ALTERNATE))

_ESCAPE = re.compile(
    r"(?P<bytes>(?:\\x[0-9a-fA-F]{2})+)|(?P<octals>(?:\\[23][0-7]{2})+)"
    r"|\\(?:u(?P<unit>[0-9a-fA-F]{4})|(?P<octal>0?33)|(?P<letter>[nrteabfv\"'/\\]))"
)
_TELLING = re.compile(r"\\(?:n|r|u00|u25|x1b|x[cC]3|0?33|[23][0-7]{2}|e\[)")
_NEWLINE = re.compile(r"\r*\n|\r")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "a": "", "b": "", "f": "", "v": ""}
_UNESCAPE_ROUNDS = 3  # JSON in JSON in a log


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A visible line. `span` is the raw line in the output; `maps` lead there, the innermost first.

    `escaped` means that it stood inside a string literal of some kind, whose text `shift` places it in.
    """

    text: str
    maps: tuple[SourceMap, ...]
    span: Span
    escaped: bool = False
    shift: int = 0

    def offset(self, at: int) -> int:
        """Where the character at `at` begins in the output."""
        at += self.shift
        for where in self.maps:
            at = where.offset(at)
        return at

    def end_offset(self, at: int) -> int:
        """Where the character before `at` ends in the output."""
        if at <= 0:
            return self.offset(0)
        at += self.shift
        for where in self.maps:
            at = where.end_offset(at)
        return at

    @property
    def end(self) -> int:
        """Where the visible text ends in the output."""
        return self.end_offset(len(self.text))


class Screen:
    """The only state that a line leaves behind: whether the alternate screen is on."""

    __slots__ = ("alternate",)

    def __init__(self) -> None:
        self.alternate = False

    def lines(self, raw: str, start: int, *, unescape: bool = True) -> Iterator[Line]:
        """The visible lines of one raw line (without its `\\n`) that stands at `start` of the output."""
        span = Span(start, start + len(raw))
        for text, where in self._visible(raw, start):
            if unescape and "\\" in text and _TELLING.search(text):
                yield from _unescaped(text, where, span)
            else:
                yield Line(text, (where,), span)

    def _visible(self, raw: str, start: int) -> Iterator[tuple[str, SourceMap]]:
        if not self.alternate and not _ANY_CONTROL.search(raw):
            yield raw, SourceMap.identity(len(raw), start)
            return
        whole = raw.rstrip("\r")
        piece = MappedText()
        alone = True
        done = 0
        for match in _CONTROL.finditer(whole):
            if not self.alternate:
                # A backspace takes back what a spinner drew.
                end = match.start() - (match.group() == "\b")
                piece.verbatim(whole[done:end], start + done)
            done = match.end()
            final, parameters = match["final"], match["parameters"] or ""
            if match.group() in ("\r", _RESTORE) or final in _MOVES or (final == "G" and parameters in ("", "0", "1")):
                text, where = piece.finish(start + match.start())
                if text.strip():
                    alone = False
                    yield text, where
                piece = MappedText()
            elif final == "C" and not self.alternate:
                count = int(parameters) if parameters.isdecimal() and len(parameters) < 4 else 1
                piece.opaque(" " * min(count, 500), Span(start + match.start(), start + match.end()))
            elif final in ("h", "l") and parameters in _ALTERNATE:
                self.alternate = final == "h"
        if not self.alternate:
            piece.verbatim(whole[done:], start + done)
        text, where = piece.finish(start + len(whole))
        if text.strip() or alone:
            yield text, where


def _unescaped(text: str, where: SourceMap, span: Span) -> Iterator[Line]:
    """The lines that a text with backslash escapes stands for."""
    maps: tuple[SourceMap, ...] = (where,)
    for _ in range(_UNESCAPE_ROUNDS):
        text, inner = _unescape_once(text)
        maps = (inner, *maps)
        if not _TELLING.search(text):
            break
    if "\x1b" in text:
        text, inner = _without_control(text)
        maps = (inner, *maps)
    start = 0
    for end in _NEWLINE.finditer(text):
        yield Line(text[start : end.start()], maps, span, escaped=True, shift=start)
        start = end.end()
    yield Line(text[start:], maps, span, escaped=True, shift=start)


def _unescape_once(text: str) -> tuple[str, SourceMap]:
    out = MappedText()
    done = 0
    for match in _ESCAPE.finditer(text):
        out.verbatim(text[done : match.start()], done)
        done = match.end()
        if match["bytes"]:
            value = bytes.fromhex(match["bytes"].replace("\\x", "")).decode("utf-8", "replace")
        elif match["octals"]:
            value = bytes(int(o, 8) for o in match["octals"].split("\\")[1:]).decode("utf-8", "replace")
        elif match["unit"]:
            code = int(match["unit"], 16)
            value = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        elif match["octal"]:
            value = "\x1b"
        else:
            value = _LETTERS.get(match["letter"], match["letter"])
        out.opaque(value, Span(match.start(), match.end()))
    out.verbatim(text[done:], done)
    return out.finish()


def _without_control(text: str) -> tuple[str, SourceMap]:
    out = MappedText()
    done = 0
    for match in _CONTROL.finditer(text):
        keep = match.end() if match.group() in ("\n", "\r") else match.start()
        out.verbatim(text[done:keep], done)
        done = match.end()
    out.verbatim(text[done:], done)
    return out.finish()
