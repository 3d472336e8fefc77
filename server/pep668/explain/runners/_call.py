"""A command line as the runners see it, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pep668.text import Span


@dataclass(frozen=True, slots=True)
class Run:
    """A file that a command runs.

    `language` is "" where the file itself tells. `parts` are the spans of what is run of it, in that order (a
    makefile's rules, a script of package.json), None for all. Its commands run in `folder`, None for the command's
    own. `elsewhere`: not on this machine. `open`: other files may run as well. `certain`: just this is run, and nothing
    else decides the exit code; then `stops` tells that the first of its commands that fails ends it, with `code`, or
    with the command's own code (None).
    """

    path: str
    language: str = ""
    parts: tuple[Span, ...] | None = None
    folder: str | None = None
    elsewhere: bool = False
    open: bool = False
    certain: bool = False
    stops: bool = False
    code: int | None = None


@dataclass(frozen=True)
class Call:
    """A command: `program` as written, its `name` without folder, the values of its arguments (None: not known).

    `folder` is where it runs, "" where that is not known; `stdin` the path of the file that it reads from.
    """

    program: str
    name: str
    arguments: tuple[str | None, ...]
    folder: str
    read: Callable[[str], str | None]
    path: Callable[[str, str | None], str | None]
    stdin: str | None = None

    def join(self, name: str | None) -> str | None:
        return self.path(self.folder, name)

    def find(self, folder: str, names: Iterable[str]) -> str | None:
        """The first of these files that is there."""
        paths = (self.path(folder, name) for name in names)
        return next((p for p in paths if p is not None and self.read(p) is not None), None)


@dataclass(frozen=True)
class Arguments:
    """Arguments with their options told from the rest: `values` by option, the last one last."""

    words: tuple[str | None, ...]
    values: dict[str, list[str | None]]
    flags: frozenset[str]

    def value(self, *names: str) -> str | None:
        """The last value of one of these options."""
        found = [v for name in names for v in self.values.get(name, ())]
        return found[-1] if found else None

    def has(self, *names: str) -> bool:
        return any(name in self.flags or name in self.values for name in names)


def arguments(words: Iterable[str | None], valued: str, *, first_ends: bool = False) -> Arguments:
    """Splits a program's arguments: `valued` names the options that take a value, `-f --file -C`.

    Letters may be bundled. `first_ends`: what follows the first operand is that one's own.
    """
    known = frozenset(valued.split())
    rest: list[str | None] = []
    values: dict[str, list[str | None]] = {}
    flags: set[str] = set()
    pending = list(words)
    while pending:
        word = pending.pop(0)
        if word == "--" or (first_ends and rest):
            rest += pending if word == "--" and not rest else [word, *pending]
            break
        if word is None or not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        name, equals, value = word.partition("=")
        if word.startswith("--") or word in known:
            if name in known:
                values.setdefault(name, []).append(value if equals else pending.pop(0) if pending else None)
            else:
                flags.add(name)
            continue
        for at, letter in enumerate(word[1:], 1):
            if f"-{letter}" not in known:
                flags.add(f"-{letter}")
                continue
            attached = word[at + 1 :]
            values.setdefault(f"-{letter}", []).append(attached or (pending.pop(0) if pending else None))
            break
    return Arguments(tuple(rest), values, frozenset(flags))
