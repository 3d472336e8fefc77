"""Parts of a shell text that its host replaces before a shell sees them: one unknown part of a word each."""

from __future__ import annotations

import re
from collections.abc import Callable

from pep668.text import MappedText, SourceMap, Span

Made = tuple[str, SourceMap]

_QUOTING = re.compile(r"\\.|['\"]|(?<!\S)#[^\n]*", re.DOTALL)


class Quotes:
    """Which shell quote is open at the end of what was read."""

    def __init__(self) -> None:
        self.open = ""

    def read(self, text: str) -> None:
        for found in _QUOTING.finditer(text):
            mark = found[0]
            if mark.startswith("#"):
                # No comment within quotes: the mark's own quotes count there.
                if self.open and mark.count(self.open) % 2:
                    self.open = ""
            elif mark == self.open or (self.open == "'" and mark == "\\'"):
                self.open = ""
            elif not self.open and mark in ("'", '"'):
                self.open = mark

    def hole(self, name: str = "template") -> str:
        """An expansion that nothing resolves, as it is written at this place."""
        return f"'\"${{{name}}}\"'" if self.open == "'" else f"${{{name}}}"


def hiding(pattern: re.Pattern[str]) -> Callable[[Made], Made]:
    """A rewrite that turns each match into one unknown part of a word (`${template}`), within quotes too."""

    return lambda made: filled(made, pattern, lambda _: None, lambda _: "template")


def filled(
    made: Made,
    pattern: re.Pattern[str],
    value: Callable[[re.Match[str]], str | None],
    named: Callable[[str], str],
) -> Made:
    """The text with each match replaced by its `value`, or by an expansion that is `named` after it."""
    text, within = made
    if not pattern.search(text):
        return made
    out, quotes, at = MappedText(), Quotes(), 0
    for found in pattern.finditer(text):
        before = text[at : found.start()]
        quotes.read(before)
        out.verbatim(before, at)
        known = value(found)
        out.opaque(quotes.hole(named(found[0])) if known is None else known, Span(*found.span()))
        at = found.end()
    out.verbatim(text[at:], at)
    inner, mapped = out.finish()
    return inner, within.compose(mapped)
