"""Bitbucket Pipelines: the script of each step is one shell in the step's image, or in the file's.

Source: Bitbucket's "Pipelines configuration reference". `after-script` is a shell of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, Sequence, items, text
from pep668.text import Span

from . import Language
from ._hidden import hiding
from ._pipeline import Process, fact, pieces, regions, roots, values

_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")
_PIPELINES = re.compile(r"^pipelines:", re.MULTILINE)
_STEP = re.compile(r"^[ \t]*-?[ \t]*step:", re.MULTILINE)
_MOST = 20_000

LANGUAGE = Language(
    "bitbucket",
    names=("bitbucket-pipelines.yml", "bitbucket-pipelines.yaml", ".bitbucket-pipelines.yml"),
    patterns=("*bitbucket-pipelines*.yml",),
    candidates=("*.yml", "*.yaml"),
    sniff=lambda content: _PIPELINES.search(content) is not None and _STEP.search(content) is not None,
)


def extract(region: Region) -> Iterator[Region]:
    found = (process for root in roots(region) for process in _document(region, root))
    yield from regions(region, found, hiding(_TEMPLATE))


def _document(region: Region, root: Mapping) -> Iterator[Process]:
    seen: set[int] = set()
    for key in ("pipelines", "definitions"):  # a definition that no pipeline names may be imported
        for step in _steps(*values(root, key)):
            if id(step) in seen:
                continue
            seen.add(id(step))
            facts = tuple(_place(region, root, step))
            language = "powershell" if any(f.kind == "platform" and f.value == "windows" for f in facts) else "shell"
            system = f"step:{step.span.start}"
            yield Process(system, "script", pieces(*values(step, "script"), language=language), facts)
            after = pieces(*values(step, "after-script"), language=language)
            yield Process(system, "after-script", after, facts)


def _steps(*nodes: Node) -> Iterator[Mapping]:
    """The mappings below that have a script, wherever they stand: in branches, stages, parallel groups."""
    pending, seen = list(reversed(nodes)), set[int]()
    while pending and len(seen) < _MOST:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            if node.get("script") is not None or node.get("after-script") is not None:
                yield node
            else:
                pending += [e.value for e in reversed(node.entries) if e.key.value not in ("services", "caches")]
        elif isinstance(node, Sequence):
            pending += reversed(node.items)


def _place(region: Region, root: Mapping, step: Mapping) -> Iterator[Fact]:
    labels = [(text(n) or "").lower() for n in items(step.get("runs-on"))]
    where = step.get("runs-on")
    image = step.get("image") or root.get("image")
    named = image.get("name") if isinstance(image, Mapping) else image
    system = next((s for s in ("windows", "macos") if any(s in label for label in labels)), "")
    if system and where is not None:
        yield fact(region, "platform", system, where, f"runs-on: {system}")
    elif any("shell" in label for label in labels) and where is not None:
        yield fact(region, "runner", "", where, "runs-on: a runner of one's own")
    elif named is not None and text(named):
        value = text(named) or ""
        yield fact(region, "image", value, named, f"image: {value}")
        user = image.text("run-as-user") if isinstance(image, Mapping) else None
        if user:
            yield fact(region, "user", user, named, f"run-as-user: {user}")
    else:
        start = Span(step.span.start, step.span.start)
        told = "no image is named: Bitbucket's default image"
        yield fact(region, "image", "atlassian/default-image:latest", start, told)
