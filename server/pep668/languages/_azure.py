"""The nesting of Azure Pipelines: template expressions as keys, stages, jobs, deployments; variables and pools.

Source: the YAML schema reference and "Template expressions" of Azure Pipelines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence

from ._expressions import certain, possible
from ._runs import Job, Run, platform

_MOST = 64  # configurations of a matrix that are told apart
_DEEPEST = 40
_MOST_ITEMS = 20_000
_GROUPS = ("stages", "jobs", "phases")
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "success", "failure")
_STRATEGIES = ("runOnce", "rolling", "canary", "on")


def flat(node: Node | None, depth: int = 0) -> Iterator[Node]:
    """The items of a list, those below `${{ if }}:` and `${{ each }}:` included."""
    if depth > _DEEPEST or not isinstance(node, Sequence):
        return
    for item in node.items:
        wrapped = [e for e in item.entries if e.key.value.startswith("${{")] if isinstance(item, Mapping) else []
        if isinstance(item, Sequence):
            yield from flat(item, depth + 1)
        elif isinstance(item, Mapping) and wrapped and len(wrapped) == len(item.entries):
            for entry in wrapped:
                if isinstance(entry.value, Sequence):
                    yield from flat(entry.value, depth + 1)
                else:
                    yield entry.value
        else:
            yield item


def all_entries(node: Node | None, depth: int = 0) -> Iterator[Entry]:
    """The entries of a mapping, those below `${{ if }}:` included."""
    for entry in node.entries if isinstance(node, Mapping) and depth < _DEEPEST else ():
        if entry.key.value.startswith("${{") and isinstance(entry.value, Mapping):
            yield from all_entries(entry.value, depth + 1)
        else:
            yield entry


def get(node: Node | None, name: str) -> Node | None:
    """The value of a key, without regard to case, below `${{ if }}:` too; the last one."""
    wanted = name.lower()
    return next((e.value for e in reversed([*all_entries(node)]) if e.key.value.lower() == wanted), None)


def text(node: Node | None, name: str) -> str:
    found = get(node, name)
    return found.value.strip() if isinstance(found, Scalar) and not found.missing else ""


def every(node: Node | None, name: str) -> list[Node]:
    return [e.value for e in all_entries(node) if e.key.value == name]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a job inherits from its stage and the pipeline."""

    pool: Node | None = None
    container: Node | None = None
    variables: tuple[Node, ...] = ()
    strategy: Node | None = None
    started: bool = False  # a pipeline, not a template that one includes

    def inside(self, tree: Mapping) -> Scope:
        variables = get(tree, "variables")
        return replace(
            self,
            pool=get(tree, "pool") or get(tree, "queue") or self.pool,
            container=get(tree, "container") or self.container,
            variables=(*self.variables, variables) if variables is not None else self.variables,
            strategy=get(tree, "strategy") or self.strategy,
        )


def jobs(root: Mapping) -> Iterator[tuple[Scope, Sequence]]:
    """Every list of steps, with what its job says and inherits."""
    started = any(get(root, name) is not None for name in ("trigger", "pr", "schedules", "stages"))
    pending: list[tuple[Mapping, Scope, int]] = [(root, Scope(started=started), 0)]
    seen = 0
    while pending and seen < _MOST_ITEMS:
        tree, above, depth = pending.pop()
        seen += 1
        scope = above.inside(tree)
        inner: list[Mapping] = []
        for entry in all_entries(tree):
            key, value = entry.key.value, entry.value
            if key == "steps" and isinstance(value, Sequence):
                yield scope, value
            elif key in _GROUPS:
                inner += [i for i in flat(value) if isinstance(i, Mapping)]
            elif isinstance(value, Mapping) and (key in (*_HOOKS, *_STRATEGIES, "strategy", "extends", "parameters")):
                inner.append(value)
        if depth < _DEEPEST:
            pending += [(i, scope, depth + 1) for i in reversed(inner)]


# --- variables ---


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


# --- where a job runs ---


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
