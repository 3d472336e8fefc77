"""The commands that a pyproject.toml holds: tox, hatch, pdm, poethepoet, taskipy, pixi, cibuildwheel.

All but cibuildwheel's run in the tools' environments.
Sources: hatch "Environments > Scripts", pdm "PDM Scripts", poethepoet "Tasks", taskipy's README, pixi "Advanced tasks",
cibuildwheel "Options" (before-all, before-build).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items, text
from pep668.text import Notation, SourceMap

from . import _arguments
from ._command_line import Unread, argument_line
from ._templates import Made, filled
from ._tox import toml_regions

_TEMPLATE = re.compile(r"\{\{[^{}\n]*\}\}|(?<!\$)\{[^{}\s]*\}")
_DEEPEST = 8


def regions(region: Region, tree: Mapping) -> Iterator[Region]:
    """What a pyproject.toml's tools run; `tree` is its tree."""
    tools = tree.mapping("tool")
    legacy = tools.get("tox", "legacy_tox_ini")
    if isinstance(legacy, Scalar):
        yield region.inside("tox", legacy.made, notation=legacy.notation, anchor=legacy.span)
    yield from toml_regions(region, tools.mapping("tox"))
    yield from hatch(region, tools.mapping("hatch"))
    yield from pixi(region, tools.mapping("pixi"))
    yield from _wheels(region, tools.mapping("cibuildwheel"))
    for tool, key in (("pdm", "scripts"), ("poe", "tasks")):
        for entry in tools.mapping(tool, key).entries:
            yield from _task(region, entry.value, tool, 0)
    for entry in tools.mapping("taskipy", "tasks").entries:
        node = entry.value.get("cmd") if isinstance(entry.value, Mapping) else entry.value
        yield from _scripts(region, node, "taskipy")


def hatch(region: Region, tree: Mapping) -> Iterator[Region]:
    """What hatch's environments run; `tree` is `[tool.hatch]` or a hatch.toml."""
    for environment in tree.mapping("envs").entries:
        if isinstance(environment.value, Mapping):
            facts = tuple(_variables(region, environment.value.mapping("env-vars")))
            for key in ("scripts", "pre-install-commands", "post-install-commands"):
                yield from _scripts(region, environment.value.get(key), "hatch", facts)


def pixi(region: Region, tree: Mapping) -> Iterator[Region]:
    """What pixi's tasks run, in an environment of conda packages; `tree` is `[tool.pixi]` or a pixi.toml."""
    for table in (tree, *_tables(tree.mapping("feature")), *_tables(tree.mapping("target"))):
        for inner in (table, *(_tables(table.mapping("target")) if table is not tree else ())):
            for entry in inner.mapping("tasks").entries:
                node = entry.value.get("cmd") if isinstance(entry.value, Mapping) else entry.value
                evidence = Evidence("pixi runs it in the environment of conda packages", region.outer(entry.key.span))
                conda = Fact("conda", "", evidence)
                if isinstance(node, Sequence):
                    words = [i for i in node.items if isinstance(i, Scalar)]
                    if words and len(words) == len(node.items):
                        made = _shell(_arguments.as_shell(words))
                        yield from _run(region, words[0], made, (conda,), _arguments.notation(words))
                elif isinstance(node, Scalar):
                    yield from _run(region, node, _shell(node.made), (conda,))


def _wheels(region: Region, tree: Mapping) -> Iterator[Region]:
    """cibuildwheel's commands: `before-all` on the machine or, for Linux, in its image; others have a Python given."""
    overrides = [o for o in tree.items("overrides") if isinstance(o, Mapping)]
    for table in (tree, *(tree.mapping(name) for name in _PLATFORMS), *overrides):
        for entry in table.entries:
            if entry.key.value not in _WHEEL_COMMANDS:
                continue
            if entry.key.value == "before-all" and table is not tree.mapping("linux"):
                why = Evidence("cibuildwheel runs it once, on every platform's machine", region.outer(entry.key.span))
                fact = Fact("runner", "", why)
            else:
                why = Evidence("cibuildwheel puts a Python of its own first", region.outer(entry.key.span))
                fact = Fact("python", "cibuildwheel", why)
            for node in items(entry.value):
                if isinstance(node, Scalar):
                    yield from _run(region, node, _shell(node.made), (fact,))


_PLATFORMS = ("linux", "macos", "windows", "pyodide", "android", "ios")
_WHEEL_COMMANDS = ("before-all", "before-build", "before-test", "test-command", "repair-wheel-command")


def _tables(tree: Mapping) -> list[Mapping]:
    return [e.value for e in tree.entries if isinstance(e.value, Mapping)]


def _variables(region: Region, tree: Mapping) -> Iterator[Fact]:
    for entry in tree.entries:
        value = text(entry.value)
        known = None if value is None or "{" in value else value
        if entry.key.value != "PATH":
            told = Evidence(f"{entry.key.value} = {value}", region.outer(entry.span))
            yield Fact("variable", known, told, entry.key.value)


def _active(region: Region, at: Node, tool: str) -> Fact:
    return Fact("environment", "", Evidence(f"{tool} runs it in the project's environment", region.outer(at.span)))


def _scripts(region: Region, node: Node | None, tool: str, facts: tuple[Fact, ...] = ()) -> Iterator[Region]:
    """A command, a list of them or a table of either, which a shell reads."""
    pending: list[Node | None] = [node]
    while pending:
        current = pending.pop(0)
        if isinstance(current, Mapping):
            pending += [e.value for e in current.entries]
        elif isinstance(current, Sequence):
            pending += current.items
        elif isinstance(current, Scalar):
            made = _shell(_unmarked(current.made) if tool == "hatch" else current.made)
            yield from _run(region, current, made, (*facts, _active(region, current, tool)))


def _task(region: Region, node: Node, tool: str, depth: int) -> Iterator[Region]:
    """A task of pdm or poe: a string is split into arguments, `shell` is read by a shell, others hold tasks."""
    if isinstance(node, Scalar):
        facts = (_active(region, node, tool),)
        yield from _run(region, node, argument_line(node.made), facts, Unread(node.notation))
    elif isinstance(node, Sequence) and depth < _DEEPEST:
        for item in node.items:  # references to other tasks; in poe inline ones too
            if isinstance(item, Mapping):
                yield from _task(region, item, tool, depth + 1)
    elif isinstance(node, Mapping) and depth < _DEEPEST:
        kind = node.text("default_item_type")  # of poe's sequences: what strings in them are, else names of tasks
        for entry in node.entries:
            if kind in ("cmd", "shell") and entry.key.value in ("sequence", "parallel"):
                for item in items(entry.value):
                    if isinstance(item, Scalar):
                        yield from _part(region, Entry(Scalar(kind, item.span, item.map), item, item.span), tool, depth)
            yield from _part(region, entry, tool, depth)


def _part(region: Region, entry: Entry, tool: str, depth: int) -> Iterator[Region]:
    kind, node = entry.key.value, entry.value
    if kind == "shell" and isinstance(node, Scalar):
        yield from _run(region, node, _shell(node.made), (_active(region, node, tool),))
    elif kind == "cmd" and isinstance(node, Scalar):
        facts = (_active(region, node, tool),)
        yield from _run(region, node, argument_line(node.made), facts, Unread(node.notation))
    elif kind == "cmd" and isinstance(node, Sequence):
        words = [i for i in node.items if isinstance(i, Scalar)]
        if words:
            made = _shell(_arguments.as_shell(words))
            yield from _run(region, words[0], made, (_active(region, node, tool),), _arguments.notation(words))
    elif kind in ("sequence", "parallel", "cases", "switch") and isinstance(node, Sequence):
        yield from _task(region, node, tool, depth + 1)


def _unmarked(made: Made) -> Made:
    """Without the `- ` that has hatch go on when the command fails."""
    written, within = made
    if not written.startswith("- "):
        return made
    return written[2:], within.compose(SourceMap.identity(len(written) - 2, 2))


def _shell(made: Made) -> Made:
    return filled(made, _TEMPLATE, lambda _: None)


def _run(
    region: Region, at: Scalar, made: Made, facts: tuple[Fact, ...], notation: Notation | None = None
) -> Iterator[Region]:
    if not made[0].strip():
        return
    place = Place(region.place.system, region.named(f"command:{at.span.start}"), region.place.base)
    yield region.inside("shell", made, facts=facts, place=place, anchor=at.span, notation=notation or at.notation)
