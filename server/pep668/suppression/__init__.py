"""Comments that silence findings: `# pep668: ignore[EM003]`, in the comment syntax of the language where they stand.

A comment at the end of a line is about what stands on that line, one on a line of its own about what begins on
the next; a command, a statement, a Dockerfile's instruction, a step and a fence count from their first line to their
last. `pep668: ignore-file` is about the whole text that it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pep668 import languages
from pep668.model import Command, Finding, Judged, Region
from pep668.text import LineTable, Span

from ._directives import NEEDLE, Directive, directives

__all__ = ["NEEDLE", "Directive", "Suppressions", "find"]


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
        self._files = [d for d in found if d.file]
        self._begun = (
            {self._lines.line_of(r.map.offset(0)) for r in regions if r.parent is not None} if found else set()
        )
        self._above: dict[int, list[Directive]] = defaultdict(list)
        self._behind: dict[int, list[Directive]] = defaultdict(list)
        self._standing: dict[int, list[Directive]] = defaultdict(list)
        for directive in found:
            if directive.file or directive.line is None:
                continue
            index = self._above if directive.above else self._behind
            for number in self._numbers(directive.line):
                index[number].append(directive)
            if directive.above:
                self._standing[self._lines.line_of(directive.span.start)].append(directive)

    def about(self, finding: Finding) -> Iterator[Directive]:
        """The directives that stand where they are about this finding, whatever codes they name."""
        if not self.directives:
            return
        seen: set[int] = set()
        for directive in self._candidates(finding):
            if id(directive) not in seen:
                seen.add(id(directive))
                yield directive

    def _candidates(self, finding: Finding) -> Iterator[Directive]:
        yield from (d for d in self._files if _holds(d, finding))
        commands = list(self._commands_of(finding))
        for unit in (_Unit(finding.span, False), *_units(commands), _Unit(self._logical_line(finding.span))):
            yield from self._about(unit)
        for region in self._regions_of(finding, commands):
            start = region.map.offset(0)
            within = not self._lines.text[self._lines.starts[self._lines.line_of(start)] : start].strip()
            for at in {start, region.anchor.start if region.anchor else start}:
                # Above a text that begins its line stands a comment within that text, about its first line.
                if at < start or not within or region.fact("document"):
                    yield from (d for d in self._above[self._lines.line_of(at)] if _on(d, at))
            yield from self._opening(region, start)

    def _about(self, unit: _Unit) -> Iterator[Directive]:
        span = unit.span
        yield from (d for d in self._above[self._lines.line_of(span.start)] if _on(d, span.start))
        if unit.whole:
            yield from (d for d in self._behind[self._lines.line_of(span.end)] if _on(d, span.end))
            return
        for number in self._numbers(span):
            yield from (d for d in self._behind[number] if d.line is not None and d.line.touches(span))
            yield from (d for d in self._standing[number] if d.span.start in span)

    def _opening(self, region: Region, start: int) -> Iterator[Directive]:
        """A comment behind what opens a text: `run: |  # pep668: ignore`."""
        number = self._lines.line_of(start) - 1
        for directive in self._behind[number] if number not in self._begun else ():
            end = directive.line.end if directive.line else start
            if directive.region is region.parent and not self._lines.text[end:start].strip():
                yield directive

    def _numbers(self, span: Span) -> range:
        return range(self._lines.line_of(span.start), self._lines.line_of(span.end) + 1)

    def _logical_line(self, span: Span) -> Span:
        """The line with those that backslashes continue it from and to; comments between them count as none."""
        first, last = self._lines.line_of(span.start), self._lines.line_of(span.end)
        above = first - 1
        while above >= 0:
            text = self._lines.line_text(above).strip()
            if text.endswith("\\"):
                first = above
            elif text and not text.startswith("#"):
                break
            above -= 1
        while last + 1 < len(self._lines) and self._lines.line_text(last).rstrip().endswith("\\"):
            last += 1
        begin = self._lines.line_span(first)
        indent = len(self._lines.line_text(first)) - len(self._lines.line_text(first).lstrip())
        return Span(begin.start + indent, max(begin.start + indent, self._lines.line_span(last).end))

    def _commands_of(self, finding: Finding) -> Iterator[Command]:
        """The commands that a finding stands in, from the innermost outwards (`bash -c "..."`)."""
        command: Command | None = _command(finding)
        if command is None or not command.outer(command.span).touches(finding.span):
            command = next((c for c in self._commands if c.outer(c.span).covers(finding.span)), None)
        while command is not None:
            yield command
            command = command.region.origin

    def _regions_of(self, finding: Finding, commands: Sequence[Command]) -> Iterator[Region]:
        if not commands:
            yield from (r for r in self._regions if r.parent is not None and _extent(r).covers(finding.span))
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


def _on(directive: Directive, at: int) -> bool:
    return directive.line is not None and directive.line.start <= at <= directive.line.end


def _holds(directive: Directive, finding: Finding) -> bool:
    """Whether an `ignore-file` is about it: of a notebook, which has no comments of its own, a cell's is."""
    root = directive.region
    while root.parent is not None:
        root = root.parent
    return not languages.comments(root.language) or _extent(directive.region).covers(finding.span)


def _extent(region: Region) -> Span:
    return region.outer(Span(0, len(region.text)))
