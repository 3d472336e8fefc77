"""Ruby's strings and heredocs, as far as Vagrantfiles need them, and which of them one value is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.text import MappedText, Span

from . import _quoted
from ._quoted import Made

_INTERPOLATED = re.compile(r"#\{[^{}\n]*\}")
_TOKEN = re.compile(
    r"#[^\n]*|(?P<heredoc><<[-~]?[\"']?[A-Za-z_]\w*)"
    r"|(?P<double>\"(?:[^\"\\#]|\\.|#\{[^{}\n]*\}|#(?!\{[^{}\n]*\}))*\")|(?P<single>'(?:[^'\\]|\\.)*')"
    r"|(?P<percent>(?<=[\s(=:,])%[qQ]?(?:\([^()]*\)|\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\[\]]*\]|\|[^|]*\||![^!]*!))"
    r"|^=begin\b[^\n]*\n(?:(?!=end\b)[^\n]*\n)*",
    re.DOTALL | re.MULTILINE,
)
_JOINS = re.compile(r"\s*\+\s*|[ \t]*\\\r?\n\s*|[ \t]+(?=[\"'])")
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A literal: `body` is between its quotes, `end` behind the last thing that belongs to it."""

    start: int
    body: Span
    end: int
    raw: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Value:
    """Literals that give one text: joined as they are, or the `lines` of a list."""

    pieces: tuple[Piece, ...]
    lines: bool = False

    @property
    def span(self) -> Span:
        return self.pieces[0].body.to(self.pieces[-1].body)

    @property
    def plain(self) -> Piece | None:
        """The one literal that it is."""
        return self.pieces[0] if len(self.pieces) == 1 and not self.lines else None


def values(text: str) -> Iterator[Value]:
    """The strings of a text, those that are joined or stand in a list as one; comments are left out."""
    held: list[Piece] = []
    between = ""
    for piece in _pieces(text):
        if held:
            # A heredoc's operator is followed by its line, not by its body.
            joint = text[held[-1].end : piece.start]
            fits = held[-1].kind != "heredoc" and piece.kind != "heredoc" and len(joint) < 200
            mark = "" if not fits else "+" if _JOINS.fullmatch(joint) else "," if _COMMA.fullmatch(joint) else ""
            listed = mark == "," and _opens_list(text, held[0].start)
            if mark and (between or mark) == mark and (mark == "+" or listed):
                between = mark
                held.append(piece)
                continue
            yield Value(tuple(held), between == ",")
        held, between = [piece], ""
    if held:
        yield Value(tuple(held), between == ",")


def _opens_list(text: str, at: int) -> bool:
    return text[max(0, at - 20) : at].rstrip().endswith("[")


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        kind, start = found.lastgroup, found.start()
        if kind == "heredoc":
            here = _quoted.heredoc(text, start)
            if here is None:
                continue
            at = here.end
            yield Piece(start, here.body, here.end, here.raw, "dedent" if text[start + 2] == "~" else "heredoc")
        elif kind == "percent":
            opened = 1 + (text[start + 1] in "qQ")
            body = Span(start + opened + 1, found.end() - 1)
            yield Piece(start, body, found.end(), text[start + 1] == "q", "string")
        elif kind is not None:
            yield Piece(start, Span(start + 1, found.end() - 1), found.end(), kind == "single", "string")


def made(text: str, value: Value) -> Made:
    """The text that a value gives, with what is put into it unknown."""
    out = MappedText()
    for index, piece in enumerate(value.pieces):
        if index and value.lines:
            out.opaque("\n", Span(value.pieces[index - 1].end, piece.start))
        template = None if piece.raw else _INTERPOLATED
        if piece.kind == "string":
            one, within = _quoted.string(text, piece.body, template)
        else:
            one, within = _quoted.lines(text, piece.body, template, dedent=piece.kind == "dedent")
        for segment in within.segments:
            chunk = one[segment.inner.start : segment.inner.end]
            if segment.verbatim:
                out.verbatim(chunk, segment.outer.start)
            else:
                out.opaque(chunk, segment.outer)
    return out.finish(value.pieces[0].body.start)
