"""A command that a call of Python runs, and how its words are put together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pep668.text import Span

from . import _python_runners as known
from ._python_text import Piece, Text, Value, Words
from ._python_tree import Attribute, Call, Name, Node, Sequence, Star, Str


@dataclass(frozen=True, slots=True)
class Found:
    """A command that a call runs. `value` is a text for a shell or a list of arguments.

    `node` is the expression that it stands in, where that is one string; `directory`, `variables`, `shell`,
    `remote` what the call says of the place where it runs; `span` covers the call.
    """

    value: Text | Words
    span: Span
    node: Node | None = None
    directory: Text | None = None
    variables: tuple[tuple[str, Text], ...] = ()
    shell: str = ""
    remote: str = ""


def sequence(nodes: list[Node]) -> Node:
    return Sequence(nodes[0].start if nodes else 0, nodes[-1].end if nodes else 0, nodes, "(")


def may_be_words(nodes: list[Node]) -> bool:
    """Whether arguments are words of one command: strings that are single words, names, and stars."""
    texts = sum(isinstance(node, Str) for node in nodes)
    return texts + sum(isinstance(node, Star) for node in nodes) > 1 or (
        texts == 1 and isinstance(nodes[1], Str | Star) and isinstance(nodes[0], Name | Attribute | Star)
    )


def plain(text: str, span: Span) -> Text:
    return Text((Piece(text, span),))


def is_line(text: Text) -> bool:
    """Whether a text is more than one word."""
    return (
        any(not p.hole and re.search(r"\S\s+\S|^\s|\s$", p.text) for p in text.pieces)
        and len("".join("x" if p.hole else p.text for p in text.pieces).split()) > 1
    )


def is_evident(value: Value) -> bool:
    """Whether a list of words is one that installs something; a line of text in their first place is none."""
    if not isinstance(value, Words) or len(value.items) < 2 or is_line(value.items[0]):
        return False
    return known.EVIDENT.search(" ".join(item.symbolic for item in value.items[:7])) is not None


def without(text: Text, count: int) -> Text:
    """The text without its first characters, which are of its first piece."""
    first = text.pieces[0]
    span = Span(first.span.start + count, first.span.end) if first.exact else first.span
    return Text((replace(first, text=first.text[count:], span=span, literal=None), *text.pieces[1:]))


def under_sudo(value: Text | Words, call: Call) -> Text | Words:
    if isinstance(value, Words):
        return Words((plain("sudo", Span(call.start, call.start)), *value.items))
    return Text((Piece("sudo ", Span(call.start, call.start)), *value.pieces))


_SUBCOMMAND = re.compile(r"(?<!\S)(?:install|uninstall|sync|venv|ensurepip)(?!\S)")


def at_call(found: Found, call: Call) -> Found | None:
    """A function's command at one of its calls; None where the function itself names what is done.

    Pieces of the function's own stand, without a place, before what the call gives next to them.
    """
    texts = found.value.items if isinstance(found.value, Words) else (found.value,)
    pieces = [p for t in texts for p in t.pieces]
    if not any(p.given for p in pieces):
        return None
    if any(not p.given and not p.hole and _SUBCOMMAND.search(p.text) for p in pieces):
        return None
    starts = [(p.literal or p.span).start for p in pieces if p.given]
    at = next(iter(starts))
    made: list[Text] = []
    for text in texts:
        out = []
        for piece in text.pieces:
            if piece.given:
                at = max(at, (piece.literal or piece.span).end)
                out.append(replace(piece, given=False))
            else:
                out.append(replace(piece, span=Span(at, at), exact=False, literal=None))
        made.append(Text(tuple(out)))
    value: Text | Words = Words(tuple(made)) if isinstance(found.value, Words) else made[0]
    return replace(found, value=value, span=call.span, node=call.args[0] if call.args else None)
