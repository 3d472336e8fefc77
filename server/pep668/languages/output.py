"""Output: what terminals, builds and logs show when an installer refuses or a step on the way fails.

The recognizer itself is in `_recognizer.py`; it is loaded when there is output to read.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import ErrorReport, Region

from . import Language
from ._needles import NEEDLES

__all__ = ["LANGUAGE", "NEEDLES", "extract"]


def _sniff(text: str) -> bool:
    return any(needle in text for needle in NEEDLES)


LANGUAGE = Language(
    id="output",
    ids=("log", "output"),
    names=("nohup.out", "typescript"),
    patterns=("*.log", "*.log.*", "*.ansi", "*-log.txt", "*_log.txt", "*.log.txt"),
    candidates=("*.txt", "*.out"),
    sniff=_sniff,
    comments=(),
)


def extract(region: Region) -> Iterator[ErrorReport]:
    """The reports in a document whose command is not known."""
    from ._recognizer import recognize

    yield from recognize(region.text)
