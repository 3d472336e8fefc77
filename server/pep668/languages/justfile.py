"""Justfiles: each line of a recipe is a shell of its own; a recipe that begins with `#!` is one script.

Source: the just programmer's manual (recipe lines, shebang and script recipes, settings, attributes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, SourceMap, Span

from . import Language, _just
from ._just_file import Recipe, read
from ._templates import Made, filled

LANGUAGE = Language(
    "justfile",
    ids=("just", "justfile"),
    names=("justfile", "Justfile", "JUSTFILE", ".justfile", ".Justfile"),
    patterns=("*.just", "*.justfile"),
    shebangs=("just",),
)

_TEMPLATE = re.compile(r"\{\{\{\{|\{\{((?:[^{}]|\{[^{}]*\})*)\}\}")
_PREFIX = re.compile(r"[@?-]{0,3}[ \t]*")
_SHEBANG = re.compile(r"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*(?:\S*/)?)?([\w.+-]+)")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_LANGUAGES = {"pwsh": "powershell", "powershell": "powershell", "cmd": "cmd", "fish": "fish", "python": "python"}
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "ash")


def _notation(text: str) -> str | None:
    return None if "\n" in text else text.replace("{{", "{{{{")


def extract(region: Region) -> Iterator[Region]:
    """The commands of a justfile's recipes, in the order of the text."""
    yield from _Justfile(region).regions()


class _Justfile:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.file = read(region.text)
        self.facts = tuple(self._exports())

    def _exports(self) -> Iterator[Fact]:
        for name, span in self.file.exported.items():
            evidence = Evidence(f"the justfile exports {name}", self.region.outer(span))
            yield Fact("variable", self.file.known.get(name), evidence, name)
        directory = _just.value(self.file.settings.get("working-directory", ""), self.file.known)
        if directory:
            yield Fact("directory", directory, Evidence(f"the working directory is {directory}"))

    def regions(self) -> Iterator[Region]:
        region = self.region
        program = next(iter(_strings(self.file.settings.get("shell", ""))), "sh")
        for span in self.file.commands:
            made = region.text[span.start : span.end], SourceMap.identity(len(span), span.start)
            yield from self._region(made, program, self.facts, span)
        for recipe in self.file.recipes:
            facts = (*self.facts, *self._facts(recipe))
            known = self.file.known | dict(recipe.defaults())
            lines = [s for s in recipe.lines if region.text[s.start : s.end].strip()]
            if not lines:
                continue
            first = region.text[lines[0].start : lines[0].end].strip()
            script = re.search(r"(?:^|[ ,])script(?:\((.*)\))?", recipe.attributes)
            named = _SHEBANG.match(first)
            if named or script:
                interpreter = named[1] if named else next(iter(_strings(script[1] or "") if script else ()), "sh")
                body = self._body(recipe.lines[recipe.lines.index(lines[0]) :])
                yield from self._region(self._filled(body, known), interpreter, facts, recipe.span)
                continue
            for line in self._lines(lines):
                yield from self._region(self._filled(line, known), program, facts, recipe.span)

    def _region(self, made: Made, program: str, facts: tuple[Fact, ...], anchor: Span) -> Iterator[Region]:
        region = self.region
        name = program.replace("\\", "/").rpartition("/")[2].removesuffix(".exe").rstrip("0123456789.")
        language = "shell" if name in _SHELLS else _LANGUAGES.get(name)
        if language is None or not made[0].strip():
            return
        shell = Fact("shell", name, Evidence(f"just runs it with {name}"))
        place = Place(region.place.system, region.named(f"recipe:{made[1].offset(0)}"), region.place.base)
        yield region.inside(language, made, facts=(*facts, shell), place=place, anchor=anchor, notation=_notation)

    def _facts(self, recipe: Recipe) -> Iterator[Fact]:
        attributes = set(re.findall(r"[\w-]+", recipe.attributes))
        evidence = Evidence("the recipe's attribute", self.region.outer(recipe.span))
        if not attributes & {"linux", "unix"} and attributes & {"windows", "macos"}:
            yield Fact("platform", "windows" if "windows" in attributes else "macos", evidence)
        found = re.search(r"working-directory[ \t]*:[ \t]*(\"[^\"]*\"|'[^']*')", recipe.attributes)
        if found:
            yield Fact("directory", found[1][1:-1], evidence)

    def _filled(self, made: Made, known: dict[str, str | None]) -> Made:
        return filled(made, _TEMPLATE, lambda found: "{{" if found[1] is None else _just.value(found[1], known))

    def _lines(self, lines: list[Span]) -> Iterator[Made]:
        """The logical lines without indentation and prefix."""
        text = self.region.text
        out: MappedText | None = None
        behind = 0
        for span in lines:
            line = text[span.start : span.end]
            start = span.start + len(line) - len(line.lstrip())
            if out is None:
                out = MappedText()
                prefix = _PREFIX.match(text, start, span.end)
                start = prefix.end() if prefix else start
            else:
                out.opaque("\n", Span(behind, start))
            out.verbatim(text[start : span.end], start)
            behind = span.end
            if not line.endswith("\\"):
                yield out.finish(start)
                out = None
        if out is not None:
            yield out.finish(behind)

    def _body(self, lines: list[Span]) -> Made:
        """The lines of a script, without the indentation of its first one."""
        text = self.region.text
        first = text[lines[0].start : lines[0].end]
        margin = first[: len(first) - len(first.lstrip())]
        out = MappedText()
        for index, span in enumerate(lines):
            start = span.start + (len(margin) if text.startswith(margin, span.start) else 0)
            if index:
                out.opaque("\n", Span(lines[index - 1].end, min(start, span.end)))
            out.verbatim(text[start : span.end], start)
        return out.finish(lines[0].start)


def _strings(text: str) -> list[str]:
    return [m[1] if m[1] is not None else m[2] for m in _STRING.finditer(text)]
