"""Templates in the scalars of pipelines: `${{ expression }}` and, in Azure's, `$(variable)`.

What a template stands for is put into the text before a shell reads it. Here each
becomes one unknown part of a word, `${name}`, so that the shell's reader splits and
quotes as it would; where the template is a variable that the shell has as well
(`${{ env.VENV }}`, `$(Build.SourcesDirectory)`), by that variable's name.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

from . import _conditions
from ._conditions import UNKNOWN, Lookup

Made = tuple[str, SourceMap]

_OPEN = "${{"
# The commands that scripts substitute by one word are left to the shell.
_MACRO = re.compile(r"\$\((?!(?:pwd|nproc|date|whoami|hostname|mktemp|id|uname|arch)\))([A-Za-z_][\w.]{0,200})\)")
_CLOSE = re.compile(r"'|\}\}|\$\{\{")
_LONGEST = 4_000
_PATH = re.compile(r"([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*|\['[\w.-]+'\])*)")
_UPPER = {"github": "GITHUB_", "runner": "RUNNER_"}
_QUOTING = re.compile(r"\\.|['\"]|(?<![^\s;&|(])#[^\n]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """`text` is the expression without its `${{ }}`; `macro` the name of `$(name)`, then `text` is empty."""

    span: Span
    text: str
    macro: str = ""

    @property
    def name(self) -> str:
        """A variable's name for it: of the variable that it is, else one made of its text."""
        path = _PATH.fullmatch(self.text.strip())
        if self.macro or (path and path[1].lower() == "variables" and path[2]):
            # Azure gives its variables to processes in capitals, dots as underscores.
            return re.sub(r"\W", "_", self.macro or (path[2].strip(".[']") if path else "")).upper()
        if path and path[2].startswith(".") and "[" not in path[2] and path[2].count(".") == 1:
            context, key = path[1].lower(), path[2][1:]
            if context == "env" and "-" not in key:
                return key
            if context in _UPPER:
                return _UPPER[context] + re.sub(r"\W", "_", key).upper()
        return "__" + (re.sub(r"\W+", "_", self.text[:80]).strip("_") or "template")


def templates(text: str, macros: bool = False) -> Iterator[Template]:
    """The templates of a text in their order; `macros`: Azure's `$(name)` too. An unclosed one is none."""
    found = [*_expressions(text)]
    if macros:
        inside = [t.span for t in found]
        for match in _MACRO.finditer(text):
            at = bisect_left(inside, Span(match.start() + 1, 0))
            if not at or inside[at - 1].end <= match.start():
                found.append(Template(Span(match.start(), match.end()), "", match[1]))
        found.sort(key=lambda t: t.span)
    return iter(found)


def _expressions(text: str) -> Iterator[Template]:
    start = text.find(_OPEN)
    while start >= 0:
        at = start + 3
        while found := _CLOSE.search(text, at, start + _LONGEST):
            at = found.end()
            if found[0] == "'":
                closing = text.find("'", at, start + _LONGEST)
                at = closing + 1 or at
                continue
            if found[0] == "}}":
                yield Template(Span(start, at), text[start + 3 : found.start()])
            else:  # an expression holds no other: the first one was not closed
                at = found.start()
            break
        start = text.find(_OPEN, max(at, start + 3))


def opaque(macros: bool = False) -> Callable[[Made], Made]:
    """Makes a scalar's text shell text: each template is one expansion, within quotes too. The map stays exact."""

    def rewrite(made: Made) -> Made:
        text, mapped = made
        out = MappedText()
        at, quote = 0, ""
        for found in templates(text, macros):
            quote = _quote(text, at, found.span.start, quote)
            out.verbatim(text[at : found.span.start], at)
            hidden = "${" + found.name + "}"
            out.opaque(f"'\"{hidden}\"'" if quote == "'" else hidden, found.span)
            at = found.span.end
        if not at:
            return made
        out.verbatim(text[at:], at)
        inner, within = out.finish()
        return inner, mapped.compose(within)

    return rewrite


def _quote(text: str, at: int, end: int, quote: str) -> str:
    """The quote that is open at `end`, with `quote` open at `at`. An apostrophe in a comment opens nothing."""
    pos = at
    while pos < end:
        if quote == "'":
            pos = text.find("'", pos, end) + 1 or end + 1
            quote = quote if pos > end else ""
            continue
        found = _QUOTING.search(text, pos, end)
        if not found:
            break
        pos = found.end()
        if found[0].startswith("#"):
            if quote:
                pos = found.start() + 1
        elif found[0] == quote:
            quote = ""
        elif not quote and not found[0].startswith("\\"):
            quote = found[0]
    return quote


def symbolic(text: str, macros: bool = False) -> str:
    """A text with its templates as `${NAME}`, as the state of a shell keeps unknown parts."""
    out: list[str] = []
    at = 0
    for found in templates(text, macros):
        out += (text[at : found.span.start], "${" + found.name + "}")
        at = found.span.end
    return "".join([*out, text[at:]])


_MOST = 16


def possible(text: str, lookup: Lookup, macros: bool = False) -> list[str | None]:
    """All texts that a scalar with templates may be; None among them where one is not known."""
    pieces: list[list[str | None]] = []
    at = 0
    for found in templates(text, macros):
        pieces.append([text[at : found.span.start]])
        values = [lookup(("variables", found.macro))] if found.macro else _conditions.values(found.text, lookup)
        pieces.append([None if v is UNKNOWN else _conditions.written(v) for v in values])
        at = found.span.end
    pieces.append([text[at:]])
    out: dict[str | None, None] = {}
    for parts in itertools.product(*pieces):
        out["".join(p for p in parts if p is not None) if None not in parts else None] = None
        if len(out) > _MOST:
            return [None]
    return list(out)


def certain(text: str, lookup: Lookup, macros: bool = False) -> str | None:
    """The one text that a scalar with templates is, None where that is not known."""
    found = possible(text, lookup, macros)
    return found[0] if len(found) == 1 else None


def environment_value(text: str, lookups: Iterable[Lookup], macros: bool = False) -> str | None:
    """A variable's value where all look-ups give the same, else with `${NAME}` for parts; None where all is unknown."""
    found = {certain(text, lookup, macros) for lookup in lookups}
    if len(found) == 1 and None not in found:
        return found.pop()
    hidden = [*templates(text, macros)]
    whole = len(hidden) == 1 and len(hidden[0].span) == len(text.strip())
    return None if whole and hidden[0].name.startswith("__") else symbolic(text, macros)
