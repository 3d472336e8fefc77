"""Makefiles: the lines of their recipes, and what `$(shell ...)` and `!=` run.

Each line is a process of its own on the machine that make runs on, the whole recipe with `.ONESHELL`.
Variables are those of the file; included files are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Escaped, Span

from . import Language
from ._make import read
from ._make_expand import HERE, UNKNOWN, Scope, shells
from ._make_nouns import Assign, Branch, Export, Line, Made, Rule, Statement, Text
from ._make_recipe import Recipes, together
from ._make_values import Values

LANGUAGE = Language(
    "makefile",
    ids=("makefile", "make"),
    names=("Makefile", "makefile", "GNUmakefile", "BSDmakefile"),
    patterns=(
        *("*.mk", "*.mak", "*.make", "*.makefile", "Makefile.*", "makefile.*", "GNUmakefile.*", "Makefile-*"),
        *("Makefile_*", "*.Makefile", "debian/rules"),
    ),
    shebangs=("make", "gmake"),
)

_DOLLARS = Escaped((("$", "$$"),))
_REFERRED = re.compile(r"\$\$\{?(\w+)")
_MATTERS = re.compile(r"PATH|VIRTUAL_ENV|(?:PIP|UV|CONDA|PYTHON|POETRY|PIPX|PIPENV)(?:_\w+)?")
_LOGIN = re.compile(r"(?:^|\s)-\w*l|--login")
_OTHER_SHELLS = {"pwsh": "powershell", "powershell": "powershell", "cmd": "cmd", "fish": "fish", "python": "python"}


def extract(region: Region) -> Iterator[Region]:
    """The commands of a makefile's recipes, in the order of the text."""
    statements = list(read(region.text))
    values = Values(len(region.text))
    exported: dict[str, Span | None] = {}
    everything = False
    for found in statements:
        if isinstance(found, Assign):
            values.assign(found)
            if found.exported and not found.targets:
                exported[found.name] = found.span
        elif isinstance(found, Branch):
            values.branch(found)
        elif isinstance(found, Export):
            names = values.expand(found.names).split()
            exported.update(dict.fromkeys(names, found.span))
            everything = everything or not names
        elif isinstance(found, Rule):
            everything = everything or found.targets == ".EXPORT_ALL_VARIABLES"
    if everything:
        spans = {f.name: f.span for f in statements if isinstance(f, Assign) and not f.targets}
        exported = {**spans, **exported}
    facts = tuple(_exports(region, values, exported))
    yield from _Makefile(region, statements, values, facts).regions()


def _exports(region: Region, values: Values, exported: dict[str, Span | None]) -> Iterator[Fact]:
    """The variables that reach the shells, of those that something here may look at."""
    referred = set(_REFERRED.findall(region.text))
    for name, span in exported.items():
        if name in values.table and (name in referred or _MATTERS.fullmatch(name)):
            yield _variable(region, name, values.expand(f"$({name})"), span)


def _variable(region: Region, name: str, value: str, span: Span | None) -> Fact:
    evidence = Evidence(f"the makefile exports {name}={value}", region.outer(span) if span else None)
    return Fact("variable", None if UNKNOWN in value else value, evidence, name)


class _Makefile:
    """The regions of a makefile, or of one that `$(eval ...)` makes of a `define`."""

    def __init__(self, region: Region, statements: list[Statement], values: Values, facts: tuple[Fact, ...]) -> None:
        self.region = region
        self.statements = statements
        self.values = values
        self.facts = facts
        lines = [line.made[0] for s in statements if isinstance(s, Rule) for line in s.recipe]
        self.recipes = Recipes(values, [*lines, *(s.made[0] for s in statements if isinstance(s, Text))])
        self.one_shell = any(isinstance(s, Rule) and s.targets == ".ONESHELL" for s in statements)

    def regions(self) -> Iterator[Region]:
        for found in self.statements:
            if isinstance(found, Assign):
                if found.operator == "!=":
                    yield from self._run(self.values.expanded(found.value, {}), {}, found.span)
                elif found.body is None:
                    yield from self._shells(found.value, {}, found.span)
            elif isinstance(found, Text):
                yield from self._shells(found.made, {}, found.span)
                for made in self.recipes.evaluated(found):
                    inner = self.region.inside("makefile", made, anchor=found.span)
                    yield from _Makefile(inner, list(read(made[0])), self.values, self.facts).regions()
            elif isinstance(found, Rule):
                yield from self._shells(found.head, {}, found.span)
                yield from self._recipe(found)

    def _shells(self, made: Made, scope: Scope, anchor: Span) -> Iterator[Region]:
        for inner in shells(made):
            yield from self._run(self.values.expanded(inner, scope), scope, anchor)

    def _recipe(self, rule: Rule) -> Iterator[Region]:
        scope = self.recipes.scope(rule)
        facts = tuple(
            _variable(self.region, name, self.values.expand(f"$({name})", scope), None)
            for name in self.values.exported_for(self.recipes.targets(rule))
        )
        lines: list[Line] = []
        for line in rule.recipe:
            yield from self._shells(line.made, scope, rule.span)
            lines += self.recipes.commands(line, scope)
        if self.one_shell and lines:
            lines = [Line(together([line.made for line in lines]), lines[0].windows)]
        for line in lines:
            yield from self._run(line.made, scope, rule.span, facts, line.windows)

    def _run(
        self, made: Made, scope: Scope, anchor: Span, facts: tuple[Fact, ...] = (), windows: Branch | None = None
    ) -> Iterator[Region]:
        if not made[0].strip():
            return
        region = self.region
        if windows is not None:
            evidence = Evidence("only Windows passes this test", region.outer(windows.span))
            facts = (*facts, Fact("platform", "windows", evidence))
        if region.fact("directory") is None:
            facts = (Fact("directory", HERE, Evidence("make runs recipes where it was started")), *facts)
        language = "shell"
        shell = self.values.expand("$(SHELL)", scope).split() if "SHELL" in {*self.values.table, *scope} else []
        if shell and "$" not in shell[-1]:
            program = shell[-1].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
            language = _OTHER_SHELLS.get(program.rstrip("0123456789."), "shell")
            evidence = Evidence(f"SHELL is {shell[-1]}")
            facts = (*facts, Fact("shell", program, evidence))
            if _LOGIN.search(self.values.expand("$(.SHELLFLAGS)", scope)):
                facts = (*facts, Fact("login", "yes", evidence))
        process = region.named(f"recipe:{made[1].offset(0)}")
        place = Place(region.place.system, process, region.place.base)
        yield region.inside(language, made, facts=(*self.facts, *facts), place=place, anchor=anchor, notation=_DOLLARS)
