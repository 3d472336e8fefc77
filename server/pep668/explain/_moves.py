"""What is left of a line whose shell has moved: after `cd x && pip install y` it is in x, and `cd x` fails there."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pep668.environment.state import UNKNOWN
from pep668.fixes._edits import start
from pep668.model import Command, Machine, ScopeKind
from pep668.text import Span

from ._typed import Past, Typed

_MOVES = ("cd", "pushd")
_ENDS = ("exit", "return")


@dataclass(frozen=True, eq=False)
class Left:
    """A line that can be typed again where the shell is now: in `folder` ("" where it is not known)."""

    typed: Typed
    folder: str
    machine: Machine | None


def left(typed: Typed, folder: str, machine: Machine | None, look: Callable[[str], Machine] | None) -> Left:
    """The line from behind the last move before its first install; all of it where it has none.

    What stands before has run: that what stands behind it was refused proves it.
    """
    commands = [c for c in typed.every if c.words]
    done = _done(typed, commands, _first_install(typed, commands))
    if not done:
        return Left(typed, folder, machine)
    cut = start(commands[done])
    before = Past(typed.text[:cut].rstrip().rstrip(";&").rstrip(), folder, typed.shell)
    for command in commands[:done]:
        if command.name in _MOVES:
            folder = _destination(command, folder)
    seen = look(folder) if look is not None and folder else machine
    return Left(Typed(typed.text[cut:], seen, (*typed.past, before), typed.shell), folder, seen)


def _first_install(typed: Typed, commands: Sequence[Command]) -> int | None:
    begins = [j.install.command.outer(j.install.command.span).start for j in typed.judged]
    spans = [c.outer(c.span) for c in commands]
    return next((at for at, span in enumerate(spans) if any(span.touches(Span(b, b)) for b in begins)), None)


def _done(typed: Typed, commands: Sequence[Command], first: int | None) -> int:
    """How many commands at the start have moved the shell for good, with what stands between them."""
    done = 0
    for at, command in enumerate(commands[:-1] if first is None else commands[:first]):
        between = typed.text[command.span.end : start(commands[at + 1])].strip()
        if not _in_turn(command) or between not in ("&&", ";", "", "||"):
            return done
        if command.name in _MOVES and between != "||":
            done = at + 1
        elif command.name in _ENDS and between in (";", "") and at and commands[at - 1].name in _MOVES:
            done = at + 1  # `cd x || exit`
        elif first is None and between != "||":
            return done  # which of the others failed is not known
    return done


def _in_turn(command: Command) -> bool:
    """Whether a command runs in the shell of the line itself, and where the one before has not done its part."""
    branches = [s.name for s in command.scope if s.kind is ScopeKind.BRANCH]
    if command.region.origin is not None or len(branches) < len(command.scope):
        return False
    return not set(branches) - {"&&"} or (set(branches) == {"||"} and command.name in _ENDS)


def _destination(command: Command, folder: str) -> str:
    words = [w.value for w in command.words[1:] if w.value not in ("--", "-P", "-L")]
    to = words[0] if len(words) == 1 else None
    if not to or to.startswith(("~", "-", "+")) or UNKNOWN in to or "$" in to:
        return ""
    if not folder and not to.startswith("/"):
        return ""
    return posixpath.normpath(posixpath.join(folder, to))
