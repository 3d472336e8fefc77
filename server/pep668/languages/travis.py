"""Travis CI: the phases of each job, one shell for all of them; `language: python` runs in a virtual environment.

Sources: Travis' "Job Lifecycle", "Building a Python Project" (isolated virtualenvs), "Build Config Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, Scalar, items, text
from pep668.text import Span

from . import Language
from ._hidden import hiding
from ._pipeline import Process, fact, pieces, regions, roots, values, variables

_PHASES = (
    *("before_install", "install", "before_script", "script", "before_cache", "after_success", "after_failure"),
    *("before_deploy", "after_deploy", "after_script"),
)
_EXPANDED = tuple("python node_js rvm go jdk php compiler os arch rust perl scala ghc julia r crystal dart".split())
_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")
_HEAD = re.compile(r"^(?:dist|sudo|before_install|after_success|before_cache|install|script)[ \t]*:", re.MULTILINE)
_ALSO = re.compile(r"^language[ \t]*:", re.MULTILINE)

LANGUAGE = Language(
    "travis",
    names=(".travis.yml", ".travis.yaml", "travis.yml"),
    patterns=("*.travis.yml", ".travis-*.yml", ".travis.*.yml", ".travis/*.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=lambda content: _ALSO.search(content) is not None and _HEAD.search(content) is not None,
)


def extract(region: Region) -> Iterator[Region]:
    found = (process for root in roots(region) for process in _document(region, root))
    yield from regions(region, found, hiding(_TEMPLATE))


def _document(region: Region, root: Mapping) -> Iterator[Process]:
    included = [
        job
        for key in ("jobs", "matrix")
        for node in values(root, key)
        for job in (node.items("include") if isinstance(node, Mapping) else ())
        if isinstance(job, Mapping)
    ]
    used: set[int] = set()
    for job in included:
        for process in _job(region, root, job):
            used.update(id(p.scalar) for p in process.pieces)
            yield process
    # The keys at the top are a job too, unless jobs are included and nothing there makes a matrix.
    real = not included or any(root.get(key) is not None for key in _EXPANDED)
    for process in _job(region, root, root):
        left = process.pieces if real else tuple(p for p in process.pieces if id(p.scalar) not in used)
        yield replace(process, pieces=left)


def _job(region: Region, root: Mapping, job: Mapping) -> Iterator[Process]:
    facts = _facts(region, root, job)
    system = f"job:{job.span.start}"
    found = [n for phase in _PHASES for n in (values(job, phase) or values(root, phase))]
    yield Process(system, "phases", pieces(*found), facts)
    for deploy in values(job, "deploy") or values(root, "deploy"):
        for target in items(deploy):
            if isinstance(target, Mapping) and target.text("provider") == "script":
                yield Process(system, f"deploy:{target.span.start}", pieces(target.get("script")), facts)


def _facts(region: Region, root: Mapping, job: Mapping) -> tuple[Fact, ...]:
    def get(key: str) -> tuple[Node, tuple[str, ...]]:
        node = job.get(key) or root.get(key)
        return node or root, tuple((text(n) or "").lower() for n in items(node))

    facts = [*_environment(region, root), *(_environment(region, job) if job is not root else ())]
    named, languages = get("language")
    where, systems = get("os")
    dist, releases = get("dist")
    image, _ = get("osx_image")
    if systems and set(systems) <= {"osx", "macos"}:
        facts.append(fact(region, "runner", "travis:macos", where, "os: osx"))
        facts.append(fact(region, "platform", "macos", image, "os: osx"))
    elif systems and set(systems) <= {"windows"}:
        facts.append(fact(region, "platform", "windows", where, "os: windows"))
    elif len(set(systems)) > 1:
        facts.append(fact(region, "runner", "", where, "several systems"))
    elif releases:
        labels = "|".join(f"travis:{release}" for release in releases)
        facts.append(fact(region, "runner", labels, dist, f"dist: {' or '.join(releases)}"))
    else:
        start = Span(job.span.start, job.span.start)
        facts.append(fact(region, "runner", "", start, "no dist is named: Travis' default decides"))
    if languages and set(languages) == {"python"} and not set(systems) & {"osx", "macos", "windows"}:
        told = "language: python runs in a virtual environment"
        facts.append(fact(region, "environment", "", named, told))
    return tuple(facts)


def _environment(region: Region, tree: Mapping) -> list[Fact]:
    """The variables of `env`: those that hold for all jobs, and what the rows of a matrix agree on."""
    node = tree.get("env")
    if not isinstance(node, Mapping):
        rows = items(node)
    else:
        rows = tuple(row for key in ("jobs", "matrix") for row in node.items(key))
    every = list(variables(region, node.get("global"), _value) if isinstance(node, Mapping) else ())
    if isinstance(node, Mapping) and not {"global", "jobs", "matrix"} & {e.key.value for e in node.entries}:
        rows = (node,)
    found: dict[str, list[Fact]] = {}
    for row in rows:
        for each in variables(region, row, _value):
            found.setdefault(each.name, []).append(each)
    for facts in found.values():
        same = len(facts) == len(rows) and len({f.value for f in facts}) == 1
        every.append(facts[0] if same else Fact("variable", None, facts[0].evidence, facts[0].name))
    return every


def _value(node: Node) -> str | None:
    return node.value if isinstance(node, Scalar) else None
