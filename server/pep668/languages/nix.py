"""Nix: hooks, the phases of a build and scripts, which are shell in strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, SourceMap, Span

from . import Language, _nix, _quoted
from ._containers import script_language
from ._nix import Part, String

LANGUAGE = Language("nix", ids=("nix",), patterns=("*.nix",), comments=("#", "/* */"))

_RUN = re.compile(
    r"\w*(?:[hH]ook|Phase|[sS]cript|Command|Commands)|(?:pre|post)[A-Z]\w*|enterShell|enterTest|exec|runAsRoot"
    r"|\w*[sS]hellInit|initExtra|bashrcExtra"
)
# Functions that make a script of their last argument, or of an argument `text`.
_WRITERS = re.compile(
    r"(?:.*\.)?(?:writeShellScript(?:Bin)?|writeScript(?:Bin)?|writeBash(?:Bin)?|writeDash(?:Bin)?|runCommand\w*)"
)
_APPLICATION = re.compile(r"(?:.*\.)?write(?:Shell)?Application")


def extract(region: Region) -> Iterator[Region]:
    """Each hook, phase or script in a process of its own."""
    pending = list(reversed(_nix.strings(region.text)))
    while pending:
        string = pending.pop()
        language = _language(region.text, string)
        if not language:
            pending += [inner for part in reversed(string.parts) for inner in reversed(part.strings)]
            continue
        evidence = Evidence("it runs in a shell of Nix's", region.outer(Span(string.span.start, string.span.start)))
        facts = [Fact("remote", "which Python comes first in the Nix shell's PATH", evidence)]
        if string.attribute == "postVenvCreation":  # nixpkgs' venvShellHook has activated what it made
            facts.append(Fact("environment", "", Evidence("venvShellHook activates it", evidence.span)))
        system = region.named("nix")
        place = Place(system, f"{system}/{string.span.start}")
        made = _made(region.text, string)
        notation = _indented if string.indented else _in_quotes
        yield region.inside(language, made, facts=tuple(facts), place=place, anchor=string.span, notation=notation)


def _language(text: str, string: String) -> str:
    """What a string is a script of, "" for one that does not run."""
    if any(_WRITERS.fullmatch(c) for c in string.callers):  # the script's name is a string as well
        begins = text[string.span.start + 2 : min(string.span.end, string.span.start + 1000)]
        return script_language(begins)[0] if string.indented else ""
    if string.attribute == "text" and any(_APPLICATION.fullmatch(c) for c in string.callers):
        return "shell"
    return "shell" if _RUN.fullmatch(string.attribute) else ""


def _indented(text: str) -> str | None:
    return text.replace("''", "'''").replace("${", "''${")


def _in_quotes(text: str) -> str | None:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${").replace("\n", "\\n")


def _made(text: str, string: String) -> tuple[str, SourceMap]:
    out = MappedText()
    _add(out, text, string, 0)
    return out.finish(string.span.start)


_MOST_DEEP = 20


def _add(out: MappedText, text: str, string: String, depth: int) -> None:
    """A string's text without the indentation that all its lines share; what is put in becomes unknown."""
    drop = _indentation(text, string) if string.indented else 0
    fresh = True  # nothing but blanks on this line so far
    for part in string.parts:
        if part.code:
            inner = [s for s in part.strings if s.indented] if fresh and depth < _MOST_DEEP else []
            if inner:
                _choices(out, text, part, inner, depth)
            else:
                out.opaque(
                    _quoted.unknown(text[part.span.start : min(part.span.end, part.span.start + 200)]), part.span
                )
            fresh = False
        elif part.value is not None:
            out.opaque(part.value, part.span)
            fresh = part.value == "\n"
        else:
            at = part.span.start
            for line in text[at : part.span.end].splitlines(keepends=True):
                skip = min(drop, len(line) - len(line.lstrip(" "))) if _starts_line(text, at, string) else 0
                out.verbatim(line[skip:], at + skip)
                at += len(line)
                fresh = line.endswith("\n") or (fresh and not line.strip())


def _starts_line(text: str, at: int, string: String) -> bool:
    return text[at - 1] == "\n" or at == string.span.start + 2


def _choices(out: MappedText, text: str, part: Part, inner: list[String], depth: int) -> None:
    """`${optionalString c ''...''}` on a line of its own: its text, under a condition that is not known."""
    unknown = _quoted.unknown(text[part.span.start : min(inner[0].span.start, part.span.start + 200)])
    for index, string in enumerate(inner):
        opened = Span(part.span.start, string.span.start + 2) if not index else Span(*[string.span.start] * 2)
        out.opaque(f"{'el' if index else ''}if test {unknown}; then\n:\n", opened)
        _add(out, text, string, depth + 1)
        out.opaque("\n", Span(string.span.end, string.span.end))
    out.opaque("fi\n", Span(inner[-1].span.end, part.span.end))


def _indentation(text: str, string: String) -> int:
    found: int | None = None
    for index, part in enumerate(string.parts):
        if part.code or part.value is not None:
            continue
        piece = text[part.span.start : part.span.end]
        last = index + 1 == len(string.parts)
        for line in re.finditer(r"(?:^|(?<=\n)) *", piece):
            behind = piece[line.end() : line.end() + 1]
            if line.start() == 0 and (part.span.start != string.span.start + 2):
                continue
            if behind == "\n" or (not behind and last):  # blank lines do not count
                continue
            width = len(line[0])
            found = width if found is None else min(found, width)
    return found or 0
