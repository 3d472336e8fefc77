"""Runs the engine over one document: regions, commands, verdicts, findings. No IO, never raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from . import languages, rules, shell, suppression
from .context import Context
from .environment import Walk
from .languages import Extracted
from .model import Command, ErrorReport, Fact, Finding, Machine, Observed, Region, RequirementsFile
from .settings import Settings
from .suppression import Directive, Suppressions
from .text import LineTable

_MAX_DEPTH = 16  # bash -c inside bash -c: nobody nests deeper, an attacker might


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is known of a document. `context` holds the installs with their verdicts.

    `suppressed` are the findings that comments silence, `idle` the comments that silence none.
    """

    context: Context
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    idle: tuple[Directive, ...] = ()

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
    observed: tuple[Observed, ...] = (),
) -> Analysis:
    """Everything that the engine finds in a document of a language (an id of `languages`).

    The parameters are those of `understand`.
    """
    context = understand(text, language, settings, machine, path, facts, observed)
    return Analysis(context) if context.document is None else _analysis(context)


def understand(
    text: str,
    language: str,
    settings: Settings | None = None,
    machine: Machine | None = None,
    path: str = "",
    facts: tuple[Fact, ...] = (),
    observed: tuple[Observed, ...] = (),
) -> Context:
    """What the rules judge: the document's installs with their verdicts; no rule is asked.

    With `machine`, commands that have no context of their own are judged against it. `facts` are
    known of the document as a whole, `observed` the installs of it that were seen being refused.
    """
    settings = settings or Settings()
    lines = LineTable(text)

    def again(other: str) -> Context:
        return understand(other, language, settings, machine, path, facts)

    empty = Context(text, language, path, lines, settings, machine)
    if not languages.matters(language, text):
        return empty
    document = Region.document(language, text, facts)
    walk = Walk(machine)
    commands: list[Command] = []
    reports: list[ErrorReport] = []
    requirements: RequirementsFile | None = None
    regions: list[Region] | None = [document] if suppression.NEEDLE in text else None
    for item in _items(document, 0, regions):
        if isinstance(item, Command):
            commands.append(item)
            walk.visit(item)
        elif isinstance(item, ErrorReport):
            reports.append(item)
        elif isinstance(item, RequirementsFile):
            requirements = item
    return Context(
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
        suppressions=suppression.find(regions, lines, commands) if regions else Suppressions(),
        observed=observed,
        again=again,
    )


def _analysis(context: Context) -> Analysis:
    findings: list[Finding] = []
    suppressed: list[Finding] = []
    idle = dict.fromkeys(context.suppressions.directives)
    for finding in rules.check(context):
        loaded = rules.by_code(finding.rule)
        name = loaded.rule.name if loaded else ""
        silencing = [d for d in context.suppressions.about(finding) if d.names(finding.rule, name)]
        if finding.stands_for and not silencing:  # what is silenced stays so when it has happened
            other = rules.by_code(finding.stands_for)
            name = other.rule.name if other else ""
            silencing = [d for d in context.suppressions.about(finding) if d.names(finding.stands_for, name)]
        (suppressed if silencing else findings).append(finding)
        for directive in silencing:
            idle.pop(directive, None)
    return Analysis(context, tuple(findings), tuple(suppressed), tuple(idle))


def _items(region: Region, depth: int, regions: list[Region] | None) -> Iterator[Extracted]:
    """What stands in a region and, right behind each nested region's place, in that one; adds those to `regions`."""
    extract = languages.extractor(region.language)
    if extract is None or depth > _MAX_DEPTH:
        return
    found = list(extract(region))
    if regions is not None:
        regions += (item for item in found if isinstance(item, Region))
    processes = Counter(item.place for item in found if isinstance(item, Region))
    for item in found:
        if not isinstance(item, Region):
            yield item
        elif item.language != "shell" or processes[item.place] > 1 or shell.mentions(item.text) or _same(item, region):
            # A shell process of its own that mentions nothing leaves nothing behind: most RUNs of a Dockerfile.
            yield from _items(item, depth + 1, regions)


def _same(inner: Region, outer: Region) -> bool:
    return inner.place.process == outer.place.process
