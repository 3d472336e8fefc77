"""Nix: `shellHook` and the phases of a build, which are shell in `''` strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, SourceMap, Span

from . import Language, _quoted

LANGUAGE = Language("nix", ids=("nix",), patterns=("*.nix",))

_SCRIPT = re.compile(
    r"(?:\b(\w*(?:[hH]ook|Phase|Script|Command|script|postVenvCreation|preStart|postStart|text))\s*=\s*"
    r"|\bwriteShellScript(?:Bin)?\s+\"[^\"\n]*\"\s*|\brunCommand\w*\s+\"[^\"\n]*\"\s*\{[^{}]*\}\s*)''"
)
_COMMENT = re.compile(r"#[^\n]*|/\*.*?\*/", re.DOTALL)
_PART = re.compile(r"'''|''\$|''\\(.)|\$\$|(\$\{[^{}\n]*\})|(?P<end>'')|[^'$]+|['$]", re.DOTALL)


def extract(region: Region) -> Iterator[Region]:
    """Each hook or phase in a process of its own."""
    text = region.text
    at = 0
    while found := _SCRIPT.search(text, at):
        line = text.rfind("\n", 0, found.start()) + 1
        made, at = _string(text, found.end())
        if _COMMENT.match(text[line : found.start()].lstrip()):
            continue
        span = Span(found.start(), at)
        evidence = Evidence("it runs in a shell of Nix's", region.outer(Span(found.start(), found.start())))
        facts = [Fact("remote", "which Python comes first in the Nix shell's PATH", evidence)]
        if found[1] == "postVenvCreation":  # nixpkgs' venvShellHook has activated what it made
            facts.append(Fact("environment", "", Evidence("venvShellHook activates it", evidence.span)))
        system = region.named("nix")
        place = Place(system, f"{system}/{found.start()}")
        yield region.inside("shell", made, facts=tuple(facts), place=place, anchor=span)


def _string(text: str, at: int) -> tuple[tuple[str, SourceMap], int]:
    """An indented string up to its `''`, and where it ends. Its indentation means nothing to a shell."""
    out = MappedText()
    start = at
    while part := _PART.match(text, at):
        span = Span(*part.span())
        at = part.end()
        if part["end"]:
            break
        if part[2]:
            out.opaque(_quoted.unknown(part[2]), span)
        elif part[0] == "'''":
            out.opaque("''", span)
        elif part[0] in ("''$", "$$"):
            out.opaque(part[0][-1:] if part[0] == "''$" else "$$", span)
        elif part[1]:
            out.opaque({"n": "\n", "t": "\t", "r": "\r"}.get(part[1], part[1]), span)
        else:
            out.verbatim(part[0], span.start)
    return out.finish(start), at
