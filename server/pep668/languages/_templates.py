"""Templates (`{{ name }}`) in shell text: known values put in, unknown ones as one unknown part of a word."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import _hidden
from ._hidden import Made

__all__ = ["Made", "filled", "variable"]


def filled(made: Made, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str | None]) -> Made:
    """The text with each match replaced by its `value`; None where that is not known, then named by `variable`."""
    return _hidden.filled(made, pattern, value, variable)


def variable(template: str) -> str:
    """A shell variable's name for what stands in a template."""
    return re.sub(r"\W+", "_", template).strip("_")[:60] or "template"
