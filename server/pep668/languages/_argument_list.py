"""Commands written as a JSON array of strings (`["pip", "install", "x"]`), as shell text with exact places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\.)*)"')
_SPACE = re.compile(r"\s*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_SPECIAL_FIRST = re.compile(
    r"[A-Za-z_]\w*\+?=.*|if|then|elif|else|fi|for|while|until|do|done|case|esac|in|time|function|select"
)
_PART = re.compile(r"[^\\]+|\\u[0-9a-fA-F]{4}|\\.")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Item:
    """One string of an array. `span` covers it with its quotes; `parts` are its text and where each stands."""

    value: str
    span: Span
    parts: tuple[tuple[str, Span], ...]


def parse(text: str) -> list[Item] | None:
    """The strings of a text that is a JSON array of nothing else; None for any other text."""
    at = _space(text, 0)
    if text[at : at + 1] != "[":
        return None
    items: list[Item] = []
    at = _space(text, at + 1)
    while found := _STRING.match(text, at):
        items.append(_item(found))
        at = _space(text, found.end())
        if text[at : at + 1] != ",":
            break
        at = _space(text, at + 1)
        if text[at : at + 1] == "]":
            return None
    if text[at : at + 1] != "]" or _space(text, at + 1) != len(text):
        return None
    return items


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _item(found: re.Match[str]) -> Item:
    parts: list[tuple[str, Span]] = []
    for part in _PART.finditer(found[1]):
        written = part[0]
        span = Span(part.start(), part.end()).shift(found.start(1))
        if written.startswith("\\u") and len(written) == 6:
            written = chr(int(written.removeprefix("\\u"), 16))
        elif written.startswith("\\"):
            written = _ESCAPES.get(written[1], written[1])
        parts.append((written, span))
    return Item("".join(t for t, _ in parts), Span(found.start(), found.end()), tuple(parts))


def as_shell(items: list[Item]) -> tuple[str, SourceMap]:
    """The arguments as one line of shell, quoted where they need it; the map leads to the array's text."""
    out = MappedText()
    for index, item in enumerate(items):
        opening = Span(item.span.start, item.span.start + 1)
        if index:
            out.opaque(" ", Span(items[index - 1].span.end, item.span.start))
        special = not index and _SPECIAL_FIRST.fullmatch(item.value)
        quoted = bool(special) or not _PLAIN.fullmatch(item.value)
        if quoted:
            out.opaque("'", opening)
        for text, span in item.parts:
            _part(out, text, span, quoted)
        if quoted:
            out.opaque("'", Span(item.span.end - 1, item.span.end))
    return out.finish(items[0].span.start if items else 0)


def _part(out: MappedText, text: str, span: Span, quoted: bool) -> None:
    if len(text) != len(span):
        out.opaque(text.replace("'", "'\\''") if quoted else text, span)
        return
    for run in re.finditer(r"[^']+|'", text):
        if run[0] == "'":
            out.opaque("'\\''", Span(run.start(), run.end()).shift(span.start))
        else:
            out.verbatim(run[0], span.start + run.start())
