"""Drone and Woodpecker: the commands of each step are one shell in the step's image.

Sources: Drone's "Pipelines" (docker, kubernetes, exec, ssh), Woodpecker's "Workflow syntax" and "Matrix workflows".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, items, text
from pep668.text import Span

from . import Language
from ._hidden import hiding
from ._pipeline import (
    Process,
    alternatives,
    entries,
    fact,
    in_language,
    known_values,
    pieces,
    plain,
    regions,
    roots,
    values,
    variables,
)

# Drone puts its own variables in before a shell sees `${...}`; either way the value is not known here.
_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")
_DRONE = re.compile(r"^kind:[ \t]*['\"]?pipeline\b", re.MULTILINE)
_COMMANDS = re.compile(r"^[ \t]+commands:", re.MULTILINE)
_OLDER = re.compile(r"^(?:pipeline|steps):[ \t]*(?:#.*)?$", re.MULTILINE)
_IMAGE = re.compile(r"^[ \t]+(?:- )?image:", re.MULTILINE)
_KUBERNETES = re.compile(r"^apiVersion:", re.MULTILINE)


def _sniff(content: str) -> bool:
    if not _COMMANDS.search(content) or _KUBERNETES.search(content):
        return False
    return bool(_DRONE.search(content) or (_OLDER.search(content) and _IMAGE.search(content)))


LANGUAGE = Language(
    "drone",
    names=(".drone.yml", ".drone.yaml", "drone.yml", ".woodpecker.yml", ".woodpecker.yaml", "woodpecker.yml"),
    patterns=("*.drone.yml", ".drone/*.yml", ".woodpecker/*.yml", ".woodpecker/*.yaml", ".woodpecker/*/*.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    found = (process for root in roots(region) for process in _pipeline(region, root))
    yield from regions(region, found, hiding(_TEMPLATE))


def _pipeline(region: Region, root: Mapping) -> Iterator[Process]:
    choices = _matrix(root)
    common = variables(region, root.get("environment"), plain)
    for key in ("clone", "pipeline", "steps", "services"):
        for node in values(root, key):
            for step in _steps(node):
                yield _process(root, step, (*common, *_facts(region, root, step, choices)))


def _steps(node: Node) -> Iterator[Mapping]:
    """Steps are a list, or a mapping of names to them."""
    if isinstance(node, Mapping):
        for entry in entries(node):
            if isinstance(entry.value, Mapping):
                yield entry.value
    for item in items(node):
        if isinstance(item, Mapping) and item is not node:
            yield item


def _process(root: Mapping, step: Mapping, facts: tuple[Fact, ...]) -> Process:
    process = Process(f"step:{step.span.start}", "commands", pieces(*values(step, "commands")), facts)
    return in_language(process, "powershell") if root.text("platform", "os") == "windows" else process


def _facts(region: Region, root: Mapping, step: Mapping, choices: dict[str, tuple[str, ...]]) -> Iterator[Fact]:
    own = variables(region, step.get("environment"), plain)
    yield from own
    image, kind = step.get("image"), root.text("type") or ""
    system = root.text("platform", "os") or ""
    if system in ("windows", "darwin"):
        node = root.get("platform") or root
        yield fact(region, "platform", "macos" if system == "darwin" else system, node, f"platform: {system}")
    elif kind in ("exec", "ssh", "macstadium", "digitalocean") or image is None:
        start = Span(step.span.start, step.span.start)
        yield fact(region, "runner", "", start, f"type: {kind}" if kind else "no image is named")
    else:
        value = alternatives(text(image) or "", choices, known_values(own))
        yield fact(region, "image", value, image, f"image: {value.replace('|', ' or ')}")
        user = text(step.get("user"))
        if user:
            yield fact(region, "user", user, step.get("user") or step, f"user: {user}")


def _matrix(root: Mapping) -> dict[str, tuple[str, ...]]:
    """The variables of Woodpecker's `matrix:`, written out or as `include:`."""
    out: dict[str, list[str]] = {}
    for entry in entries(root.mapping("matrix")):
        for item in items(entry.value):
            if isinstance(item, Mapping):
                for inner in item.entries:
                    out.setdefault(inner.key.value, []).append(text(inner.value) or "")
            else:
                out.setdefault(entry.key.value, []).append(text(item) or "")
    return {name: tuple(found) for name, found in out.items()}
