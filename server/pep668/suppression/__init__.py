"""Comments that silence findings: `# pep668: ignore[EM003]`, in the comment syntax of the language where they stand.

A comment at the end of a line is about what stands on that line, one on a line of its own about what begins on
the next; a command, a statement, a Dockerfile's instruction, a step and a fence count from their first line to their
last. `pep668: ignore-file` is about the whole text that it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from pep668 import languages
from pep668.model import Command, Finding, Judged, Region
from pep668.text import LineTable, Span

from ._directives import NEEDLE, Directive, directives
from ._places import Index, LogicalLines

__all__ = ["NEEDLE", "Directive", "Suppressions", "find"]

_MOST = 64  # directives that one finding is compared with


def find(regions: Sequence[Region], lines: LineTable, commands: Sequence[Command]) -> Suppressions:
    """The directives of a document. `regions` are all of its regions, the document itself first."""
    return Suppressions(directives(regions), regions, lines, commands)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Something that a comment can be about. `whole`: a trailing comment stands behind its end only."""

    span: Span
    whole: bool = True


class Suppressions:
    """The directives of a document, by the lines that they are about."""

    def __init__(
        self,
        found: Sequence[Directive] = (),
        regions: Sequence[Region] = (),
        lines: LineTable | None = None,
        commands: Sequence[Command] = (),
    ) -> None:
        self.directives = tuple(found)
        self._regions = regions
        self._commands = commands
        self._lines = lines or LineTable("")
        lined = [(d.line, d) for d in found if d.line is not None and not d.file]
        self._above = Index((line, d) for line, d in lined if d.above)
        self._behind = Index((line, d) for line, d in lined if not d.above)
        self._standing = Index((d.span, d) for _, d in lined if d.above)
        self._files: dict[int, list[Directive]] = defaultdict(list)
        for directive in found:
            if directive.file:
                self._files[id(_holder(directive.region))].append(directive)

    def about(self, finding: Finding) -> Iterator[Directive]:
        """The directives that stand where they are about this finding, whatever codes they name; at most dozens."""
        if self.directives:
            yield from dict.fromkeys(islice(self._candidates(finding), _MOST))

    def _candidates(self, finding: Finding) -> Iterator[Directive]:
        commands = list(self._commands_of(finding))
        regions = list(self._regions_of(finding, commands))
        for unit in (_Unit(finding.span, False), *_units(commands), _Unit(self._logical_lines.around(finding.span))):
            yield from self._about(unit)
        for region in regions:
            start = region.map.offset(0)
            within = not self._before(start).strip()
            for at in {start, region.anchor.start if region.anchor else start}:
                # Above a text that begins its line stands a comment within that text, about its first line.
                if at < start or not within or region.fact("document"):
                    yield from self._above.touching(Span(at, at))
            yield from self._opening(region, start)
        for held in (*regions, *self._regions[:1]):
            yield from self._files.get(id(held), ())

    def _about(self, unit: _Unit) -> Iterator[Directive]:
        span = unit.span
        yield from self._above.touching(Span(span.start, span.start))
        yield from self._behind.touching(Span(span.end, span.end) if unit.whole else span)
        if not unit.whole:
            yield from self._standing.touching(span)

    def _opening(self, region: Region, start: int) -> Iterator[Directive]:
        """A comment behind what opens a text: `run: |  # pep668: ignore`."""
        number = self._lines.line_of(start) - 1
        if number < 0 or number in self._begun:
            return
        for directive in self._behind.touching(self._lines.line_span(number)):
            end = directive.line.end if directive.line else start
            if directive.region is region.parent and not self._lines.text[end:start].strip():
                yield directive

    def _before(self, at: int) -> str:
        """What stands on the line of a place before it."""
        return self._lines.text[self._lines.starts[self._lines.line_of(at)] : at]

    @cached_property
    def _begun(self) -> frozenset[int]:
        """The lines on which a text begins."""
        return frozenset(self._lines.line_of(r.map.offset(0)) for r in self._regions if r.parent is not None)

    @cached_property
    def _logical_lines(self) -> LogicalLines:
        return LogicalLines(self._lines)

    @cached_property
    def _command_index(self) -> Index[Command]:
        return Index((c.outer(c.span), c) for c in self._commands)

    @cached_property
    def _region_index(self) -> Index[Region]:
        return Index((_extent(r), r) for r in self._regions if r.parent is not None)

    def _commands_of(self, finding: Finding) -> Iterator[Command]:
        """The commands that a finding stands in, from the innermost outwards (`bash -c "..."`)."""
        command: Command | None = _command(finding)
        if command is None or not command.outer(command.span).touches(finding.span):
            around = self._command_index.touching(finding.span)
            command = next((c for c in around if c.outer(c.span).covers(finding.span)), None)
        while command is not None:
            yield command
            command = command.region.origin

    def _regions_of(self, finding: Finding, commands: Sequence[Command]) -> Iterator[Region]:
        if not commands:
            around = self._region_index.touching(finding.span)
            yield from (r for r in around if _extent(r).covers(finding.span))
            return
        region: Region | None = commands[0].region
        while region is not None and region.parent is not None:
            yield region
            region = region.parent


def _command(finding: Finding) -> Command | None:
    subject = finding.subject
    if isinstance(subject, Judged):
        return subject.install.command
    return subject if isinstance(subject, Command) else None


def _units(commands: Iterable[Command]) -> Iterator[_Unit]:
    for command in commands:
        yield _Unit(command.outer(command.span), False)
        yield _Unit(command.outer(command.statement))


def _holder(region: Region) -> Region:
    """What an `ignore-file` in a region is about: all of a notebook, which has no comments but those of its cells."""
    root = region
    while root.parent is not None:
        root = root.parent
    return region if languages.comments(root.language) else root


def _extent(region: Region) -> Span:
    return region.outer(Span(0, len(region.text)))
