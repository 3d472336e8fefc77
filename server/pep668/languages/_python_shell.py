"""Texts and argument lists of Python as shell text, with the way back to where they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pep668.text import MappedText, Notation, SourceMap, Span

from ._python import Literal
from ._python_text import Piece, Text, Words
from ._python_tree import Node, Str

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~\[\]-]+")
_SPECIAL_FIRST = re.compile(
    r"[A-Za-z_]\w*\+?=.*|if|then|elif|else|fi|for|while|until|do|done|case|esac|in|time|function|select", re.DOTALL
)


def in_order(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with places that never go back: what stands before the piece in front has no place of its own."""
    start = end = 0
    for piece in pieces:
        if piece.span.start < start or (piece.literal or piece.span).end < end:
            piece = replace(piece, span=Span(end, end), exact=False, literal=None)
        start, end = piece.span.start, (piece.literal or piece.span).end
        yield piece


def from_text(text: Text) -> tuple[str, SourceMap]:
    """A text that a shell reads; its unknown parts become variables."""
    out = MappedText()
    for piece in in_order(text.pieces):
        if piece.hole:
            out.opaque("${" + piece.text + "}", piece.span)
        elif piece.exact:
            out.verbatim(piece.text, piece.span.start)
        else:
            out.opaque(piece.text, piece.span)
    return out.finish()


def from_words(words: Words) -> tuple[str, SourceMap]:
    """Arguments that no shell reads, quoted where one would read them otherwise."""
    out = MappedText()
    last = 0
    flat = list(in_order(p for item in words.items for p in (item.pieces or (Piece("", Span(0, 0)),))))
    at = 0
    for index, item in enumerate(words.items):
        pieces = flat[at : at + (len(item.pieces) or 1)]
        at += len(pieces)
        alone = pieces[0].literal if len(pieces) == 1 and _is_word(pieces[0].text, index) else None
        start = (alone or pieces[0].span).start
        if index:
            out.opaque(" ", Span(min(last, start), start))
        if alone is not None:
            last = alone.end
            out.opaque(pieces[0].text, alone)
            continue
        if not any(p.text for p in pieces):
            out.opaque("''", Span(start, start))
        for number, piece in enumerate(pieces):
            _quoted(out, piece, special=not index and not number)
        last = pieces[-1].span.end
    return out.finish()


def _quoted(out: MappedText, piece: Piece, *, special: bool) -> None:
    if piece.hole:
        name = "${" + piece.text + "}"
        out.opaque(name if piece.many else f'"{name}"', piece.span)
    elif not piece.text:
        return
    elif _is_plain(piece.text) and not (special and _SPECIAL_FIRST.fullmatch(piece.text)):
        _add(out, piece, piece.text, piece.span)
    else:
        start, end = piece.span.start, piece.span.end
        out.opaque("'", Span(start, start))
        if piece.exact:
            for run in re.finditer(r"[^']+|'", piece.text):
                span = Span(start + run.start(), start + run.end())
                if run[0] == "'":
                    out.opaque("'\\''", span)
                else:
                    out.verbatim(run[0], span.start)
        else:
            out.opaque(piece.text.replace("'", "'\\''"), piece.span)
        out.opaque("'", Span(end, end))


def _is_word(text: str, index: int) -> bool:
    """Whether a text is one word for a shell too, at that place of a command."""
    return _is_plain(text) and (index > 0 or not _SPECIAL_FIRST.fullmatch(text))


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and not text.startswith("~")


def _add(out: MappedText, piece: Piece, text: str, span: Span) -> None:
    if piece.exact:
        out.verbatim(text, span.start)
    else:
        out.opaque(text, span)


@dataclass(frozen=True, slots=True)
class InLiteral:
    """The notation of a string literal: escapes, and doubled braces where it is formatted."""

    quote: str
    raw: bool
    formatted: bool

    def __call__(self, text: str) -> str | None:
        if self.raw:
            if "\\" in text or self.quote[0] in text or (len(self.quote) == 1 and "\n" in text):
                return None
        else:
            text = text.replace("\\", "\\\\").replace(self.quote[0], "\\" + self.quote[0])
            if len(self.quote) == 1:
                text = text.replace("\n", "\\n")
        return text.replace("{", "{{").replace("}", "}}") if self.formatted else text


def unwritable(_: str) -> str | None:
    """The notation of an argument list: a word of a command is an item, which an edit of shell text cannot make."""
    return None


def notation(text: str, node: Node) -> Notation:
    """How new text is written in the string that an expression is; nowhere where it is none, or of several kinds."""
    if not isinstance(node, Str) or not node.literals:
        return unwritable
    kinds = {_kind(text, literal) for literal in node.literals}
    return InLiteral(*kinds.pop()) if len(kinds) == 1 else unwritable


def _kind(text: str, literal: Literal) -> tuple[str, bool, bool]:
    return text[literal.start + len(literal.prefix) : literal.first], literal.raw, literal.formatted
