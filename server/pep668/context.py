"""What rules and fixes may look at: one document as far as it has been understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import Command, ErrorReport, Judged, Machine, Region, RequirementsFile
from .settings import Settings
from .text import LineTable


@dataclass(frozen=True, eq=False)
class Context:
    """`commands` holds those that matter to state (apt, venv, export ...) besides the installs."""

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
    extras: dict[str, object] = field(default_factory=dict)
