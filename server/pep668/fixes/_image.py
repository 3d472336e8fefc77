"""Which instruction of a Dockerfile holds a command."""

from __future__ import annotations

from pep668.model import Command, Region
from pep668.text import Span


def region_of(command: Command) -> Region | None:
    """The instruction's own region that a command stands in, None outside Dockerfiles."""
    region: Region | None = command.region
    while region is not None and (region.parent is None or region.parent.language != "dockerfile"):
        region = region.parent
    return region


def anchor(command: Command) -> Span | None:
    """The span of the Dockerfile instruction that holds a command."""
    region = region_of(command)
    return region.anchor if region is not None else None
