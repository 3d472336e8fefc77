"""The nesting of Azure Pipelines: template expressions as keys, stages, jobs, deployments; variables and pools.

Source: the YAML schema reference and "Template expressions" of Azure Pipelines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence

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
