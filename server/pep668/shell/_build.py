"""Makes `Command`s of what the parser read: places, scopes, wrappers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Assignment, Command, Expansion, Redirect, Region, Scope, ScopeKind, Word, Wrapper
from ..text import Span
from ._parser import Core, Raw, Unit, shifted
from ._words import RawWord
from ._wrappers import peel

_PLAIN_WORD = re.compile(r"[^ \t]+")
# how far moved, words, assignments, wrappers, redirects, span, statement
_Built = tuple[int, tuple[Word, ...], tuple[Assignment, ...], tuple[Wrapper, ...], tuple[Redirect, ...], Span, Span]
_ARGUMENTS = frozenset(("@", "*"))


def _word(raw: RawWord, by: int) -> Word:
    return Word(raw[0], Span(raw[1] + by, raw[2] + by), raw[3])


def _build(core: Core, by: int) -> _Built:
    """The pieces of a command that stand where its text was read, moved by `by`; kept for the next time."""
    built = core.built
    if isinstance(built, tuple) and built[0] == by:
        return built
    assigns: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    if core.words is None:
        at = core.start + by
        words = tuple([Word((m[0],), Span(m.start() + at, m.end() + at)) for m in _PLAIN_WORD.finditer(core.source)])
    else:
        words = tuple([_word(w, by) for w in core.words])
        if core.assigns:
            assigns = tuple(
                Assignment(name, _word(value, by), Span(start + by, end + by), exported, append)
                for name, value, start, end, exported, append in core.assigns
            )
        if core.redirects:
            redirects = tuple(
                Redirect(
                    operator,
                    _word(target, by),
                    Span(start + by, end + by),
                    Span(body[0] + by, body[1] + by) if body else None,
                )
                for operator, target, start, end, body in core.redirects
            )
    wrappers, program = peel(words)
    start, end = core.statement
    mine: _Built = (
        by,
        program,
        assigns,
        wrappers,
        redirects,
        Span(core.start + by, core.end + by),
        Span(start + by, max(start, end) + by),
    )
    core.built = mine
    return mine


def commands(items: Iterable[tuple[Unit, int, Iterable[Raw]]], region: Region) -> list[Command]:
    """The commands of chosen raws of units, each moved by the number beside it."""
    out: list[Command] = []
    scopes: dict[tuple[int, int, int], tuple[Scope, ...]] = {}
    for unit, by, raws in items:
        depth = unit.depth
        for raw in raws:
            scope = raw.scope
            if scope:
                key = (id(scope), by, depth)
                moved = scopes.get(key)
                if moved is None:
                    moved = scopes[key] = shifted(scope[depth:] if depth else scope, by)
                scope = moved
            core = raw.core
            _, words, assigns, wrappers, redirects, span, statement = _build(core, raw.delta + by)
            out.append(Command(words, assigns, wrappers, redirects, span, statement, scope, core.operator, region))
    return out


def passing_functions(units: Iterable[tuple[Unit, int]]) -> frozenset[str]:
    """The functions whose body runs their own arguments (`"$@"`)."""
    names = []
    for unit, _ in units:
        for raw in unit.raws:
            words = raw.core.words
            if words and raw.scope and _runs_arguments(raw):
                names += [s.name for s in reversed(raw.scope) if s.kind is ScopeKind.FUNCTION][:1]
    return frozenset(names)


def _runs_arguments(raw: Raw) -> bool:
    words = raw.core.words or []
    if not any(len(w[0]) == 1 and isinstance(w[0][0], Expansion) and w[0][0].name in _ARGUMENTS for w in words):
        return False
    program = _build(raw.core, 0)[1]
    first = program[0].parts[0] if program else ""
    return isinstance(first, Expansion) and first.name in _ARGUMENTS and len(program[0].parts) == 1


def follow(found: list[Command], functions: frozenset[str]) -> list[Command]:
    """The commands, those run through one of these functions with it among their wrappers."""
    return [_through(c, functions) if c.words and c.words[0].value in functions else c for c in found]


def _through(command: Command, functions: frozenset[str]) -> Command:
    wrappers, words = peel(command.words, functions)
    if not wrappers:
        return command
    return Command(
        words,
        command.assignments,
        command.wrappers + wrappers,
        command.redirects,
        command.span,
        command.statement,
        command.scope,
        command.operator,
        command.region,
    )
