"""Runs the engine over one document: regions, commands, verdicts, findings. No IO, never raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from . import languages, rules, shell
from .context import Context
from .environment import Walk
from .languages import Extracted
from .model import Command, ErrorReport, Fact, Finding, Machine, Region, RequirementsFile
from .settings import Settings
from .text import LineTable

_MAX_DEPTH = 16  # bash -c inside bash -c: nobody nests deeper, an attacker might


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is known of a document. `context` holds the installs with their verdicts."""

    context: Context
    findings: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        return self.context.text


def analyze(
    text: str,
    language: str,
    settings: Settings | None = None,
    machine: Machine | None = None,
    path: str = "",
    facts: tuple[Fact, ...] = (),
) -> Analysis:
    """Everything that the engine finds in a document of a language (an id of `languages`).

    With `machine`, commands that have no context of their own are judged against it. `facts` are
    known of the document as a whole.
    """
    settings = settings or Settings()
    lines = LineTable(text)
    empty = Context(text, language, path, lines, settings, machine)
    if not languages.matters(language, text):
        return Analysis(empty)
    document = Region.document(language, text, facts)
    walk = Walk(machine)
    commands: list[Command] = []
    reports: list[ErrorReport] = []
    requirements: RequirementsFile | None = None
    for item in _items(document, 0):
        if isinstance(item, Command):
            commands.append(item)
            walk.visit(item)
        elif isinstance(item, ErrorReport):
            reports.append(item)
        elif isinstance(item, RequirementsFile):
            requirements = item
    context = Context(
        text,
        language,
        path,
        lines,
        settings,
        machine,
        document,
        judged=tuple(walk.finish()),
        commands=tuple(commands),
        reports=tuple(reports),
        requirements=requirements,
        overrides=tuple(walk.log.overrides),
        made=tuple(walk.log.made),
    )
    return Analysis(context, tuple(rules.check(context)))


def _items(region: Region, depth: int) -> Iterator[Extracted]:
    """What stands in a region and, right behind each nested region's place, in that one."""
    extract = languages.extractor(region.language)
    if extract is None or depth > _MAX_DEPTH:
        return
    found = list(extract(region))
    processes = Counter(item.place for item in found if isinstance(item, Region))
    for item in found:
        if not isinstance(item, Region):
            yield item
        elif item.language != "shell" or processes[item.place] > 1 or shell.mentions(item.text) or _same(item, region):
            # A shell process of its own that mentions nothing leaves nothing behind: most RUNs of a Dockerfile.
            yield from _items(item, depth + 1)


def _same(inner: Region, outer: Region) -> bool:
    return inner.place.process == outer.place.process
