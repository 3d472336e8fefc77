"""What hosting platforms are told to run: netlify.toml, vercel.json, railway.toml, nixpacks.toml, app.json, .replit.

Their YAML files (render.yaml, app.yaml, .gitpod.yml) are read as any other YAML. Which image a build runs in is
the platform's own matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax.node import Mapping, Node, Scalar, Sequence

from . import Language, _pipeline
from ._containers import Commands
from ._pipeline import Process, fact

LANGUAGE = Language(
    "deployment",
    names=(
        *("netlify.toml", "vercel.json", "now.json", "railway.toml", "railway.json", "nixpacks.toml", "nixpacks.json"),
        *("fly.toml", "app.json", ".replit", "replit.toml", "heroku.json", "zeabur.json", "koyeb.json"),
    ),
)

_RUN = re.compile(
    r"(?:build|install|start|dev|deploy|preDeploy|postDeploy|preBuild|postBuild|release|ignore|run)_?[cC]ommand"
    r"|command|cmds?|run|onBoot|compile"
)
_MOST = 10_000


def extract(region: Region) -> Iterator[Region]:
    """Each command, in the image that the platform builds or runs in."""
    root: Node
    if region.text.lstrip()[:1] == "{":
        from pep668.syntax import json

        root = json.parse(region.text)
    else:
        from pep668.syntax import toml

        root = toml.parse(region.text)
    yield from _pipeline.regions(region, _processes(region, root))


def _processes(region: Region, root: Node) -> Iterator[Process]:
    commands = Commands()
    pending: list[tuple[Node, bool, str]] = [(root, False, "")]
    steps = 0
    while pending and steps < _MOST:
        steps += 1
        node, scripts, name = pending.pop()
        if isinstance(node, Sequence):
            pending += [(item, False, name) for item in reversed(node.items)]
        if not isinstance(node, Mapping):
            continue
        inner: list[tuple[Node, bool, str]] = []
        for entry in node.entries:
            key, value = entry.key.value, entry.value
            within = f"{name}/{key}"
            runs = scripts or _RUN.fullmatch(key) is not None or (key == "build" and name.endswith("deployment"))
            if runs and isinstance(value, (Scalar, Sequence)):
                image = fact(region, "image", "", entry.key, "the platform's own image")
                pieces = commands.text(value) if isinstance(value, Scalar) else ()
                if isinstance(value, Sequence) and key == "cmds":
                    pieces = tuple(p for item in value.items for p in commands.text(item))
                elif isinstance(value, Sequence):
                    pieces = commands.run(value)
                if pieces:
                    yield Process(within, f"{key}:{entry.key.span.start}", pieces, (image,), entry.span)
            else:
                inner.append((value, key == "scripts", within))
        pending += reversed(inner)
