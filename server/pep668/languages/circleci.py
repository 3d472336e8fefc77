"""CircleCI: each `run` step of a job is a shell of its own, in the first image or on the machine of its executor.

Source: CircleCI's "Configuration reference". Reusable commands stand in the jobs that call them; what orbs
of other files run is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.model import Region
from pep668.syntax.node import Mapping, Node, Scalar, items, text

from . import Language
from ._circleci import Configuration, facts_of
from ._hidden import hiding
from ._pipeline import Process, fact, pieces, regions, resolved, roots, shell_of, values, variables

_PARAMETER = re.compile(r"<<[ \t]*[\w.+-]+(?:[ \t]*\|\|[^<>\n]*)?[ \t]*>>")
_SNIFF = re.compile(r"^version:[ \t]*['\"]?2(?:\.\d)?['\"]?[ \t]*(?:#.*)?$", re.MULTILINE)
_ALSO = re.compile(r"^(?:jobs|commands|orbs|executors):", re.MULTILINE)
_STEPS = re.compile(r"^[ \t]+(?:- run:|- checkout\b|docker:|machine:|macos:|executor:)", re.MULTILINE)
_PYTHONS = re.compile(r"python|pip|venv|poetry|conda|\buv\b|setup|depend", re.IGNORECASE)
_DEEPEST = 8  # commands in commands
_MOST = 20_000  # steps, those of a command counted for each call


def _sniff(content: str) -> bool:
    return bool(_SNIFF.search(content) and _ALSO.search(content) and _STEPS.search(content))


LANGUAGE = Language(
    "circleci",
    names=("circle.yml",),
    patterns=(".circleci/*.yml", ".circleci/*.yaml", ".circleci/*/*.yml", ".circleci/*/*/*.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    found = (process for root in roots(region) for process in _document(region, root))
    yield from regions(region, found, hiding(_PARAMETER))


def _document(region: Region, root: Mapping) -> Iterator[Process]:
    file = Configuration.of(root)
    called = _Called(set(), [_MOST])
    for _, job in file.jobs:
        yield from _Job(region, file, job, called).processes()
    for job_or_none, call in file.calls():
        yield from _Job(region, file, job_or_none or call, called).processes(call)
    for _, command in file.commands:
        if id(command) not in called.commands:  # what calls it stands elsewhere
            yield from _Job(region, file, command, called).processes()
    if root.get("steps") is not None:  # a command or a job of an orb that is packed from files
        yield from _Job(region, file, root, called).processes()


@dataclass(frozen=True, slots=True)
class _Called:
    """The commands that something calls, by identity, and how many steps may still be read."""

    commands: set[int]
    left: list[int]


class _Job:
    def __init__(self, region: Region, file: Configuration, job: Mapping, called: _Called) -> None:
        self.region, self.file, self.job, self.called = region, file, job, called
        self.facts, self.shell = facts_of(region, file, job)
        self.system = f"job:{job.span.start}"

    def processes(self, given: Mapping | None = None) -> Iterator[Process]:
        """The steps of the job, or those that a workflow gives to it."""
        for name in ("pre-steps", "steps", "post-steps"):
            for steps in values(given or self.job, name):
                yield from self._steps(steps, 0)

    def _steps(self, node: Node, depth: int) -> Iterator[Process]:
        if depth > _DEEPEST or self.called.left[0] < 0:
            return
        for step in items(node):
            self.called.left[0] -= 1
            if isinstance(step, Scalar):
                yield from self._call(step.value, step, depth)
            elif isinstance(step, Mapping):
                for entry in step.entries:
                    name = entry.key.value
                    if name == "run":
                        yield from self._run(entry.value, step)
                    elif name in ("when", "unless") and isinstance(entry.value, Mapping):
                        yield from self._steps(entry.value.get("steps") or step, depth + 1)
                    elif name == "steps":
                        yield from self._steps(entry.value, depth + 1)
                    else:
                        yield from self._call(name, entry.key, depth)
                        if isinstance(entry.value, Mapping):  # steps given to a command as a parameter
                            for inner in entry.value.entries:
                                if inner.key.value.endswith("steps"):
                                    yield from self._steps(inner.value, depth + 1)

    def _call(self, name: str, where: Node, depth: int) -> Iterator[Process]:
        command = self.file.command(name, self.job)
        if command is not None:
            self.called.commands.add(id(command))
            for steps in values(command, "steps"):
                yield from self._steps(steps, depth + 1)
        elif "/" in name and _PYTHONS.search(name + self.file.orbs.get(name.partition("/")[0], "")):
            told = f"the orb's step {name} may activate an environment"
            self.facts = (*self.facts, fact(self.region, "environment", None, where, told))

    def _run(self, node: Node, step: Mapping) -> Iterator[Process]:
        facts, written = list(self.facts), self.shell
        found: tuple[Node, ...] = (node,)
        if isinstance(node, Mapping):
            found = values(node, "command")
            facts += variables(self.region, node.get("environment"), text)
            where = node.get("working_directory")
            if text(where):
                facts.append(fact(self.region, "directory", resolved(text(where) or "", {}), where or node))
            written = text(node.get("shell")) or written
        language, program = shell_of(written)
        if program and language == "shell":
            facts.append(fact(self.region, "shell", program, step, f"shell: {written}"))
        name = f"run:{node.span.start}:{self.called.left[0]}"
        yield Process(self.system, name, pieces(*found, language=language), tuple(facts), step.span)
