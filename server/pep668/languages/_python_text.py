"""What expressions of Python may say: text with unknown parts, lists of such texts, mappings of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from pep668.text import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, or (`hole`) a part that is not known, `text` being a name for it.

    `exact`: the characters stand at `span` as they are. `many`: the hole may be several words.
    `given`: it comes from the arguments with which a function of the text is called. `literal` covers the
    string literal, quotes included, that says this and nothing else.
    """

    text: str
    span: Span
    exact: bool = False
    hole: bool = False
    many: bool = False
    given: bool = False
    literal: Span | None = None


@dataclass(frozen=True, slots=True)
class Text:
    pieces: tuple[Piece, ...]

    @property
    def known(self) -> str | None:
        """The whole text, None where a part is not known."""
        return None if any(p.hole for p in self.pieces) else "".join(p.text for p in self.pieces)

    @property
    def symbolic(self) -> str:
        """The text with unknown parts as a shell's variables."""
        return "".join("${" + p.text + "}" if p.hole else p.text for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Words:
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Variables:
    """A mapping's entries with known keys, in order; None for a value that is no text."""

    entries: tuple[tuple[str, Text], ...]


Value = Text | Words | Variables


def name_of(source: str) -> str:
    """A name for an unknown part, from what stands there."""
    found = "_".join(re.findall(r"[A-Za-z0-9]+", source[:200]))[:48]
    return found if found and not found[0].isdigit() else f"value_{found}".rstrip("_")


def moved(text: Text, span: Span) -> Text:
    """The text as something that `span` stands for; what a function was given keeps its place."""
    return Text(tuple(p if p.given else replace(p, span=span, exact=False, literal=None) for p in text.pieces))


def as_many(text: Text) -> Text:
    """An unknown text as any number of words."""
    if len(text.pieces) == 1 and text.pieces[0].hole:
        return Text((replace(text.pieces[0], many=True),))
    return text


def size(value: Value) -> int:
    if isinstance(value, Text):
        return len(value.pieces)
    return len(value.items) if isinstance(value, Words) else len(value.entries)


def as_given(value: Value, places: Container[Span] | None = None) -> Value:
    """The value as one that a call gives: all of it, or what stands at one of the `places` and nothing else."""
    if isinstance(value, Text):
        return Text(tuple(replace(p, given=places is None or p.span in places) for p in value.pieces))
    if isinstance(value, Words):
        return Words(
            tuple(
                Text(tuple(replace(p, given=places is None or p.span in places) for p in t.pieces)) for t in value.items
            )
        )
    return value


def pieces_of(value: Value) -> Iterator[Piece]:
    """The pieces of a text or of a list's words."""
    if isinstance(value, Text):
        yield from value.pieces
    elif isinstance(value, Words):
        for item in value.items:
            yield from item.pieces


def joined_path(texts: list[Text]) -> Text:
    pieces: list[Piece] = []
    for text in texts:
        known = text.known
        if pieces and known is not None and known.startswith("/"):
            pieces = []
        if pieces and not (pieces[-1].text.endswith("/") and not pieces[-1].hole):
            at = pieces[-1].span.end
            pieces.append(Piece("/", Span(at, at)))
        pieces += text.pieces
    return Text(tuple(pieces))


def filled(
    text: Text,
    pattern: re.Pattern[str],
    value: Callable[[re.Match[str], Span], tuple[Piece, ...] | None],
) -> Text:
    """The text with its placeholders filled; `value` gives None for a doubled sign."""
    out: list[Piece] = []
    for piece in text.pieces:
        if piece.hole:
            out.append(piece)
            continue
        done = 0
        for match in pattern.finditer(piece.text):
            out += _run(piece, done, match.start())
            done = match.end()
            made = value(match, _within(piece, match.start(), match.end()))
            if made is None:
                here = _within(piece, match.start(), done)
                out.append(replace(piece, text=match[0][0], span=here, exact=False, literal=None))
            else:
                out += made
        out += _run(piece, done, len(piece.text))
    return Text(tuple(out))


def _within(piece: Piece, start: int, end: int) -> Span:
    return Span(piece.span.start + start, piece.span.start + end) if piece.exact else piece.span


def _run(piece: Piece, start: int, end: int) -> list[Piece]:
    return (
        [replace(piece, text=piece.text[start:end], span=_within(piece, start, end), literal=None)]
        if start < end
        else []
    )


def split(text: Text, *, quotes: bool = True) -> Words:
    """The words of a text; with `quotes` as a shell's quotes keep them together."""
    items: list[Text] = []
    current: list[Piece] = []
    quote = ""
    for piece in text.pieces:
        if piece.hole:
            current.append(piece)
            continue
        start = 0
        for at, char in enumerate(piece.text):
            if quote:
                if char == quote:
                    current += _run(piece, start, at)
                    start, quote = at + 1, ""
            elif char in "'\"" and quotes:
                current += _run(piece, start, at)
                start, quote = at + 1, char
            elif char.isspace():
                current += _run(piece, start, at)
                start = at + 1
                if current:
                    items.append(Text(tuple(current)))
                    current = []
        current += _run(piece, start, len(piece.text))
    if current:
        items.append(Text(tuple(current)))
    return Words(tuple(items))
