"""PowerShell scripts, as far as install lines go: `& "$venv\\Scripts\\pip.exe" install x`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pep668.model import Assignment, Command, Evidence, Fact, Region, Word

from . import Language, _dialects
from ._dialect_runs import nested

LANGUAGE = Language(
    "powershell",
    ids=("powershell",),
    patterns=("*.ps1", "*.psm1", "*.psd1"),
    shebangs=("pwsh", "powershell"),
    comments=("#", "<# #>"),
)

_VARIABLE = re.compile(r"(?:env:)?([A-Za-z_]\w*)", re.IGNORECASE)


def _assigning(words: tuple[Word, ...]) -> tuple[tuple[Assignment, ...], tuple[Word, ...]]:
    """`$env:NAME = "value"`; `$x = command ...` leaves the command."""
    written = words[0].value or ""
    if not written.startswith("$") or len(words) < 2 or words[1].value not in ("=", "+="):
        return (), words
    found = _VARIABLE.fullmatch(written[1:])
    if not found or not written.lower().startswith("$env:"):
        return (), words[2:]
    name = Word((found[1],), words[0].span)
    return (_dialects.set_variable(name, words[2] if len(words) > 2 else None, exported=True),), ()


_DIALECT = _dialects.Dialect(
    token=re.compile(
        r"""(?P<skip>[ \t]+|`\r?\n|<\#.*?(?:\#>|\Z)|(?<![^\s;&|(){}])\#[^\n]*)"""
        r"""|(?P<redirect>(?<!\S)[0-9*]?>>?[ \t]*(?:&[0-9]|[^\s;&|(){}]*))"""
        r"""|(?P<end>\r?\n|&&|\|\||;|\||&(?=[ \t]|["'$.\\\w]))"""
        r"""|(?P<open>[({])|(?P<close>[)}])"""
        r"""|(?P<single>@'\r?\n.*?(?:\n'@|\Z)|'(?:[^']|'')*')|(?P<double>@"\r?\n.*?(?:\n"@|\Z)|"(?:[^"`]|`.|"")*")"""
        r"""|(?P<assigned>\$(?:\w+:)?\w+(?=[ \t]*\+?=))"""
        r"""|(?P<variable>\$(?:\w+:)?\w+|\$\{[^}\n]{0,200}\}|@\w+)|(?P<escape>`.)"""
        r"""|(?P<plain>\+?=|[^\s;&|(){}'"$`@=]+(?:=[^\s;&|(){}'"$`@]*)?|[$@&\r`'"])""",
        re.DOTALL,
    ),
    inside=re.compile(r"(?P<variable>\$(?:\w+:)?\w+|\$\{[^}\n]{0,200}\})|(?P<escape>`.)", re.DOTALL),
    leads=frozenset(("if", "elseif", "else", "try", "catch", "finally", "while", "foreach", "function", ".")),
    assigning=_assigning,
)


def extract(region: Region) -> Iterator[Command | Region]:
    """The commands of a PowerShell text. On a machine of which nothing is known it is Windows."""
    if not any(fact.kind in ("image", "runner", "platform") for fact in region.facts):
        windows = Fact("platform", "windows", Evidence("a PowerShell script"))
        region = replace(region, facts=(*region.facts, windows))
    yield from nested(_dialects.commands(region, _DIALECT), "powershell")
