"""What fixes ask of a whole document, gathered once for all findings of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pep668.context import Context
from pep668.environment.packages import MANAGERS
from pep668.model import Command, Region

from ._creation import created

_PROGRAM = re.compile(
    r"(?:^|[;&|(!{]|\b(?:sudo|exec|then|do|else)\b)[ \t]*(?:/usr/bin/)?"
    r"([A-Za-z][\w.+-]*)(?=[ \t;&|)]|$)(?![ \t]+-m[ \t]+(?:pip|venv)\b)",
    re.MULTILINE,
)


@dataclass(frozen=True, eq=False)
class Index:
    """`makers` are the commands that make environments, `managers` the package managers',
    `setters` those that set PATH or activate an environment, all in order.

    `bases` maps the systems of a document to those that they are built on;
    `programs` are the names that its commands run or package managers bring.
    """

    makers: tuple[tuple[Command, str], ...]
    managers: tuple[Command, ...]
    setters: tuple[Command, ...]
    bases: Mapping[str, str | None]
    programs: frozenset[str]

    def systems(self, system: str) -> set[str]:
        """A system and those below it."""
        found: set[str] = set()
        below: str | None = system
        while below is not None and below not in found:
            found.add(below)
            below = self.bases.get(below)
        return found


@lru_cache(maxsize=4)
def index(context: Context) -> Index:
    made = ((c, created(c)) for c in context.commands)
    return Index(
        tuple((c, d) for c, d in made if d is not None),
        tuple(c for c in context.commands if c.name in MANAGERS),
        tuple(c for c in context.commands if _sets_path(c)),
        {c.region.place.system: c.region.place.base for c in context.commands},
        frozenset(_brought(context)),
    )


def _sets_path(command: Command) -> bool:
    """Whether a command moves what comes first in PATH: an assignment, or an `activate` script that it reads."""
    if command.name in (".", "source"):
        return any((w.basename or "").startswith("activate") for w in command.words[1:2])
    return any(a.name == "PATH" for a in command.assignments)


def _brought(context: Context) -> Iterator[str]:
    for command in context.commands:
        if command.name in MANAGERS:
            yield from (w.value for w in command.words if w.value)
        elif command.name:
            yield command.name


@lru_cache(maxsize=64)
def last_runs(region: Region) -> Mapping[str, int]:
    """Where each program's name stands for the last time as the first word of a command."""
    return {match[1]: match.start() for match in _PROGRAM.finditer(region.text)}
