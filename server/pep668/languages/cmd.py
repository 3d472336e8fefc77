"""Windows batch files, as far as install lines go: `call venv\\Scripts\\activate.bat`, `pip install x`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pep668.model import Assignment, Command, Evidence, Fact, Region, Word
from pep668.text import Span

from . import Language, _dialects
from ._dialect_runs import nested

LANGUAGE = Language("cmd", ids=("bat", "cmd"), patterns=("*.bat", "*.cmd"), comments=("^REM", "^::"))

_SET = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_CONDITIONS = {"exist": 2, "defined": 2, "errorlevel": 2, "cmdextversion": 2}


def _assigning(words: tuple[Word, ...]) -> tuple[tuple[Assignment, ...], tuple[Word, ...]]:
    """`set NAME=value`, `set "NAME=value"`; what stands behind the condition of an `if`."""
    words = _started(_behind_condition(words))
    if not words or (words[0].value or "").lower() != "set" or len(words) < 2:
        return (), words
    first = words[1]
    found = _SET.match(first.pattern) if isinstance(first.parts[0], str) else None
    if found is None:
        return (), words
    head = str(first.parts[0])[len(found[1]) + 1 :]
    value = Word((head, *first.parts[1:]), Span(first.span.start, words[-1].span.end))
    return (Assignment(found[1].upper(), value, first.span, exported=True),), ()


def _behind_condition(words: tuple[Word, ...]) -> tuple[Word, ...]:
    while words and (words[0].value or "").lower() in ("/i", "not"):
        words = words[1:]
    if not words:
        return words
    first = (words[0].value or "").lower()
    if first in _CONDITIONS:
        return words[_CONDITIONS[first] :]
    if "==" in words[0].pattern:
        return words[2:] if words[0].pattern.endswith("==") else words[1:]
    if len(words) > 2 and (words[1].pattern == "==" or (words[1].value or "").lower() in _COMPARISONS):
        return words[3:]
    return words


def _started(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What `start /wait "title" program` runs."""
    if not words or (words[0].value or "").lower() != "start":
        return words
    rest = words[1:]
    titled = False
    while rest and (rest[0].pattern.startswith("/") or (rest[0].quoted and not titled)):
        titled |= rest[0].quoted
        rest = rest[2 if rest[0].pattern.lower() == "/d" else 1 :]
    return rest


_COMPARISONS = frozenset(("equ", "neq", "lss", "leq", "gtr", "geq"))
_DIALECT = _dialects.Dialect(
    token=re.compile(
        r"""(?P<skip>[ \t,]+|\^\r?\n|(?:(?<=\n)|(?<![\s\S]))[ \t]*@?(?:::|(?i:rem)\b)[^\n]*|(?<=\n)[ \t]*:[^\n]*)"""
        r"""|(?P<redirect>(?<!\S)[0-9]?(?:>>?|<)[ \t]*(?:&[0-9]|[^\s&|()]*))"""
        r"""|(?P<end>\r?\n|&&|\|\||\||&)"""
        r"""|(?P<open>\()|(?P<close>\))"""
        r"""|(?P<double>"[^"\n]*")"""
        r"""|(?P<variable>%[A-Za-z_]\w*(?::[^%\n]*)?%|![A-Za-z_]\w*!|%~?\w*\d|%\*|%%~?\w+)|(?P<escape>\^.)"""
        r"""|(?P<plain>@(?=\w)|[^\s,&|()"%!^]+|[%!^"\r])""",
        re.DOTALL,
    ),
    inside=re.compile(r"(?P<variable>%[A-Za-z_]\w*(?::[^%\n]*)?%|![A-Za-z_]\w*!|%~?\w*\d|%\*)|(?P<escape>(?!))"),
    leads=frozenset(("if", "else", "call", "do", "@")),
    assigning=_assigning,
)


def extract(region: Region) -> Iterator[Command | Region]:
    """The commands of a batch file. On a machine of which nothing is known it is Windows."""
    if not any(fact.kind in ("image", "runner", "platform") for fact in region.facts):
        windows = Fact("platform", "windows", Evidence("a Windows batch file"))
        region = replace(region, facts=(*region.facts, windows))
    yield from nested(_dialects.commands(region, _DIALECT), "cmd")
