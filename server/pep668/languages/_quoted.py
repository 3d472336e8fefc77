"""Strings and heredocs of languages that hold shell text: Ruby, HCL, Nix. Exact places, templates unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

Made = tuple[str, SourceMap]
_HEREDOC = re.compile(r"<<([-~]?)([\"']?)([A-Za-z_]\w*)\2")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "s": " "}


@dataclass(frozen=True, slots=True)
class Heredoc:
    """`<<~EOF`: `opened` covers the operator, `body` the lines up to the terminator's, `end` is behind that."""

    opened: Span
    body: Span
    end: int
    dedent: bool
    raw: bool


def heredoc(text: str, at: int) -> Heredoc | None:
    """The heredoc whose operator stands at `at`; its body begins on the next line."""
    found = _HEREDOC.match(text, at)
    if found is None:
        return None
    start = text.find("\n", found.end()) + 1
    if not start:
        return None
    end = re.compile(rf"^[ \t]*{re.escape(found[3])}[ \t]*\r?$", re.MULTILINE).search(text, start)
    stop = end.start() if end else len(text)
    behind = end.end() if end else len(text)
    return Heredoc(Span(*found.span()), Span(start, stop), behind, bool(found[1]), found[2] == "'")


def lines(text: str, span: Span, template: re.Pattern[str] | None, *, dedent: bool) -> Made:
    """The lines of a heredoc, without their common indentation if `dedent`, its templates as unknown parts."""
    rows = text[span.start : span.end].splitlines(keepends=True)
    indents = [len(r) - len(r.lstrip(" \t")) for r in rows if r.strip()]
    drop = min(indents, default=0) if dedent else 0
    out = MappedText()
    at = span.start
    for row in rows:
        skip = min(drop, len(row) - len(row.lstrip(" \t")))
        _piece(out, text, Span(at + skip, at + len(row)), template, escapes=False)
        at += len(row)
    return out.finish(span.start)


def string(text: str, span: Span, template: re.Pattern[str] | None, *, escapes: bool = True) -> Made:
    """What a quoted string holds; `span` is between its quotes."""
    out = MappedText()
    _piece(out, text, span, template, escapes=escapes)
    return out.finish(span.start)


def _piece(out: MappedText, text: str, span: Span, template: re.Pattern[str] | None, *, escapes: bool) -> None:
    at = span.start
    while at < span.end:
        found = template.match(text, at, span.end) if template is not None else None
        if found is not None:
            out.opaque(unknown(found[0]), Span(*found.span()))
            at = found.end()
        elif escapes and text[at] == "\\" and at + 1 < span.end:
            out.opaque(_ESCAPES.get(text[at + 1], text[at + 1]), Span(at, at + 2))
            at += 2
        else:
            out.verbatim(text[at], at)
            at += 1


def unknown(template: str) -> str:
    """A variable of no value for a template, named after it."""
    return "${__" + (re.sub(r"\W+", "_", template).strip("_")[:60] or "template") + "}"
