"""Reads a justfile's structure: settings, assignments, recipes with their attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pep668.text import LineTable, Span

from . import _just

_ASSIGNMENT = re.compile(
    r"(?P<export>export[ \t]+|unexport[ \t]+)?(?P<name>[A-Za-z_][\w-]*)[ \t]*:=[ \t]*(?P<value>.*)"
)
_SETTING = re.compile(r"set[ \t]+([\w-]+)(?:[ \t]*:=[ \t]*(.*))?")
_NAME = re.compile(r"@?[A-Za-z_][\w-]*(?=[ \t:])")
_STOP = re.compile(r"\"[^\"]*\"|'[^']*'|:=?")
_PARAMETER = re.compile(r"[*+]?\$?([A-Za-z_][\w-]*)(?:=(\"[^\"]*\"|'[^']*'|[^\s]+))?")
_ATTRIBUTE = re.compile(r"\[(.*)\][ \t]*$")
_COMMAND = re.compile(r"`([^`\n]+)`")
_ROUNDS = 4  # an assignment may use later ones


@dataclass(slots=True)
class Recipe:
    """`parameters` is their text; `lines` are those of the body, empty ones included."""

    parameters: str
    attributes: str
    span: Span
    lines: list[Span] = field(default_factory=list)

    def defaults(self) -> Iterator[tuple[str, str | None]]:
        """The parameters as shell expansions; one with a plain default has that unless it is given."""
        for found in _PARAMETER.finditer(self.parameters):
            default = (found[2] or "").strip("\"'")
            plain = re.fullmatch(r"[\w./-]+", default) is not None
            yield found[1], "${" + found[1].replace("-", "_") + (f":-{default}" if plain else "") + "}"


@dataclass(slots=True)
class File:
    """`exported` are the names of variables and where; `commands` the texts in backticks of assignments."""

    known: dict[str, str | None] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    exported: dict[str, Span] = field(default_factory=dict)
    commands: list[Span] = field(default_factory=list)
    recipes: list[Recipe] = field(default_factory=list)


def read(text: str) -> File:
    """What stands in a justfile, as far as it can be read."""
    out = File()
    table = LineTable(text)
    current: Recipe | None = None
    attributes = ""
    written: dict[str, str] = {}
    for number in range(len(table)):
        span = table.line_span(number)
        line = text[span.start : span.end]
        if not line.strip() or line[0] in " \t":
            if current is not None:
                current.lines.append(span)
                if line.strip():
                    current.span = Span(current.span.start, span.end)
            continue
        current = None
        if line.startswith("#"):
            continue
        attribute = _ATTRIBUTE.match(line)
        if attribute:
            attributes += f" {attribute[1]}"
            continue
        setting = _SETTING.fullmatch(line)
        assignment = None if setting else _ASSIGNMENT.match(line)
        if setting:
            out.settings[setting[1]] = setting[2] or "true"
        elif assignment:
            written[assignment["name"]] = _uncommented(assignment["value"])
            if (assignment["export"] or "").startswith("export"):
                out.exported[assignment["name"]] = span
            for found in _COMMAND.finditer(line, assignment.start("value")):
                out.commands.append(Span(*found.span(1)).shift(span.start))
        else:
            parameters = _parameters(line)
            if parameters is not None:
                current = Recipe(parameters, attributes, span)
                out.recipes.append(current)
        attributes = ""
    for _ in range(_ROUNDS):
        for name, expression in written.items():
            out.known[name] = _just.value(expression, out.known)
    if out.settings.get("export") == "true":
        out.exported = dict.fromkeys(out.known, Span(0, 0)) | out.exported
    return out


def _parameters(line: str) -> str | None:
    """The parameters of a recipe's first line; None for any other line."""
    name = _NAME.match(line)
    if name:
        for found in _STOP.finditer(line, name.end()):
            if found[0] == ":":
                return line[name.end() : found.start()]
    return None


def _uncommented(text: str) -> str:
    before, _, behind = text.partition(" #")
    return text if set("\"'`") & set(behind) else before
