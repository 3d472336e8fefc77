"""What rules and fixes may look at: one document as far as it has been understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from .environment import Made, Override
from .environment.packages import MANAGERS
from .model import Command, ErrorReport, Judged, Machine, Observed, Region, RequirementsFile, Verdict
from .settings import Settings
from .suppression import Suppressions
from .text import LineTable, Span


@dataclass(frozen=True, eq=False)
class Context:
    """`commands` are those that matter to state (apt, venv, export ...) and the installs, in order;
    `overrides` the places where the check is switched off, `made` the commands that make virtual environments,
    `suppressions` the comments that silence findings, `observed` the installs that were seen being refused. `again`
    understands the document with another text: a fix in several steps looks at what each leaves."""

    text: str
    language: str
    path: str
    lines: LineTable
    settings: Settings
    machine: Machine | None = None
    document: Region | None = None
    judged: tuple[Judged, ...] = ()
    commands: tuple[Command, ...] = ()
    reports: tuple[ErrorReport, ...] = ()
    requirements: RequirementsFile | None = None
    overrides: tuple[Override, ...] = ()
    made: tuple[Made, ...] = ()
    suppressions: Suppressions = field(default_factory=Suppressions)
    observed: tuple[Observed, ...] = ()
    again: Callable[[str], Context] | None = None

    def observation(self, judged: Judged) -> Observed | None:
        """What was seen of an install, where it still stands there as it stood then."""
        return self._observations.get(judged) if self.observed else None

    @cached_property
    def alternatives(self) -> dict[tuple[Region, Span], int]:
        """By region and statement: where the last command in it begins, in the region, that installs behind a `||`."""
        passed = (j.install.command for j in self.judged if j.environment.verdict is Verdict.ALLOWED)
        managers = (c for c in self.commands if c.name in MANAGERS)
        found: dict[tuple[Region, Span], int] = {}
        for command in (*passed, *managers):
            if command.operator == "||":
                key = command.region, command.statement
                found[key] = max(found.get(key, -1), command.span.start)
        return found

    @cached_property
    def _observations(self) -> dict[Judged, Observed]:
        alike: dict[str, dict[int, list[Judged]]] = {}
        for judged in self.judged:
            command = judged.install.command
            span = command.outer(command.span)
            alike.setdefault(self.text[span.start : span.end], {}).setdefault(span.start, []).append(judged)
        found: dict[Judged, Observed] = {}
        for seen in self.observed:
            places = alike.get(seen.text, {})
            for start, here in places.items():
                if len(places) == 1 or self.text.count(seen.text, 0, start) == seen.before:
                    found.update(dict.fromkeys(here, seen))
        return found
