"""What the parser yields: commands and statements, cheap and free of the place where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from pep668.model import Expansion, Scope

# A word before it gets its place: parts after quote removal, start, end, whether it has quotes.
RawWord = tuple[tuple[str | Expansion, ...], int, int, bool]
# operator, target, start, end, body of a heredoc as (start, end)
RawRedirect = tuple[str, RawWord, int, int, tuple[int, int] | None]
# name, value, start, end, exported, append
RawAssignment = tuple[str, RawWord, int, int, bool, bool]


def join_parts(parts: list[str | Expansion]) -> tuple[str | Expansion, ...]:
    """Neighbouring literals as one; a word without parts is the empty string."""
    out: list[str | Expansion] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
        else:
            if run and (text := "".join(run)):
                out.append(text)
            run = []
            out.append(part)
    if run and (text := "".join(run)):
        out.append(text)
    return tuple(out) or ("",)


class Core:
    """A simple command as read, in the coordinates of the text in which it was first read."""

    __slots__ = ("assigns", "built", "end", "operator", "redirects", "source", "start", "statement", "traits", "words")

    def __init__(self, words: list[RawWord] | None, start: int, end: int, source: str, operator: str) -> None:
        self.words = words  # None: a plain line, whose words are what stands between the blanks of `source`
        self.assigns: Sequence[RawAssignment] = ()
        self.redirects: Sequence[RawRedirect] = ()
        self.start = start
        self.end = end
        self.source = source
        self.operator = operator
        self.statement: list[int] = [start, end]
        self.built: object = None  # filled by _build
        self.traits: object = None  # filled by _relevance


class Raw:
    """A `Core` in its place: `delta` leads to the coordinates of the unit that holds it, in which `scope` is."""

    __slots__ = ("core", "delta", "scope")

    def __init__(self, core: Core, delta: int, scope: tuple[Scope, ...]) -> None:
        self.core = core
        self.delta = delta
        self.scope = scope


class Unit:
    """A statement with the line ends behind it, which means the same wherever it stands.

    `base` is the offset, `last` the end of its last command and `depth` the number of scopes under which it was read.
    """

    __slots__ = ("base", "depth", "last", "passing", "raws", "text", "traits")

    def __init__(self, text: str, base: int, last: int, depth: int, raws: list[Raw]) -> None:
        self.text = text
        self.base = base
        self.last = last
        self.depth = depth
        self.raws = raws
        self.traits: object = None  # filled by _relevance
        self.passing: frozenset[str] | None = None  # filled by _build


def shifted(scope: tuple[Scope, ...], by: int) -> tuple[Scope, ...]:
    if not by or not scope:
        return scope
    return tuple(Scope(s.kind, s.key + by, s.name, s.owner + by) for s in scope)
