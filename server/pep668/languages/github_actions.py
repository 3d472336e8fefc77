"""Workflows and composite actions of GitHub (and Gitea, Forgejo): each `run:` is a shell process of its own.

A job's steps share a system. Actions that a step uses are known by data/actions.json:
what they put first in PATH for the steps that follow, and which of their inputs are commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, Sequence

from . import Language, _github_job
from ._expressions import opaque
from ._github_steps import Steps
from ._pipeline import Process, entries, regions, values
from ._runs import Job, Run

_FOLDERS = (".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/")
_ON = re.compile(r"^(?:on|\"on\"|'on'|true)[ \t]*:", re.MULTILINE)
_JOBS = re.compile(r"^jobs[ \t]*:", re.MULTILINE)
_RUNS = re.compile(r"^runs[ \t]*:", re.MULTILINE)
_COMPOSITE = re.compile(r"^[ \t]+using[ \t]*:[ \t]*[\"']?composite\b", re.MULTILINE)


def _sniff(text: str) -> bool:
    if _JOBS.search(text) and _ON.search(text):
        return True
    return _RUNS.search(text) is not None and _COMPOSITE.search(text) is not None


LANGUAGE = Language(
    "github-actions",
    ids=("github-actions", "github-actions-workflow"),
    names=("action.yml", "action.yaml"),
    patterns=tuple(
        f"{folder}{under}*.{ending}" for folder in _FOLDERS for under in ("", "*/") for ending in ("yml", "yaml")
    ),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of all steps, with what is known of the job."""
    root = yaml.parse(region.text)
    if isinstance(root, Tree):
        yield from regions(region, _processes(region, root), opaque())


def _processes(region: Region, root: Tree) -> Iterator[Process]:
    shared = Steps(region, root)
    jobs: list[tuple[Job, Tree]] = []
    for node in values(root, "jobs"):
        for entry in entries(node) if isinstance(node, Tree) else ():
            if isinstance(entry.value, Tree):
                job = _github_job.read(f"job:{entry.key.value}", entry.value, region.text)
                jobs.append((job, entry.value))
    jobs += [
        (Job("action", [Run({}, known=False)], node.get("using"), key="using"), node)
        for node in values(root, "runs")
        if isinstance(node, Tree) and node.get("steps") is not None
    ]
    runs = [run for job, _ in jobs for run in job.runs] or [Run({}, known=False)]
    yield from shared.variables(Job("workflow", runs), root.get("env"))
    for job, tree in jobs:
        yield from shared.job(job, tree)
    yield from _astray(root, shared)


def _astray(root: Tree, shared: Steps) -> Iterator[Process]:
    """Steps of a document that is broken further up, so that they stand in no job."""
    job = Job("astray", [Run({}, known=False)])
    pending: list[Node] = [root]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Tree):
            pending += [e.value for e in reversed(node.entries) if e.key.value not in _NO_STEPS]
        elif isinstance(node, Sequence):
            for item in reversed(node.items):
                pending.append(item)
                run = item.get("run") if isinstance(item, Tree) else None
                if isinstance(item, Tree) and isinstance(run, Scalar) and id(run) not in shared.read:
                    yield from shared.step(job, item)


_NO_STEPS = ("strategy", "with", "env", "inputs", "outputs", "on")
