"""The commands that a pyproject.toml holds: tox, hatch, pdm, poethepoet, taskipy; all run in the tools' environments.

Sources: hatch "Environments > Scripts", pdm "PDM Scripts", poethepoet "Tasks", taskipy's README, pixi "Tasks".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence

from . import _arguments
from ._templates import Made, filled
from ._tox import argument_line, toml_regions

_TEMPLATE = re.compile(r"\{\{[^{}\n]*\}\}|(?<!\$)\{[^{}\s]*\}")
_DEEPEST = 8


def regions(region: Region, tree: Mapping) -> Iterator[Region]:
    """What a pyproject.toml's tools run; `tree` is its tree."""
    tools = tree.mapping("tool")
    legacy = tools.get("tox", "legacy_tox_ini")
    if isinstance(legacy, Scalar):
        yield region.inside("tox", legacy.made, notation=legacy.notation, anchor=legacy.span)
    yield from toml_regions(region, tools.mapping("tox"))
    for environment in tools.mapping("hatch", "envs").entries:
        if isinstance(environment.value, Mapping):
            for key in ("scripts", "pre-install-commands", "post-install-commands"):
                yield from _scripts(region, environment.value.get(key), "hatch")
    for tool, key in (("pdm", "scripts"), ("poe", "tasks")):
        for entry in tools.mapping(tool, key).entries:
            yield from _task(region, entry.value, tool, 0)
    for entry in tools.mapping("taskipy", "tasks").entries:
        node = entry.value.get("cmd") if isinstance(entry.value, Mapping) else entry.value
        yield from _scripts(region, node, "taskipy")


def _scripts(region: Region, node: Node | None, tool: str) -> Iterator[Region]:
    """A command, a list of them or a table of either, which a shell reads."""
    pending: list[Node | None] = [node]
    while pending:
        current = pending.pop(0)
        if isinstance(current, Mapping):
            pending += [e.value for e in current.entries]
        elif isinstance(current, Sequence):
            pending += current.items
        elif isinstance(current, Scalar):
            yield from _run(region, current, _shell(current.made), tool)


def _task(region: Region, node: Node, tool: str, depth: int) -> Iterator[Region]:
    """A task of pdm or poe: a string is split into arguments, `shell` is read by a shell, others hold tasks."""
    if isinstance(node, Scalar):
        yield from _run(region, node, argument_line(node.made), tool)
    elif isinstance(node, Sequence) and depth < _DEEPEST:
        for item in node.items:  # references to other tasks; in poe inline ones too
            if isinstance(item, Mapping):
                yield from _task(region, item, tool, depth + 1)
    elif isinstance(node, Mapping) and depth < _DEEPEST:
        for entry in node.entries:
            yield from _part(region, entry, tool, depth)


def _part(region: Region, entry: Entry, tool: str, depth: int) -> Iterator[Region]:
    kind, node = entry.key.value, entry.value
    if kind == "shell" and isinstance(node, Scalar):
        yield from _run(region, node, _shell(node.made), tool)
    elif kind == "cmd" and isinstance(node, Scalar):
        yield from _run(region, node, argument_line(node.made), tool)
    elif kind == "cmd" and isinstance(node, Sequence):
        words = [i for i in node.items if isinstance(i, Scalar)]
        if words:
            yield from _run(region, words[0], _shell(_arguments.as_shell(words)), tool)
    elif kind in ("sequence", "parallel", "cases", "switch") and isinstance(node, Sequence):
        yield from _task(region, node, tool, depth + 1)


def _shell(made: Made) -> Made:
    return filled(made, _TEMPLATE, lambda _: None)


def _run(region: Region, at: Scalar, made: Made, tool: str) -> Iterator[Region]:
    if not made[0].strip():
        return
    evidence = Evidence(f"{tool} runs it in the project's environment", region.outer(at.span))
    place = Place(region.place.system, region.named(f"{tool}:{at.span.start}"), region.place.base)
    facts = (Fact("environment", "", evidence),)
    yield region.inside("shell", made, facts=facts, place=place, anchor=at.span, notation=at.notation)
