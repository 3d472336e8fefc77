"""What rules and fixes may look at: one document as far as it has been understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .environment import Made, Override
from .model import Command, ErrorReport, Judged, Machine, Region, RequirementsFile
from .settings import Settings
from .suppression import Suppressions
from .text import LineTable


@dataclass(frozen=True, eq=False)
class Context:
    """`commands` are those that matter to state (apt, venv, export ...) and the installs, in order;
    `overrides` the places where the check is switched off, `made` the commands that make virtual environments,
    `suppressions` the comments that silence findings. `again` understands the document with another text: a fix in
    several steps looks at what each leaves."""

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
    again: Callable[[str], Context] | None = None
