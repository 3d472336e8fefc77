"""Makes `Command`s of what the parser read: places, scopes, wrappers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pep668.model import Assignment, Command, Expansion, Redirect, Region, Scope, ScopeKind, Word, Wrapper
from pep668.text import Span

from ._raw import Core, Raw, RawWord, Unit, shifted
from ._wrappers import peel

_PLAIN_WORD = re.compile(r"[^ \t]+")
# how far moved, and the fields of the command that do not depend on who asks
_Built = tuple[int, dict[str, object]]
_ARGUMENTS = frozenset(("@", "*"))


def _word(raw: RawWord, by: int) -> Word:
    return Word(raw[0], Span(raw[1] + by, raw[2] + by), raw[3])


def _moved(word: Word, by: int) -> Word:
    span = word.span
    return Word(word.parts, Span(span.start + by, span.end + by), word.quoted)


def _words(core: Core, by: int) -> tuple[Word, ...]:
    if core.words is not None:
        return tuple([_word(w, by) for w in core.words])
    at = core.start + by
    return tuple([Word((m[0],), Span(m.start() + at, m.end() + at)) for m in _PLAIN_WORD.finditer(core.source)])


def _move_wrapper(wrapper: Wrapper, by: int) -> Wrapper:
    assigns = tuple(
        Assignment(a.name, _moved(a.value, by), a.span.shift(by), a.exported, a.append) for a in wrapper.assignments
    )
    return Wrapper(wrapper.name, tuple([_moved(w, by) for w in wrapper.words]), assigns)


def _build(core: Core, by: int) -> _Built:
    """The pieces of a command that stand where its text was read, moved by `by`; kept for the next time."""
    built: _Built | None = core.built  # type: ignore[assignment]
    if built is not None:
        if built[0] == by:
            return built
        shift = by - built[0]
        known_words: tuple[Word, ...] = built[1]["words"]  # type: ignore[assignment]
        known_wrappers: tuple[Wrapper, ...] = built[1]["wrappers"]  # type: ignore[assignment]
        words = tuple([_moved(w, shift) for w in known_words])
        wrappers = tuple([_move_wrapper(w, shift) for w in known_wrappers]) if known_wrappers else ()
    else:
        wrappers, words = peel(_words(core, by))
    assigns: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()
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
    start, end = core.statement
    built = (
        by,
        {
            "words": words,
            "assignments": assigns,
            "wrappers": wrappers,
            "redirects": redirects,
            "span": Span(core.start + by, core.end + by),
            "statement": Span(start + by, max(start, end) + by),
            "operator": core.operator,
        },
    )
    core.built = built
    return built


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
            # Hundreds of these are made at every keystroke; a frozen dataclass's own way costs four times as much.
            command = object.__new__(Command)
            fields = command.__dict__
            fields.update(_build(raw.core, raw.delta + by)[1])
            fields["scope"] = scope
            fields["region"] = region
            out.append(command)
    # Half-typed text may end a substitution after the command around it; what is sorted already costs next to nothing.
    out.sort(key=_start)
    return out


def _start(command: Command) -> int:
    return command.span.start


def passing_functions(units: Iterable[tuple[Unit, int]]) -> frozenset[str]:
    """The functions whose body runs their own arguments (`"$@"`)."""
    names: set[str] = set()
    for unit, _ in units:
        if unit.passing is None:
            unit.passing = _passing(unit)
        if unit.passing:
            names |= unit.passing
    return frozenset(names)


def _passing(unit: Unit) -> frozenset[str]:
    names: list[str] = []
    for raw in unit.raws:
        if raw.core.words and raw.scope and _runs_arguments(raw):
            names += [s.name for s in reversed(raw.scope[unit.depth :]) if s.kind is ScopeKind.FUNCTION][:1]
    return frozenset(names)


def _runs_arguments(raw: Raw) -> bool:
    words = raw.core.words or []
    if not any(len(w[0]) == 1 and isinstance(w[0][0], Expansion) and w[0][0].name in _ARGUMENTS for w in words):
        return False
    program = peel(_words(raw.core, 0))[1]
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
