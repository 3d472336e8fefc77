"""What is left of a line that ran in part: after `cd x && pip install y` the shell is in x, and `cd x` fails there.

And the folders that the commands of a line run in.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pep668.environment.state import UNKNOWN
from pep668.fixes._edits import start
from pep668.model import Command, Machine, ScopeKind, Verdict, Word
from pep668.text import Span

from ._typed import Past, Typed, all_commands

Look = Callable[[str], Machine]

_MOVES = ("cd", "pushd", "popd", "chdir")
_ENDS = ("exit", "return")
# What cannot be done twice, or costs time, and surely runs no installer: it is not typed again.
_ONCE = frozenset("git hg svn mkdir wget curl tar unzip cp mv rm ln apt apt-get dnf yum zypper pacman apk brew".split())
# Between two commands of a list: redirections that are no part of a command (as fish is read), and the separator.
_BETWEEN = re.compile(r"(?:\s*[\d&]*[<>]+&?\s*[\w./&-]+)*\s*(?P<by>&&|\|\||;|\n|)\s*(?:(?P<word>and|or)\s+)?")
_BEHIND = re.compile(r"\s*&(?![&>])")
_PROCESSES = (ScopeKind.SUBSHELL, ScopeKind.FUNCTION)


@dataclass(frozen=True, eq=False)
class Left:
    """A line that can be typed again where the shell is now: in `folder` ("" where it is not known)."""

    typed: Typed
    folder: str
    machine: Machine | None


def left(typed: Typed, folder: str, machine: Machine | None, look: Look | None) -> Left:
    """The line from behind what has surely run before its first install and cannot be done twice; else all of it.

    That what stands behind it was refused proves that it ran.
    """
    commands = list(_outermost(typed.every))
    done = _done(typed, commands, _first_install(typed, commands))
    if not done or (_returns(commands[done:]) and all(c.name in _MOVES for c in commands[:done])):
        return Left(typed, folder, machine)
    last = _joint(typed, commands, done - 1)
    cut, here = last.end if last is not None else start(commands[done]), folder
    for at, command in enumerate(commands[:done]):
        if command.name not in _MOVES:
            continue
        to = destination(command, here, look)
        joint = _joint(typed, commands, at)
        proven = joint is not None and joint.by == "&&"
        here = to if proven or not to or is_there(to, look) else here
    seen = look(here) if look is not None and here and here != folder else machine
    before = Past(typed.text[:cut].rstrip().rstrip(";&").rstrip(), folder, typed.shell)
    return Left(Typed(typed.text[cut:], seen, (*typed.past, before), typed.shell), here, seen)


def is_there(folder: str, look: Look | None) -> bool:
    """Whether a folder that a line moves to is there; True where nobody can tell."""
    return look is None or look(folder).exists


@dataclass(frozen=True, slots=True)
class Where:
    """The folder that a command runs in: "" where it is not known. `by` is the move that led there, if any."""

    folder: str
    by: Span | None = None


def runs_in(command: Command, folder: str, look: Look | None = None) -> Where:
    """Where a command of a line runs that begins in `folder`."""
    origin = command.region.origin
    where = runs_in(origin, folder, look) if origin is not None else Where(folder)
    for move in all_commands(command.region):
        if move.name not in _MOVES or not _counts(move, command):
            continue
        by = move.outer(move.span)
        if any(s in command.scope for s in move.scope if s.kind is ScopeKind.LOOP) or _may(move, command):
            where = Where("", by)
        elif move.span.start < command.span.start:
            to = destination(move, where.folder, look)
            follows = any(s.kind is ScopeKind.BRANCH and s.name == "&&" for s in command.scope)
            where = Where(to, by) if follows or not to or is_there(to, look) else where
    return where


def _counts(move: Command, command: Command) -> bool:
    """Whether a move is one of the process that the command runs in."""
    if _BEHIND.match(move.region.text, move.span.end):
        return False
    return all(s in command.scope for s in move.scope if s.kind in _PROCESSES)


def _may(move: Command, command: Command) -> bool:
    """Whether a move before a command is made in some cases only."""
    doubtful = [s for s in move.scope if s.kind in (ScopeKind.BRANCH, ScopeKind.LOOP) and s not in command.scope]
    between = move.region.text[move.span.end : command.span.start]
    chained = not re.search(r";|\n|\|", between)  # that the last one ran proves the others
    return move.span.start < command.span.start and any(s.name != "&&" or not chained for s in doubtful)


def destination(command: Command, folder: str, look: Look | None = None) -> str:
    """The folder that a `cd` in `folder` leads to; "" where that is not known."""
    words = command.words[1:]
    if words and words[0].value == "--" and command.name == "cd":
        words = words[1:]  # other options, and those of pushd, differ from shell to shell
    if "CDPATH" in command.region.text or command.name == "popd" or len(words) > 1:
        return ""
    if not words:
        return _home(folder, look) if command.name != "pushd" else ""
    to = _resolved(words[0], folder, look)
    if not to or (not folder and not to.startswith("/")):
        return ""
    return posixpath.normpath(posixpath.join(folder, to))


def _resolved(word: Word, folder: str, look: Look | None) -> str:
    """A folder as it is typed, with `~`, `$HOME` and `$PWD`; "" where it holds anything else that is not known."""
    found = ""
    for part in word.parts:
        if isinstance(part, str):
            text = part
        else:
            text = {"PWD": folder, "HOME": _home(folder, look)}.get(part.name or "", "")
            if not text or (not word.quoted and not re.fullmatch(r"[\w./@+:,-]+", text)):
                return ""
        found += text
    if found.startswith(("-", "+")) or UNKNOWN in found:
        return ""
    if found.startswith("~") and not word.quoted:
        home = _home(folder, look)
        return home + found[1:] if home and found[1:2] in ("", "/") else ""
    return found


def _home(folder: str, look: Look | None) -> str:
    return look(folder).home if look is not None else ""


def _outermost(commands: Sequence[Command]) -> Iterator[Command]:
    """Without those in a substitution of another."""
    end = -1
    for command in commands:
        if command.region.origin is None and command.span.start >= end and command.span.end > start(command):
            end = command.span.end
            yield command


def _first_install(typed: Typed, commands: Sequence[Command]) -> int | None:
    found = [j.install.command for j in typed.judged if j.environment.verdict is not Verdict.ALLOWED]
    begins = [c.outer(c.span).start for c in found]
    return next((at for at, c in enumerate(commands) if any(c.span.touches(Span(b, b)) for b in begins)), None)


@dataclass(frozen=True, slots=True)
class _Joint:
    """What joins a command to the next one: `&&`, `||` or `;`, and where it ends.

    `plain` is False where the next one is in something that begins there: `(`, `{`, `if`, `!`.
    """

    by: str
    end: int
    plain: bool


def _joint(typed: Typed, commands: Sequence[Command], at: int) -> _Joint | None:
    begin = start(commands[at + 1])
    found = _BETWEEN.match(typed.text, commands[at].span.end, begin)
    if found is None or (not found["by"] and not found["word"] and "\n" not in found[0]):
        return None
    words = {"and": "&&", "or": "||"}
    by = words.get(found["word"]) or (";" if found["by"] in ("\n", "") else found["by"])
    return _Joint(by, found.end(), found.end() == begin)


def _done(typed: Typed, commands: Sequence[Command], first: int | None) -> int:
    """How many commands at the start have run for good, of those that are not to be run once more."""
    if not commands or typed.text[: start(commands[0])].strip():
        return 0  # of a loop, a group, a negation
    done = chain = (
        0  # `chain` counts those of the commands that are joined by `&&`, of which the last proves the others
    )
    for at, command in enumerate(commands[:-1] if first is None else commands[:first]):
        joint = _joint(typed, commands, at)
        if not _in_turn(command) or joint is None:
            return chain if first is None or _same_branch(command, commands[first]) else done
        moves = command.name in _MOVES
        if joint.by == "&&":
            if first is None and not moves:
                return chain  # which of the others failed is not known
            chain = at + 1 if moves or command.name in _ONCE else chain
        elif command.name in _ENDS and at and commands[at - 1].name in _MOVES:
            done = chain = at + 1  # `cd x || exit`
        elif joint.by == "||":
            if any(c.name in _MOVES for c in commands[done:at]):
                return done
            chain = done
        elif moves and not command.scope:
            done = chain = at + 1
        elif first is None or any(c.name in _MOVES for c in commands[done : at + 1]):
            return done  # `cd x && a; b`, `a && cd x; b`: whether it was made is not known
        else:
            chain = done
        if not joint.plain:
            begun = commands[at + 1]
            return chain if joint.by != "&&" or first is None or _same_branch(begun, commands[first]) else done
    return chain


def _same_branch(command: Command, install: Command) -> bool:
    """Whether two commands are of one part of a list, behind the same `&&`."""
    return bool(command.scope) and command.scope[0].name == "&&" and install.scope[:1] == command.scope[:1]


def _in_turn(command: Command) -> bool:
    """Whether a command runs in the shell of the line itself, and where the one before has not done its part."""
    branches = [s.name for s in command.scope if s.kind is ScopeKind.BRANCH]
    if len(branches) < len(command.scope):
        return False
    return not set(branches) - {"&&"} or (set(branches) == {"||"} and command.name in _ENDS)


def _returns(commands: Sequence[Command]) -> bool:
    """Whether a line goes back to where the shell was: in another terminal that folder is not known."""
    return any(c.name == "popd" or (c.name == "cd" and [w.value for w in c.words[1:]] == ["-"]) for c in commands)
