"""Commands written as a list of strings (`[sh, -c, pip install x]`), as shell text with exact places."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pep668.syntax.node import Scalar, items
from pep668.text import MappedText, Notation, Segment, SourceMap, Span

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_SPECIAL_FIRST = re.compile(
    r"[A-Za-z_]\w*\+?=.*|if|then|elif|else|fi|for|while|until|do|done|case|esac|in|time|function|select", re.DOTALL
)

_SPECIAL_IN_DOUBLE = re.compile(r"[\"$`\\!]")


def strings(text: str) -> list[Scalar] | None:
    """The strings of a text that is a JSON array of nothing else, as Docker demands it; None for any other text."""
    if not text.lstrip(" \t\r\n").startswith("["):
        return None
    from json import loads

    from pep668.syntax import json

    try:
        values = loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return [item for item in items(json.parse(text)) if isinstance(item, Scalar)]


def as_shell(nodes: Iterable[Scalar]) -> tuple[str, SourceMap]:
    """The arguments as one line of shell, quoted where they need it; the map leads to the scalars' own text."""
    out = MappedText()
    before: Scalar | None = None
    for node in nodes:
        if before is not None:
            end = before.span.end
            out.opaque(" ", Span(end, max(end, node.span.start)))
        quote = _quote(node.value, first=before is None)
        if quote:
            out.opaque(quote, Span(node.span.start, min(node.span.start + 1, node.span.end)))
        for segment in node.map.segments:
            _part(out, node.value[segment.inner.start : segment.inner.end], segment, quote)
        if quote:
            out.opaque(quote, Span(max(node.span.start, node.span.end - 1), node.span.end))
        before = node
    return out.finish()


def notation(nodes: Iterable[Scalar]) -> Notation:
    """How new text is written in the one argument that is a script; None for what would be several arguments."""
    nodes = tuple(nodes)
    scripts = [n for n in nodes if len(n.value.split()) > 1]

    def write(text: str) -> str | None:
        if len(scripts) == 1:
            return scripts[0].notation(text)
        written = {n.notation(text) for n in nodes}
        return written.pop() if len(written) == 1 and not re.search(r"\s", text) else None

    return write


def _quote(text: str, *, first: bool) -> str:
    """The quotes that an argument needs, if any: those within which its text stands as it is, if there are such."""
    if _PLAIN.fullmatch(text) and not (first and _SPECIAL_FIRST.fullmatch(text)):
        return ""
    return '"' if "'" in text and not _SPECIAL_IN_DOUBLE.search(text) else "'"


def _part(out: MappedText, text: str, segment: Segment, quote: str) -> None:
    if not segment.verbatim:
        out.opaque(text.replace("'", "'\\''") if quote == "'" else text, segment.outer)
        return
    for run in re.finditer(r"[^']+|'", text) if quote == "'" else re.finditer(r"(?s).+", text):
        if quote == "'" and run[0] == "'":
            out.opaque("'\\''", Span(run.start(), run.end()).shift(segment.outer.start))
        else:
            out.verbatim(run[0], segment.outer.start + run.start())
