"""Jobs of Azure Pipelines: the variables and configurations that they run with, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence

from ._azure_scopes import Scope, all_entries, flat, get, text
from ._expressions import certain, possible
from ._run_places import platform
from ._runs import Job, Run

_MOST = 64  # configurations of a matrix that are told apart


def variable_nodes(nodes: tuple[Node, ...]) -> Iterator[tuple[str, Node, Entry | Mapping]]:
    """Names, values and where each stands, of both forms of `variables`."""
    for node in nodes:
        if isinstance(node, Mapping):
            for entry in all_entries(node):
                yield entry.key.value, entry.value, entry
        for item in flat(node):
            name, value = text(item, "name"), get(item, "value")
            if name and value is not None and isinstance(item, Mapping):
                yield name, value, item


def runs(scope: Scope) -> list[Run]:
    """One for each configuration of the matrix; `environment` holds the variables of it."""
    matrix = get(scope.strategy, "matrix")
    rows: list[list[tuple[str, Node]]] = []
    known = not isinstance(matrix, Scalar) or matrix.missing
    for row in all_entries(matrix):
        known &= isinstance(row.value, Mapping) and not row.key.value.startswith("${{")
        rows.append([(e.key.value, e.value) for e in all_entries(row.value)])
    out: list[Run] = []
    for chosen in rows[:_MOST] if known and rows else [[]]:
        run = Run({}, known)
        shared = [(name, value) for name, value, _ in variable_nodes(scope.variables)]
        for name, value in (*shared, *chosen):
            run.environment[name] = value_of(value, run)
        out.append(run)
    return out


def value_of(node: Node, run: Run) -> str | None:
    """A variable's value, None where it is known only when it runs."""
    if not isinstance(node, Scalar) or node.value.startswith("$["):
        return None
    return certain(node.value, run.lookup, macros=True)


def job(scope: Scope, steps: Sequence, containers: dict[str, Node]) -> Job:
    """A job with all ways in which it runs."""
    container = containers.get(scope.container.value, scope.container) if isinstance(scope.container, Scalar) else None
    container = container or scope.container
    made = Job(f"job:{steps.span.start}", [], _image_node(scope.pool), container, "pool")
    for run in runs(scope):
        for label in _labels(scope, run):
            for image in _images(container, run):
                made.runs.append(Run({}, run.known, label, platform(label), image, dict(run.environment)))
    made.runs = made.runs[: 4 * _MOST]
    return made


def _image_node(pool: Node | None) -> Node | None:
    return (get(pool, "vmImage") or pool) if isinstance(pool, Mapping) else pool


def _labels(scope: Scope, run: Run) -> list[str]:
    """The hosted image; `self-hosted` for a pool of the owner's, "" where nothing says."""
    pool = scope.pool
    if isinstance(pool, Mapping):
        image = get(pool, "vmImage")
        if isinstance(image, Scalar) and not image.missing:
            return [found or "" for found in possible(image.value, run.lookup, macros=True)]
        name = text(pool, "name")
        return ["self-hosted" if name and "$" not in name else ""]
    if isinstance(pool, Scalar) and not pool.missing:
        name = pool.value.lower()
        hosted = re.match(r"hosted (ubuntu|macos|vs|windows)", name)
        return ["" if "$" in name or hosted else "self-hosted"]
    # Azure's own default where a pipeline names no pool.
    return ["ubuntu-latest" if scope.started else ""]


def _images(node: Node | None, run: Run) -> list[str | None]:
    if isinstance(node, Mapping):
        node = get(node, "image")
    if not isinstance(node, Scalar) or node.missing:
        return [None]
    if node.value.startswith("$["):
        return [""]
    return ["" if found is None else found or None for found in possible(node.value, run.lookup, macros=True)]


def containers(root: Mapping) -> dict[str, Node]:
    """The images of `resources.containers` by their names."""
    found: dict[str, Node] = {}
    for item in flat(get(get(root, "resources"), "containers")):
        image = get(item, "image")
        if text(item, "container") and image is not None:
            found[text(item, "container")] = image
    return found
