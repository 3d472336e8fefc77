"""Flatpak manifests, JSON or YAML: the build commands of their modules, each a shell in the SDK.

Source: flatpak-builder's manifest reference (`modules`, `build-commands`, `post-install`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Node, Scalar, items, text

from . import Language

_KEYS = [
    re.compile(rf"(?:^|[{{,])[ \t]*[\"']?{key}[\"']?[ \t]*:", re.MULTILINE)
    for key in ("(?:app-)?id", "runtime", "sdk", "modules")
]
_MODULE = re.compile(r"^[ \t]*[\"']?(?:build-commands|modules)[\"']?[ \t]*:", re.MULTILINE)
_COMMANDS = ("build-commands", "post-install", "test-commands", "cleanup-commands", "prepare-commands")
_DEEPEST = 20


def _sniff(content: str) -> bool:
    whole = all(key.search(content) for key in _KEYS)
    part = "buildsystem" in content and "build-commands" in content and "sources" in content
    return whole or (part and _MODULE.search(content) is not None)


LANGUAGE = Language("flatpak", candidates=("*.json", "*.yml", "*.yaml"), sniff=_sniff)


def extract(region: Region) -> Iterator[Region]:
    """The commands of all modules, in the order of the text."""
    if region.text.lstrip()[:1] == "{":
        from pep668.syntax import json

        tree = json.parse(region.text)
    else:
        from pep668.syntax import yaml

        tree = yaml.parse(region.text)
    if isinstance(tree, Mapping):
        entry = tree.entry("sdk")
        span = region.outer(entry.span) if entry else None
        name = text(entry.value) if entry else "the manifest's SDK"
        yield from _module(region, tree, Fact("image", "", Evidence(f"flatpak-builder runs it in {name}", span)), 0)


def _module(region: Region, tree: Node, image: Fact, depth: int) -> Iterator[Region]:
    if not isinstance(tree, Mapping) or depth > _DEEPEST:
        return
    for entry in tree.entries:
        if entry.key.value == "modules":
            for node in items(entry.value):
                yield from _module(region, node, image, depth + 1)
        elif entry.key.value in _COMMANDS or entry.key.value == "sources":
            nodes = items(entry.value)
            if entry.key.value == "sources":  # those of the type `shell` are commands
                shells = [n for n in nodes if isinstance(n, Mapping) and n.text("type") == "shell"]
                nodes = tuple(c for n in shells for c in n.items("commands"))
            for node in nodes:
                if isinstance(node, Scalar):
                    place = Place(region.named("flatpak"), region.named(f"command:{node.span.start}"))
                    anchor, notation = tree.span, node.notation
                    yield region.inside(
                        "shell", node.made, facts=(image,), place=place, anchor=anchor, notation=notation
                    )
