"""Jobs of GitHub Actions: what `runs-on`, `container` and the matrix make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pep668.syntax.node import Mapping as Tree
from pep668.syntax.node import Node, Scalar, items

from . import _conditions, _github_matrix
from ._expressions import certain, possible, templates
from ._run_places import platform
from ._runs import Job, Run

_MOST = 256  # combinations that are told apart
_USED = re.compile(r"\bmatrix\.([\w-]+)")


def read(name: str, tree: Tree, text: str) -> Job:
    """A job of a workflow; `text` is the document, to tell which of the matrix's keys it uses."""
    matrix = _github_matrix.read(tree.get("strategy"))
    used = set(_USED.findall(text, tree.span.start, tree.span.end))
    distinct: list[dict[str, Any]] = []
    for combination in matrix.combinations:
        kept = {k: v for k, v in combination.items() if k in used}
        if kept not in distinct:
            distinct.append(kept)
    runs: list[Run] = []
    for values in distinct[:_MOST]:
        base = Run(values, matrix.known)
        for label, system in labels(tree.get("runs-on"), base.lookup):
            here = Run(values, matrix.known, label, system)
            images = _images(tree.get("container"), here.lookup)
            runs += [Run(values, matrix.known, label, system, image) for image in images]
    return Job(name, runs[:_MOST], tree.get("runs-on"), tree.get("container"))


def labels(node: Node | None, lookup: Callable[[Sequence[str]], Any]) -> list[tuple[str, str]]:
    """What `runs-on` may be: label and platform of each; `self-hosted` for the owner's machines, "" unknown."""
    if isinstance(node, Tree):
        node = node.get("labels")
    if isinstance(node, Scalar):
        whole = [*templates(node.value)]
        if len(whole) == 1 and len(whole[0].span) == len(node.value.strip()):
            out: list[tuple[str, str]] = []
            for value in _conditions.values(whole[0].text, lookup):
                names = value if isinstance(value, tuple) else (value,)
                out.append(_label([_conditions.written(n) for n in names]))
            return list(dict.fromkeys(out))
        found = possible(node.value, lookup)
        return list(dict.fromkeys(_label([name]) for name in found))
    return [_label([certain(i.value, lookup) if isinstance(i, Scalar) else None for i in items(node)])]


def _label(names: list[str | None]) -> tuple[str, str]:
    known = [n.strip() for n in names if n]
    system = next((p for n in known if (p := platform(n))), "")
    if len(names) > 1 or any(n.lower() == "self-hosted" for n in known):
        return ("self-hosted" if None not in names or "self-hosted" in known else ""), system
    return (known[0] if known else ""), system


def _images(node: Node | None, lookup: Callable[[Sequence[str]], Any]) -> list[str | None]:
    """The images that `container` may be; None: no container, "": one that is not known."""
    if isinstance(node, Tree):
        node = node.get("image")
    if not isinstance(node, Scalar) or node.missing:
        return [None]
    whole = [*templates(node.value)]
    if len(whole) == 1 and len(whole[0].span) == len(node.value.strip()):
        out: list[str | None] = []
        for value in _conditions.values(whole[0].text, lookup):
            image = value.get("image") if isinstance(value, dict) else value
            out.append(None if image in (None, "") else _conditions.written(image) or "")
        return out
    return ["" if found is None else found or None for found in possible(node.value, lookup)]
