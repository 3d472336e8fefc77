"""Code in sentences, as the document languages with backticks write it, with exact places."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from pep668.text import MappedText, SourceMap, Span

_RUN = re.compile(r"`+")
_MARK = re.compile(r"\\.|`+|<(?:code|kbd|tt|pre|codeblock)\b", re.DOTALL | re.IGNORECASE)
_ELEMENT = re.compile(r"<(code|kbd|tt|pre|codeblock)\b[^>]{0,200}>.{0,2000}?</\1\s*>", re.DOTALL | re.IGNORECASE)
_LINE_END = re.compile(r"[ \t]*\r?\n[ \t>]*|\\\|")


def spans(text: str) -> Iterator[tuple[str, Span]]:
    """`code` or `html`, and where: code between runs of as many backticks (CommonMark 6.1), elements that hold code."""
    by_length: dict[int, list[int]] = {}
    for run in _RUN.finditer(text):
        by_length.setdefault(len(run[0]), []).append(run.start())
    at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark[0][0] == "\\":
            continue
        if mark[0][0] == "<":
            element = _ELEMENT.match(text, mark.start())
            if element:
                yield "html", Span(element.start(), element.end())
                at = element.end()
            continue
        closing = by_length.get(len(mark[0]), [])
        index = bisect_left(closing, at)
        if index < len(closing):
            yield "code", Span(at, closing[index])
            at = closing[index] + len(mark[0])


def unfolded(text: str, span: Span) -> tuple[str, SourceMap]:
    """The code in a span on one line: line ends (with what the next line begins with) are a blank, `\\|` a bar."""
    out = MappedText()
    done = span.start
    for end in _LINE_END.finditer(text, span.start, span.end):
        out.verbatim(text[done : end.start()], done)
        out.opaque("|" if end[0] == "\\|" else " ", Span(end.start(), end.end()))
        done = end.end()
    out.verbatim(text[done : span.end], done)
    return out.finish(span.start)


def marks(text: str, at: int) -> int:
    """How many backticks stand before a place."""
    begin = at
    while begin and text[begin - 1] == "`":
        begin -= 1
    return at - begin
