"""Task (taskfile.dev): the tasks that are run, with those that they depend on or call."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from pep668.syntax.node import Entry, Mapping, Node, text
from pep668.text import Span

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"(?:go-)?task")
_NAMES = tuple(f"{n}askfile{d}.{e}" for d in ("", ".dist") for n in "Tt" for e in ("yml", "yaml"))
_VALUED = "-t --taskfile -d --dir -o --output -C --concurrency -I --interval"
_DEEPEST = 50


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    folder = call.folder
    into = found.value("-d", "--dir")
    if into:
        folder = call.join(into) or ""
    named = found.value("-t", "--taskfile")
    path = call.path(folder, named) if named else call.find(folder, _NAMES)
    content = call.read(path) if path is not None else None
    if path is None or content is None:
        return
    from pep668.syntax.yaml import parse

    tree = parse(content)
    tasks = {e.key.value: e for e in tree.mapping("tasks").entries} if isinstance(tree, Mapping) else {}
    goals = [w for w in found.words if w and "=" not in w] or ["default"]
    parts: dict[Span, None] = {}
    known = all(_add(goal, tasks, parts, 0) for goal in goals)
    yield Run(path, "taskfile", tuple(parts) if known else None, posixpath.dirname(path))


def _add(name: str, tasks: dict[str, Entry], parts: dict[Span, None], depth: int) -> bool:
    """Adds a task and those that it runs; False where one is not in this file."""
    entry = tasks.get(name)
    if entry is None or depth > _DEEPEST:
        return False
    if entry.span in parts:
        return True
    known = True
    parts[entry.span] = None  # also keeps one that calls itself from going on
    tree = entry.value if isinstance(entry.value, Mapping) else None
    wanted = [text(node) or _called(node) for node in (tree.items("deps") if tree else ())]
    wanted += [_called(node) for node in (tree.items("cmds") if tree else ())]
    for other in wanted:
        known = (other is None or _add(other, tasks, parts, depth + 1)) and known
    return known


def _called(node: Node) -> str | None:
    """`task: name`."""
    return node.text("task") if isinstance(node, Mapping) else None
