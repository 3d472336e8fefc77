"""Azure Pipelines and their templates: `script`, `bash`, `pwsh`, `powershell` and tasks that run inline scripts.

Each step is a process of its own; those of a job share a system. Tasks are known by
data/azure_tasks.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Sequence, walk

from . import Language
from ._azure_jobs import containers, job
from ._azure_scopes import jobs
from ._azure_steps import KEYS, Steps
from ._expressions import opaque
from ._pipeline import Process, regions
from ._runs import Job, Run

_TOP = re.compile(r"^(?:steps|jobs|stages|extends|parameters)[ \t]*:", re.MULTILINE)
_STEP = re.compile(
    r"^[ \t]*- (?:(?:script|bash|pwsh|powershell)[ \t]*:[ \t]*\S|task[ \t]*:[ \t]*[\"']?[\w.-]+@\d)", re.MULTILINE
)
_OTHERS = re.compile(
    r"^(?:apiVersion|kind|on|\"on\"|pipelines|version|orbs|runs|language|image|tasks)[ \t]*:", re.MULTILINE
)


def _sniff(text: str) -> bool:
    return _STEP.search(text) is not None and _TOP.search(text) is not None and _OTHERS.search(text) is None


LANGUAGE = Language(
    "azure-pipelines",
    ids=("azure-pipelines",),
    patterns=tuple(
        f"{name}.{ending}"
        for name in ("azure-pipelines", "azure-pipelines*", ".azure-pipelines", ".azure-pipelines/*", ".vsts-ci")
        for ending in ("yml", "yaml")
    ),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of all steps, with what is known of the job."""
    root = yaml.parse(region.text)
    yield from regions(region, _processes(region, root), opaque(macros=True))


def _processes(region: Region, root: Node) -> Iterator[Process]:
    shared = Steps(region)
    if isinstance(root, Mapping):
        named = containers(root)
        for scope, steps in jobs(root):
            yield from shared.job(job(scope, steps, named), scope, steps)
    yield from _astray(root, shared)


def _astray(root: Node, shared: Steps) -> Iterator[Process]:
    """Steps that stand in no job: parameters of templates, and what is broken further up."""
    made = Job("astray", [Run({}, known=False)], key="pool")
    for node in walk(root, _NO_STEPS):
        if isinstance(node, Sequence):
            for item in node.items:
                if isinstance(item, Mapping) and any(e.key.value in KEYS for e in item.entries):
                    yield from shared.step(made, None, item, again=False)


_NO_STEPS = ("variables", "env", "inputs", "matrix")
