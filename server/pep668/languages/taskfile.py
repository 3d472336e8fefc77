"""Taskfiles (taskfile.dev): each command of a task is a shell of its own.

Source: the schema reference of Task (cmds, deps, status, preconditions, vars, env, dir, platforms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items, text

from . import Language
from ._templates import filled

_VERSION = re.compile(r"^version:[ \t]*['\"]?[23]", re.MULTILINE)
_TASKS = re.compile(r"^tasks:", re.MULTILINE)


def _sniff(content: str) -> bool:
    return bool(_VERSION.search(content) and _TASKS.search(content))


LANGUAGE = Language(
    "taskfile",
    names=tuple(f"{n}askfile{d}.{e}" for n in "Tt" for d in ("", ".dist") for e in ("yml", "yaml")),
    patterns=("Taskfile*.yml", "Taskfile*.yaml", "taskfiles/*.yml", ".taskfiles/*.yml", "*.taskfile.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)

_TEMPLATE = re.compile(r"\{\{(?:[^{}]|\{[^{}]*\})*\}\}")
_NAME = re.compile(r"\{\{-?[ \t]*\.(\w+)[ \t]*-?\}\}")
_DEFAULT = re.compile(
    r"\{\{-?[ \t]*(?:default[ \t]+\"([^\"]*)\"[ \t]+\.\w+|\.\w+[ \t]*\|[ \t]*default[ \t]+\"([^\"]*)\")[ \t]*-?\}\}"
)
# Actions that choose or repeat what stands between them give nothing themselves.
_BRANCH = re.compile(
    r"\{\{-?[ \t]*if[ \t]+(?P<is>eq|ne)[ \t]+(?:\(?\.?OS\)?[ \t]+\"windows\"|\"windows\"[ \t]+\(?\.?OS\)?)[ \t]*-?\}\}"
    r"(?P<then>[^{}]*)\{\{-?[ \t]*else[ \t]*-?\}\}(?P<other>[^{}]*)\{\{-?[ \t]*end[ \t]*-?\}\}"
)
_ELSE = re.compile(r"\{\{-?[ \t]*else\b")
_CONTROL = re.compile(r"\{\{-?[ \t]*(?:(?:if|range|with)[ \t][^{}]*|end[ \t]*)-?\}\}")
_FOUND = re.compile(r"(?:command[ \t]+-v|which)[ \t]+([\w./-]+)[ \t]*")
_HERE = {"ROOT_DIR": "${ROOT_DIR}", "TASKFILE_DIR": "${TASKFILE_DIR}", "USER_WORKING_DIR": "${USER_WORKING_DIR}"}

Variables = dict[str, "str | None"]


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.yaml import parse

    tree = parse(region.text)
    if not isinstance(tree, Mapping):
        return
    known = _variables(tree.get("vars"), dict(_HERE))
    common = tuple(_environment(region, tree.get("env"), known))
    yield from _dynamic(region, tree.get("vars"), known, common)
    for task in tree.mapping("tasks").entries:
        if isinstance(task.value, Mapping):
            yield from _task(region, task, task.value, known, common)
        else:
            for node in items(task.value):
                yield from _command(region, node, known, common, task)


def _task(region: Region, task: Entry, tree: Mapping, known: Variables, common: tuple[Fact, ...]) -> Iterator[Region]:
    mine = _variables(tree.get("vars"), dict(known))
    for node in items(tree.get("requires", "vars")):
        name = text(node) or (node.text("name") if isinstance(node, Mapping) else None)
        mine.pop(name or "", None)
    facts = (*common, *_environment(region, tree.get("env"), mine), *_platforms(region, tree))
    directory = tree.get("dir")
    if isinstance(directory, Scalar) and not directory.missing:
        value = _value(directory.value, mine)
        facts = (*facts, Fact("directory", value, Evidence(f"dir: {directory.value}", region.outer(directory.span))))
    yield from _dynamic(region, tree.get("vars"), mine, facts)
    for key in ("status", "preconditions", "if", "cmds", "cmd"):
        for node in items(tree.get(key)):
            yield from _command(region, node, mine, facts, task)


def _command(region: Region, node: Node, known: Variables, facts: tuple[Fact, ...], task: Entry) -> Iterator[Region]:
    """`pip install x`, `{cmd: ...}`, `{sh: ...}`, `{defer: ...}`, `{for: ..., cmd: ...}`."""
    if isinstance(node, Mapping):
        facts = (*facts, *_platforms(region, node))
        looped = {"ITEM", text(node.get("for", "as")) or "ITEM"} if node.get("for") is not None else set()
        known = {name: value for name, value in known.items() if name not in looped}
        for key in ("cmd", "sh", "defer"):
            inner = node.get(key)
            if isinstance(inner, Mapping):
                inner = inner.get("cmd")
            if isinstance(inner, Scalar):
                yield from _run(region, inner, known, facts, task)
    elif isinstance(node, Scalar):
        yield from _run(region, node, known, facts, task)


def _run(region: Region, node: Scalar, known: Variables, facts: tuple[Fact, ...], task: Entry) -> Iterator[Region]:
    if node.missing:
        return

    made = filled(node.made, _BRANCH, _chosen)
    alternatives = _ELSE.search(made[0]) is not None

    def value(found: re.Match[str]) -> str | None:
        if not alternatives and _CONTROL.fullmatch(found[0]):
            return ""
        made = _value(found[0], known)
        return None if _TEMPLATE.search(made) else made

    yield region.inside(
        "shell",
        filled(made, _TEMPLATE, value),
        facts=facts,
        place=Place(region.place.system, region.named(f"task:{node.span.start}"), region.place.base),
        anchor=task.span,
        notation=node.notation,
    )


def _dynamic(region: Region, node: Node | None, known: Variables, facts: tuple[Fact, ...]) -> Iterator[Region]:
    """What `VAR: {sh: ...}` runs."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        inner = entry.value.get("sh") if isinstance(entry.value, Mapping) else None
        if isinstance(inner, Scalar):
            yield from _run(region, inner, known, facts, entry)


def _variables(node: Node | None, known: Variables) -> Variables:
    """The variables with those of a `vars:`; None for one that is not known."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        value = text(entry.value)
        if isinstance(entry.value, Mapping):
            value = _given(entry.value)
        made = None if value is None else _value(value, known)
        known[entry.key.value] = None if made is None or _TEMPLATE.search(made) else made
    return known


def _given(node: Mapping) -> str | None:
    """What `{ref: .NAME}` stands for, and the program that `{sh: command -v NAME}` finds."""
    reference = node.text("ref")
    if reference is not None:
        return "{{" + reference + "}}"
    found = _FOUND.fullmatch(node.text("sh") or "")
    return found[1] if found else None


def _chosen(found: re.Match[str]) -> str:
    """The branch that is not for Windows."""
    return found["other"] if found["is"] == "eq" else found["then"]


def _value(written: str, known: Variables) -> str:
    """The text with the variables that are known; what is not known stays a template."""
    written = _BRANCH.sub(_chosen, written)

    def one(found: re.Match[str]) -> str:
        named = _NAME.fullmatch(found[0])
        if named:
            value = known.get(named[1])
            return found[0] if value is None else value
        default = _DEFAULT.fullmatch(found[0])
        if default:
            return default[1] if default[1] is not None else default[2]
        return found[0]

    return _TEMPLATE.sub(one, written)[:4_000]


def _environment(region: Region, node: Node | None, known: Variables) -> Iterator[Fact]:
    """Variables of `env:`, which those of Task's own environment override: a PATH takes part only in an experiment."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        value = text(entry.value)
        name = entry.key.value
        evidence = Evidence(f"env: {name}: {value}", region.outer(entry.span))
        if name == "PATH":
            yield Fact("environment", None, evidence)
            continue
        made = None if value is None else _value(value, known)
        if made is not None and _TEMPLATE.search(made):
            made = None
        yield Fact("variable", made, evidence, name)


def _platforms(region: Region, tree: Mapping) -> Iterator[Fact]:
    node = tree.get("platforms")
    names = {(text(i) or "").partition("/")[0] for i in items(node)} if isinstance(node, Sequence) else set()
    if node is not None and len(names) == 1 and names & {"windows", "darwin"}:
        value = "windows" if "windows" in names else "macos"
        yield Fact("platform", value, Evidence(f"platforms: [{value}]", region.outer(node.span)))
