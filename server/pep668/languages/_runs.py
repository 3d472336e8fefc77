"""The ways in which a job of a CI system runs: where, and what its earlier steps have put first in PATH.

Shared by GitHub Actions and Azure Pipelines, whose matrices and conditions are alike. A
step's condition says in which of the job's runs it may run, so that what is said of it
is exact where they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Node

from . import _condition_parser, _conditions
from ._actions import Effect
from ._condition_parser import Tree
from ._conditions import UNKNOWN
from ._run_places import place


@dataclass(frozen=True, slots=True)
class Source:
    """What a step has put first in PATH, where its condition held."""

    fact: Fact
    certain: bool
    login: bool
    condition: frozenset[Tree]


@dataclass(slots=True)
class Run:
    """One of the ways in which a job runs. `runner` is a label, "" unknown; `image` None without a container."""

    values: dict[str, Any]
    known: bool = True
    runner: str = ""
    platform: str = ""
    image: str | None = None
    environment: dict[str, str | None] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def lookup(self, path: Sequence[str]) -> Any:
        context, rest = path[0].lower(), path[1:]
        if context == "runner" and [p.lower() for p in rest] == ["os"]:
            return {"linux": "Linux", "macos": "macOS", "windows": "Windows"}.get(self.platform, UNKNOWN)
        if context == "env" and len(rest) == 1:
            value = self.environment.get(rest[0])
            return UNKNOWN if value is None else value
        if context == "variables":
            return self._variable(".".join(rest).lower())
        if context != "matrix":
            return UNKNOWN
        found: Any = self.values
        for part in rest:
            if isinstance(found, dict):
                found = found.get(part, None if self.known else UNKNOWN)
        return found

    def _variable(self, name: str) -> Any:
        """One of Azure's variables."""
        if name == "agent.os":
            return {"linux": "Linux", "macos": "Darwin", "windows": "Windows_NT"}.get(self.platform, UNKNOWN)
        value = next((v for n, v in self.environment.items() if n.lower() == name), None)
        return UNKNOWN if value is None else value


@dataclass(slots=True)
class Job:
    """`runs` are all ways in which it runs, at least one; `runner` and `container` the nodes that say where.

    `key` is the name of the key that says the runner.
    """

    name: str
    runs: list[Run]
    runner: Node | None = None
    container: Node | None = None
    key: str = "runs-on"


def conjuncts(condition: str) -> frozenset[Tree]:
    """The parts of a condition that must all hold, however it is written."""
    inner = condition.strip()
    if inner.startswith("${{") and inner.endswith("}}"):
        inner = inner[3:-2]
    out: set[Tree] = set()
    pending = [_condition_parser.parse(inner)] if inner.strip() else []
    while pending:
        tree = pending.pop()
        if tree[0] == "and":
            pending += tree[1:]
        elif tree[:2] == ("call", "and"):
            pending += tree[2:]
        else:
            out.add(("text", inner) if tree == ("unknown",) else tree)
    return frozenset(out)


def apply(job: Job, effects: Callable[[Run], Iterable[Effect]], condition: str, evidence: Evidence) -> None:
    """Take in what an action of a step does, in the runs in which its condition may hold."""
    for run in job.runs:
        holds = _conditions.truth(condition, run.lookup) if condition else True
        if holds is False:
            continue
        for effect in effects(run):
            if effect.kind == "variable":
                value = effect.value if effect.certain and holds else None
                source = Source(Fact("variable", value, evidence, effect.name), True, False, frozenset())
            else:
                name = effect.name if effect.kind == "program" else ""
                made = Fact(effect.kind, effect.value, evidence, name)
                needs = frozenset() if holds else conjuncts(condition)
                source = Source(made, effect.certain, effect.login, needs)
            run.sources.append(source)


def selected(job: Job, condition: str) -> list[Run]:
    """The runs in which a step may run; all of them where none is left."""
    if not condition:
        return job.runs
    return [r for r in job.runs if _conditions.truth(condition, r.lookup) is not False] or job.runs


def facts(region: Region, job: Job, runs: list[Run], condition: str, login: bool) -> tuple[Fact, ...]:
    """Where a step runs, what comes first in PATH there, and which programs earlier steps bring."""
    parts = conjuncts(condition)
    surely: list[Fact | None] = []
    maybe: list[Fact] = []
    variables: dict[str, Fact] = {}
    programs: list[dict[str, Fact]] = []
    for run in runs:
        sure: Fact | None = None
        programs.append({})
        for source in run.sources:
            if source.fact.kind == "variable":
                variables[source.fact.name] = source.fact
            elif source.fact.kind == "program":
                if source.certain and source.condition <= parts:
                    programs[-1][source.fact.name] = source.fact
            elif source.login and not login:
                continue
            elif source.certain and source.condition <= parts:
                sure = source.fact
            else:
                maybe.append(source.fact)
                sure = sure or _either(source, run.sources)
        surely.append(sure)
    known = [s for s in surely if s]
    rest = [r for r, s in zip(runs, surely, strict=True) if s is None]
    out = [*place(region, job, rest or runs), *variables.values()]
    out += (f for name, f in programs[0].items() if all(name in there for there in programs)) if programs else ()
    if known and not rest:
        out.append(known[-1])
    elif known or maybe:
        first = (maybe or known)[-1]
        text = f"{first.evidence.text} may put a Python first in PATH"
        out.append(Fact(first.kind, None, Evidence(text, first.evidence.span)))
    return tuple(out)


def _either(source: Source, others: list[Source]) -> Fact | None:
    """The source's fact where another one takes its place when its condition does not hold."""
    against = {_negated(part) for part in source.condition} if len(source.condition) == 1 else set()
    found = any(o.certain and not o.login and o.condition and o.condition <= against for o in others)
    return source.fact if source.certain and found else None


def _negated(tree: Tree) -> Tree:
    if tree[0] == "not":
        return tuple(tree[1])
    opposite = {"==": "!=", "!=": "=="}.get(tree[0])
    return (opposite, *tree[1:]) if opposite else ("not", tree)
