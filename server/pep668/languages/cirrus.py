"""Cirrus CI: each `*_script` of a task is a shell of its own, in the task's container or on its machine.

Source: Cirrus CI's "Writing tasks" and "Supported computing services".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, Sequence, items, text
from pep668.text import Span

from . import Language
from ._hidden import hiding
from ._pipeline import Process, alternatives, entries, fact, known_values, matters, pieces, plain, regions, variables

_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")
_TASK = re.compile(r"^(?:[\w.-]+_)?task:", re.MULTILINE)
_SURE = re.compile(r"^[ \t]+(?:\w+_)?script:|_instance:|^[ \t]+container:", re.MULTILINE)
_CONTAINERS = ("container", "arm_container", "docker_builder", "windows_container", "gke_container")
_MACHINES = ("macos_instance", "freebsd_instance", "osx_instance", "persistent_worker")
_BLOCKS = ("always", "on_failure", "on_success", "on_timeout")
_KINDS = ("task", "pipe", "docker_builder")
_DEEPEST = 6

LANGUAGE = Language(
    "cirrus",
    names=(".cirrus.yml", ".cirrus.yaml", "cirrus.yml"),
    patterns=("*.cirrus.yml", ".cirrus.*.yml", ".cirrus-*.yml", ".cirrus/*.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=lambda content: _TASK.search(content) is not None and _SURE.search(content) is not None,
)


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax import yaml

    processes: list[Process] = []
    for root in yaml.documents(region.text):
        if isinstance(root, Mapping):
            processes += _document(region, root)
    yield from regions(region, processes, hiding(_TEMPLATE))


def _document(region: Region, root: Mapping) -> Iterator[Process]:
    used: set[int] = set()
    templates: list[Mapping] = []
    for entry in root.entries:
        if not isinstance(entry.value, Mapping):
            continue
        name = entry.key.value
        if name in _KINDS or name.endswith(tuple(f"_{kind}" for kind in _KINDS)):
            # An image for Docker is built on a machine, whatever container the file names for its tasks.
            around = Mapping(tuple(e for e in root.entries if e.key.value in ("env", "environment")), root.span)
            for process in _task(region, around if name.endswith("builder") else root, entry.value):
                used.update(id(p.scalar) for p in process.pieces)
                yield process
        elif name not in (*_CONTAINERS, *_MACHINES, "env", "environment"):
            templates.append(entry.value)
    for tree in templates:  # of tasks of other files
        for process in _task(region, Mapping((), root.span), tree):
            if any(id(p.scalar) not in used for p in process.pieces):
                yield process


def _task(region: Region, root: Mapping, task: Mapping) -> Iterator[Process]:
    scripts = list(_scripts(task, 0))
    for step in task.items("steps"):  # of a pipe: each in its own image
        if isinstance(step, Mapping):
            yield from _task(region, Mapping((), step.span), _with_container(step))
    if not matters(p for _, node in scripts for p in pieces(node)):
        return
    common = (*variables(region, root.get("env"), plain), *variables(region, root.get("environment"), plain))
    own = [f for key in ("env", "environment") for f in variables(region, task.get(key), plain)]
    choices = _choices(task)
    own = [f for f in (*common, *own) if f.name not in choices and f.name != "matrix"]
    facts = (*own, *_place(region, root, task, choices, known_values(own)))
    windows = any(f.kind == "platform" and f.value == "windows" for f in facts)
    for at, node in scripts:
        language = "cmd" if windows else "shell"
        found = pieces(node, language=language)
        if isinstance(node, Mapping) and node.get("ps") is not None:
            found = pieces(node.get("ps"), language="powershell")
        yield Process(f"task:{task.span.start}", f"script:{at}", found, facts)


def _with_container(step: Mapping) -> Mapping:
    """A step of a pipe names its image itself."""
    image = step.entry("image")
    if image is None:
        return step
    from pep668.syntax.node import Entry, Scalar

    key = Scalar("container", image.key.span, image.key.map)
    return Mapping((*step.entries, Entry(key, Mapping((image,), image.span), image.span)), step.span)


def _scripts(tree: Mapping, depth: int) -> Iterator[tuple[int, Node]]:
    for entry in entries(tree):
        name = entry.key.value
        if name == "script" or name.endswith("_script"):
            yield entry.value.span.start, entry.value
        elif depth < _DEEPEST and (name in _BLOCKS or name.endswith(("_cache", "_background")) or name == "matrix"):
            for item in items(entry.value):
                if isinstance(item, Mapping):
                    yield from _scripts(item, depth + 1)


def _variants(task: Mapping) -> Iterator[Mapping]:
    """The task's own mapping and those of its matrix."""
    yield task
    for entry in task.entries:
        if entry.key.value == "matrix":
            for item in items(entry.value):
                if isinstance(item, Mapping):
                    yield item


def _choices(task: Mapping) -> dict[str, tuple[str, ...]]:
    """The values that the matrix of a task's environment gives to variables."""
    out: dict[str, list[str]] = {}
    for variant in _variants(task):
        for key in ("env", "environment"):
            tree = variant.mapping(key)
            rows = [r for e in tree.entries if e.key.value == "matrix" for r in items(e.value)]
            rows += [tree] if variant is not task else []
            for row in rows:
                for entry in row.entries if isinstance(row, Mapping) else ():
                    nested = entry.value.mapping("matrix") if isinstance(entry.value, Mapping) else None
                    found = items(entry.value) if nested is None else ()
                    out.setdefault(entry.key.value, []).extend(text(n) or "" for n in found)
            for entry in tree.entries:
                if isinstance(entry.value, Mapping):  # `PYTHON: {matrix: [...]}`
                    found = entry.value.items("matrix")
                    out.setdefault(entry.key.value, []).extend(text(n) or "" for n in found)
    return {name: tuple(found) for name, found in out.items() if found}


def _place(
    region: Region, root: Mapping, task: Mapping, choices: dict[str, tuple[str, ...]], known: dict[str, str | None]
) -> Iterator[Fact]:
    found: list[Fact] = []
    for tree in (*_variants(task), root):
        if tree is root and found:
            break
        for entry in entries(tree):
            if entry.key.value in (*_CONTAINERS, *_MACHINES) or entry.key.value.endswith("_instance"):
                found += _instance(region, entry.key.value, entry.value, choices, known)
    kinds = {f.kind for f in found}
    if len(kinds) == 1 and len(found) > 1:
        value = "|".join(dict.fromkeys(f.value or "" for f in found))
        yield Fact(found[0].kind, value if "" not in [f.value for f in found] else "", found[0].evidence)
    elif len(kinds) > 1:
        yield Fact("image", "", found[0].evidence)
    elif found:
        yield found[0]
    else:
        yield fact(region, "runner", "", Span(task.span.start, task.span.start), "no container is named")


def _instance(
    region: Region, kind: str, node: Node, choices: dict[str, tuple[str, ...]], known: dict[str, str | None]
) -> list[Fact]:
    if "windows" in kind:
        return [fact(region, "platform", "windows", node, kind)]
    tree = node if isinstance(node, Mapping) else Mapping((), node.span)
    if kind in ("macos_instance", "osx_instance"):
        return [fact(region, "platform", "macos", node, kind)]
    if tree.get("dockerfile") is not None:
        return [fact(region, "image", "", node, f"an image built from {tree.text('dockerfile') or 'a Dockerfile'}")]
    rows = [tree, *(r for e in tree.entries if e.key.value == "matrix" for r in _rows(e.value))]
    named = [e.value for row in rows for e in row.entries if e.key.value in ("image", "image_family", "image_name")]
    named = [n for node in named for n in (items(node.get("matrix")) if isinstance(node, Mapping) else items(node))]
    if kind not in _CONTAINERS:
        label = text(named[0]) if named else ""
        return [fact(region, "runner", f"cirrus:{label}" if label else "", node, f"{kind} {label or ''}".strip())]
    out = []
    for image in named:
        value = alternatives(text(image) or "", choices, known)
        out.append(fact(region, "image", value, image, f"image: {value.replace('|', ' or ')}"))
    return out


def _rows(node: Node) -> Iterator[Mapping]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Mapping):
            yield item
