"""The jobs and actions of a workflow document, in their order, and the steps that stand in none."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Scalar, Sequence, walk

from . import _github_job
from ._expressions import opaque
from ._github_steps import Steps
from ._pipeline import Process, entries, regions, values
from ._runs import Job, Run


def commands(region: Region, hosted: bool = True) -> Iterator[Region]:
    """The commands of all steps, with what is known of the job.

    `hosted`: the labels of runners are GitHub's; elsewhere each installation says what they mean.
    """
    root = yaml.parse(region.text)
    if isinstance(root, Tree):
        yield from regions(region, _processes(region, root, hosted), opaque())


def _processes(region: Region, root: Tree, hosted: bool) -> Iterator[Process]:
    shared = Steps(region, root)
    jobs: list[tuple[Job, Tree]] = []
    for node in values(root, "jobs"):
        for entry in entries(node) if isinstance(node, Tree) else ():
            if isinstance(entry.value, Tree):
                job = _github_job.read(f"job:{entry.key.value}", entry.value, region.text)
                for run in () if hosted else job.runs:
                    run.runner = ""
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
    for node in walk(root, _NO_STEPS):
        if isinstance(node, Sequence):
            for item in node.items:
                run = item.get("run") if isinstance(item, Tree) else None
                if isinstance(item, Tree) and isinstance(run, Scalar) and id(run) not in shared.read:
                    yield from shared.step(job, item)


_NO_STEPS = ("strategy", "with", "env", "inputs", "outputs", "on")
