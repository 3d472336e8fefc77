"""Output: what terminals, builds and logs show when an installer refuses or a step on the way fails."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import ErrorReport, Region
from . import Language
from ._nature import filters, prints_only
from ._recognizer import Recognizer, Source, recognize
from ._refusal import NEEDLES
from ._terminal import Screen

__all__ = ["LANGUAGE", "NEEDLES", "Recognizer", "Source", "extract", "filters", "is_blank", "prints_only", "recognize"]

LANGUAGE = Language(id="output", ids=("log", "output"), patterns=("*.log",), always=True)


def extract(region: Region) -> Iterator[ErrorReport]:
    """The reports in a document whose command is not known."""
    yield from recognize(region.text)


def is_blank(output: str) -> bool:
    """Whether an output shows nothing: it may still hold the marks of shell integration."""
    if len(output) > _LONGEST_BLANK:
        return False
    screen = Screen()
    return not any(line.text.strip() for raw in output.split("\n") for line in screen.lines(raw, 0))


_LONGEST_BLANK = 4096
