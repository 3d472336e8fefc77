"""Templates (`{{ name }}`) in shell text: known values put in, unknown ones as one unknown part of a word."""

from __future__ import annotations

import re
from collections.abc import Callable

from pep668.text import MappedText, SourceMap, Span

from ._hidden import Quotes

Made = tuple[str, SourceMap]


def filled(made: Made, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str | None]) -> Made:
    """The text with each match replaced by its `value`; None where that is not known, then named by `variable`."""
    text, within = made
    if not pattern.search(text):
        return made
    out, quotes, at = MappedText(), Quotes(), 0
    for found in pattern.finditer(text):
        before = text[at : found.start()]
        quotes.read(before)
        out.verbatim(before, at)
        known = value(found)
        out.opaque(quotes.hole(variable(found[0])) if known is None else known, Span(*found.span()))
        at = found.end()
    out.verbatim(text[at:], at)
    inner, mapped = out.finish()
    return inner, within.compose(mapped)


def variable(template: str) -> str:
    """A shell variable's name for what stands in a template."""
    return re.sub(r"\W+", "_", template).strip("_")[:60] or "template"
