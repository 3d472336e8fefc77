"""Scalars of YAML: from the runs of text that one stands in to its value, with the place of every character."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pep668.text import Escaped, Indented, MappedText, Notation, SourceMap, Span, one_line

from .node import Scalar

# A run of the text on one line, without its line end.
Run = tuple[int, int]

SINGLE = Escaped((("'", "''"),))
DOUBLE = Escaped((("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")))

_ENDS_PLAIN = re.compile(r":(?:\s|$)|\s#|\n")
_BEGINS_OTHER = re.compile(r"[?:,\[\]{}#&*!|>'\"%@`]|-(?:\s|$)")
_ENDS_FLOW = re.compile(r"[,\[\]{}]")

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def plain_notation(text: str) -> str | None:
    """New text in a plain scalar; None where the scalar could become something else, wherever in it that stands."""
    return None if _ENDS_PLAIN.search(text) or _BEGINS_OTHER.match(text) else text


def flow_notation(text: str) -> str | None:
    """New text in a plain scalar between brackets."""
    return None if _ENDS_FLOW.search(text) else plain_notation(text)


def nothing(at: int, tag: str = "") -> Scalar:
    """The scalar of a value that is not there."""
    return Scalar("", Span(at, at), SourceMap.identity(0, at), notation=plain_notation, tag=tag)


def plain(text: str, runs: Sequence[Run], *, flow: bool, tag: str) -> Scalar:
    """A plain scalar; an empty run is a blank line."""
    notation = flow_notation if flow else plain_notation
    start, end = runs[0][0], runs[-1][1]
    if len(runs) == 1:
        return Scalar(text[start:end], Span(start, end), SourceMap.identity(end - start, start), "plain", notation, tag)
    out = MappedText()
    blank: list[Run] = []
    before: Run | None = None
    for run in runs:
        if run[0] == run[1]:
            blank.append(run)
            continue
        if before is not None:
            _fold(out, before, blank, run)
        out.verbatim(text[run[0] : run[1]], run[0])
        before = run
        blank.clear()
    value, mapped = out.finish(start)
    return Scalar(value, Span(start, end), mapped, "plain", notation, tag)


def _fold(out: MappedText, before: Run, blank: Sequence[Run], run: Run) -> None:
    """The line end before a run: a space, or as many line ends as blank lines stand there."""
    at = before[1]
    for place in blank:
        out.opaque("\n", Span(at, place[1]))
        at = place[1]
    if not blank:
        out.opaque(" ", Span(before[1], run[0]))


def quoted(text: str, runs: Sequence[Run], span: Span, tag: str) -> Scalar:
    """A quoted scalar from what stands between its quotes, a run a line."""
    double = text[span.start] == '"'
    out = MappedText()
    escaped = False  # the line end before this run
    last = len(runs) - 1
    blank: list[Run] = []
    before = runs[0]
    for i, (start, end) in enumerate(runs):
        if i:
            start += len(text[start:end]) - len(text[start:end].lstrip(" \t"))
        cut = False
        if i < last:
            cut = double and _backslashes(text, start, end) % 2 == 1
            if cut:
                end -= 1
            else:
                kept = start + len(text[start:end].rstrip(" \t"))
                # A blank behind a backslash is text.
                end = kept + 1 if double and kept < end and _backslashes(text, start, kept) % 2 == 1 else kept
        if 0 < i < last and start == end and not cut:
            blank.append((start, end))
            continue
        if i and (blank or not escaped):
            _fold(out, before, blank, (start, end))
        _unescape(out, text, start, end, double=double)
        blank, escaped, before = [], cut, (start, end)
    value, mapped = out.finish(runs[0][0])
    return Scalar(value, span, mapped, "double" if double else "single", DOUBLE if double else SINGLE, tag)


def _backslashes(text: str, start: int, end: int) -> int:
    at = end
    while at > start and text[at - 1] == "\\":
        at -= 1
    return end - at


def _unescape(out: MappedText, text: str, start: int, end: int, *, double: bool) -> None:
    mark = "\\" if double else "''"
    at = start
    while (found := text.find(mark, at, end)) >= 0:
        out.verbatim(text[at:found], at)
        at = found + 2
        if not double:
            out.opaque("'", Span(found, at))
            continue
        escape = _ESCAPE.match(text, found, end)
        made = _escaped(escape) if escape else None
        if escape is None or made is None:  # no escape of YAML: most likely a backslash was meant
            at = found + 1
            out.verbatim("\\", found)
        else:
            at = escape.end()
            out.opaque(made, Span(found, at))
    out.verbatim(text[at:end], at)


def _escaped(found: re.Match[str]) -> str | None:
    if found[4]:
        return _ESCAPES.get(found[4])
    code = int(found[1] or found[2] or found[3], 16)
    if 0xD800 <= code < 0xE000:  # half a pair is no character
        return "\ufffd"
    return chr(code) if code <= 0x10FFFF else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block scalar: its text without the indentation; `stop` is behind its line end."""

    start: int
    end: int
    stop: int
    blank: bool


def block(text: str, header: Span, lines: Sequence[Line], prefix: str, chomping: str, tag: str) -> Scalar:
    """A literal or folded scalar; `chomping` is `+`, `-` or "" as in its header."""
    folded = text[header.start] == ">"
    out = MappedText()
    before: Line | None = None
    blank: list[Line] = []
    for line in lines:
        if line.blank:
            blank.append(line)
            continue
        if before is not None:
            if folded and _flush(text, before) and _flush(text, line):
                if not blank:
                    out.opaque(" ", Span(before.end, line.start))
            else:
                _line_end(out, text, before)
        for one in blank:
            _line_end(out, text, one)
        blank.clear()
        out.verbatim(text[line.start : line.end], line.start)
        before = line
    if before is not None and chomping != "-":
        _line_end(out, text, before)
    if chomping == "+":
        for one in blank:
            _line_end(out, text, one)
    value, mapped = out.finish(header.end)
    notation: Notation = one_line if folded else Indented(prefix)
    span = Span(header.start, before.end if before else header.end)
    return Scalar(value, span, mapped, "folded" if folded else "literal", notation, tag)


def _flush(text: str, line: Line) -> bool:
    return text[line.start] not in " \t"


def _line_end(out: MappedText, text: str, line: Line) -> None:
    if line.stop - line.end == 1 and text[line.end] == "\n":
        out.verbatim("\n", line.end)
    elif line.stop > line.end:
        out.opaque("\n", Span(line.end, line.stop))
