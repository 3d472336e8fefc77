"""A job of GitHub Actions: where it runs, in which combinations, and what its earlier steps have set up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, items

from . import _conditions, _github_matrix
from ._actions import Effect
from ._conditions import UNKNOWN
from ._expressions import certain, possible, templates
from ._pipeline import fact

_MOST = 256  # combinations that are told apart
_USED = re.compile(r"\bmatrix\.([\w-]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """What a step has put first in PATH, where its condition held."""

    fact: Fact
    certain: bool
    login: bool
    condition: frozenset[str]


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
        if context != "matrix":
            return UNKNOWN
        found: Any = self.values
        for part in rest:
            if isinstance(found, dict):
                found = found.get(part, None if self.known else UNKNOWN)
        return found


@dataclass(slots=True)
class Job:
    """`place` are the facts of the runner and the container's node; `runs` all ways in which it runs, at least one."""

    name: str
    runs: list[Run]
    runner: Node | None = None
    container: Node | None = None


def platform(label: str) -> str:
    """`linux`, `macos`, `windows` of a runner's label, "" where it does not say."""
    name = label.lower()
    for known, words in (("windows", ("windows", "win-", "vs20")), ("macos", ("macos", "mac-", "osx"))):
        if any(name.startswith(w) or f"-{w}" in name for w in words):
            return known
    return "linux" if re.search(r"ubuntu|linux|debian|alpine|fedora|centos", name) else ""


def labels(node: Node | None, lookup: Callable[[Sequence[str]], Any]) -> list[tuple[str, str]]:
    """What `runs-on` may be: label and platform of each; `self-hosted` for the owner's machines, "" unknown."""
    if isinstance(node, Tree):
        node = node.get("labels")
    if isinstance(node, Scalar):
        whole = [*templates(node.value)]
        if len(whole) == 1 and len(whole[0].span) == len(node.value.strip()):
            out: list[tuple[str, str]] = []
            for value in _conditions.values(whole[0].text, lookup):
                names = value if isinstance(value, tuple) else (value,)
                out.append(_label([_conditions.written(n) for n in names]))
            return list(dict.fromkeys(out))
        found = possible(node.value, lookup)
        return list(dict.fromkeys(_label([name]) for name in found))
    return [_label([certain(i.value, lookup) if isinstance(i, Scalar) else None for i in items(node)])]


def _label(names: list[str | None]) -> tuple[str, str]:
    known = [n.strip() for n in names if n]
    system = next((p for n in known if (p := platform(n))), "")
    if len(names) > 1 or any(n.lower() == "self-hosted" for n in known):
        return ("self-hosted" if None not in names or "self-hosted" in known else ""), system
    return (known[0] if known else ""), system


def read(name: str, tree: Tree, text: str) -> Job:
    """A job of a workflow; `text` is the document, to tell which of the matrix's keys it uses."""
    matrix = _github_matrix.read(tree.get("strategy"))
    used = set(_USED.findall(text, tree.span.start, tree.span.end))
    distinct: list[dict[str, Any]] = []
    for combination in matrix.combinations:
        kept = {k: v for k, v in combination.items() if k in used}
        if kept not in distinct:
            distinct.append(kept)
    runs: list[Run] = []
    for values in distinct[:_MOST]:
        base = Run(values, matrix.known)
        for label, system in labels(tree.get("runs-on"), base.lookup):
            here = Run(values, matrix.known, label, system)
            images = _images(tree.get("container"), here.lookup)
            runs += [Run(values, matrix.known, label, system, image) for image in images]
    return Job(name, runs[:_MOST], tree.get("runs-on"), tree.get("container"))


def _images(node: Node | None, lookup: Callable[[Sequence[str]], Any]) -> list[str | None]:
    """The images that `container` may be; None: no container, "": one that is not known."""
    if isinstance(node, Tree):
        node = node.get("image")
    if not isinstance(node, Scalar) or node.missing:
        return [None]
    whole = [*templates(node.value)]
    if len(whole) == 1 and len(whole[0].span) == len(node.value.strip()):
        out: list[str | None] = []
        for value in _conditions.values(whole[0].text, lookup):
            image = value.get("image") if isinstance(value, dict) else value
            out.append(None if image in (None, "") else _conditions.written(image) or "")
        return out
    return ["" if found is None else found or None for found in possible(node.value, lookup)]


# --- what a step knows ---


def conjuncts(condition: str) -> frozenset[str]:
    """The parts of a condition that must all hold."""
    inner = condition.strip()
    if inner.startswith("${{") and inner.endswith("}}"):
        inner = inner[3:-2]
    parts = [] if "||" in inner else re.split(r"&&", inner)
    return frozenset(re.sub(r"\s+", "", p) for p in parts or [inner] if p.strip())


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
                made = Fact(effect.kind, effect.value, evidence)
                needs = frozenset() if holds else conjuncts(condition)
                source = Source(made, effect.certain, effect.login, needs)
            run.sources.append(source)


def selected(job: Job, condition: str) -> list[Run]:
    """The runs in which a step may run; all of them where none is left."""
    if not condition:
        return job.runs
    return [r for r in job.runs if _conditions.truth(condition, r.lookup) is not False] or job.runs


def facts(region: Region, job: Job, runs: list[Run], condition: str, login: bool) -> tuple[Fact, ...]:
    """Where a step runs, and what comes first in PATH there."""
    parts = conjuncts(condition)
    surely: list[Fact | None] = []
    maybe: list[Fact] = []
    variables: dict[str, Fact] = {}
    for run in runs:
        sure: Fact | None = None
        for source in run.sources:
            if source.fact.kind == "variable":
                variables[source.fact.name] = source.fact
            elif source.login and not login:
                continue
            elif source.certain and source.condition <= parts:
                sure = source.fact
            elif sure is None:
                maybe.append(source.fact)
        surely.append(sure)
    known = [s for s in surely if s]
    rest = [r for r, s in zip(runs, surely, strict=True) if s is None]
    out = [*place(region, job, rest or runs), *variables.values()]
    if known and not rest:
        out.append(known[-1])
    elif known or maybe:
        first = (maybe or known)[-1]
        text = f"{first.evidence.text} may come before it"
        out.append(Fact(first.kind, None, Evidence(text, first.evidence.span)))
    return tuple(out)


def place(region: Region, job: Job, runs: list[Run]) -> list[Fact]:
    """The runner, its platform and the container of some of a job's runs."""
    if not runs:
        return []
    out: list[Fact] = []
    names = list(dict.fromkeys(r.runner for r in runs))
    systems = {r.platform for r in runs}
    span = job.runner.span if job.runner else None
    text = f"runs-on: {_written(region, job.runner)}" if job.runner else "nothing says what it runs on"
    written = {"self-hosted", ""} & set(names)
    if systems & {"windows", "macos"} and len(systems) == 1:
        out.append(_fact(region, "platform", systems.pop(), text, span))
        # A self-hosted machine of which nothing but its system is known.
        if not written:
            out.append(_fact(region, "runner", "|".join(names), _with(text, names), span))
    else:
        out.append(_fact(region, "runner", "|".join(names), _with(text, names), span))
    images = list(dict.fromkeys(r.image for r in runs))
    if images != [None] and job.container is not None:
        node = job.container.get("image") if isinstance(job.container, Tree) else job.container
        shown = f"container: {_written(region, node)}"
        if None in images:
            out.append(fact(region, "image", "", node or job.container, f"{shown}, in some of its runs"))
        else:
            known = [i or "" for i in images]
            out.append(fact(region, "image", "|".join(known), node or job.container, _with(shown, known)))
    return out


def _fact(region: Region, kind: str, value: str, text: str, span: Any) -> Fact:
    return Fact(kind, value, Evidence(text, region.outer(span) if span else None))


def _written(region: Region, node: Node | None) -> str:
    if node is None:
        return ""
    text = " ".join(region.text[node.span.start : node.span.end].split())
    return text if len(text) <= 80 else text[:79] + "…"


def _with(text: str, names: Sequence[str]) -> str:
    known = ", ".join(n for n in names if n)
    if not known or known in text:
        return text
    return f"{text} ({known if len(known) <= 80 else known[:79] + '…'})"
