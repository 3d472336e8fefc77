"""fish scripts: its own `set`, `and`/`or`, `if ... end`, and activate.fish."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Assignment, Command, Expansion, Region, Word

from . import Language, _dialects
from ._dialect_runs import nested

LANGUAGE = Language("fish", ids=("fish",), names=("config.fish",), patterns=("*.fish",), shebangs=("fish",))

_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=")
_OPTIONS = re.compile(r"-\w+|--[\w-]+")


def _assigning(words: tuple[Word, ...]) -> tuple[tuple[Assignment, ...], tuple[Word, ...]]:
    """`set -gx NAME value...`; `NAME=value command`."""
    if words[0].value == "set":
        options = [w.value or "" for w in words[1:] if _OPTIONS.fullmatch(w.value or "")]
        rest = [w for w in words[1:] if not _OPTIONS.fullmatch(w.value or "")]
        if not rest or any(o in ("-e", "--erase", "-q", "--query") for o in options):
            return (), words
        exported = any(o == "--export" or (not o.startswith("--") and "x" in o) for o in options)
        made = _dialects.set_variable(rest[0], _joined(rest[1:]), exported=exported)
        return (made,), ()
    assignments: list[Assignment] = []
    while len(words) > 1 and isinstance(words[0].parts[0], str) and (found := _ASSIGNED.match(words[0].parts[0])):
        first = words[0]
        value = Word((str(first.parts[0])[found.end() :], *first.parts[1:]), first.span)
        assignments.append(Assignment(found[1], value, first.span))
        words = words[1:]
    return tuple(assignments), words


def _joined(words: list[Word]) -> Word | None:
    """A list as one value, joined as PATH is."""
    if not words:
        return None
    parts: list[str | Expansion] = []
    for word in words:
        parts += [":", *word.parts] if parts else word.parts
    return Word(tuple(parts), words[0].span.to(words[-1].span))


_DIALECT = _dialects.Dialect(
    token=re.compile(
        r"""(?P<skip>[ \t]+|\\\r?\n|(?<![^\s;&|()])\#[^\n]*)"""
        r"""|(?P<redirect>(?<!\S)[0-9]?(?:>>?|<)\??[ \t]*(?:&[0-9-]|[^\s;&|()]*)|&>[ \t]*[^\s;&|()]+)"""
        r"""|(?P<end>\r?\n|&&|\|\||;|\||&)"""
        r"""|(?P<open>\()|(?P<close>\))"""
        r"""|(?P<single>'(?:[^'\\]|\\.)*')|(?P<double>"(?:[^"\\]|\\.)*")"""
        r"""|(?P<variable>\$+\w+(?:\[[^\]\n]*\])?)|(?P<escape>\\.)|(?P<plain>[^\s;&|()'"$\\]+|\$|\r)""",
        re.DOTALL,
    ),
    inside=re.compile(r"(?P<variable>\$\w+)|(?P<escape>\\[\"$\\])"),
    leads=frozenset(
        (
            *("if", "while", "and", "or", "not", "else", "begin", "command", "builtin", "time", "for", "switch"),
            *("case", "function", "end"),
        )
    ),
    assigning=_assigning,
    opens=frozenset(("if", "while", "begin", "for", "switch", "function")),
    closes=frozenset(("end",)),
    heads=frozenset(("for", "switch", "case", "function")),
    branches={"and": "&&", "or": "||"},
)


def extract(region: Region) -> Iterator[Command | Region]:
    """The commands of a fish script; what only sets a variable is one without words."""
    yield from nested(_dialects.commands(region, _DIALECT), "fish")
