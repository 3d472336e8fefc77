"""just: the recipes that are run, with those that they depend on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from pep668.languages._just_file import read
from pep668.text import Span

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"just")
_NAMES = ("justfile", "Justfile", "JUSTFILE", ".justfile", ".Justfile")
_VALUED = "-f --justfile -d --working-directory --set --shell --shell-arg --color --dotenv-path -E --chooser"
_HEAD = re.compile(r"@?([A-Za-z_][\w-]*)([^:\n]*(?:\"[^\"\n]*\"|'[^'\n]*'|[^:\"'\n])*?):(?!=)([^\n#]*)")
_DEPENDENCY = re.compile(r"[A-Za-z_][\w-]*")
_MOST = 200


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    named = found.value("-f", "--justfile")
    path = call.join(named) if named else _upward(call)
    text = call.read(path) if path is not None else None
    if path is None or text is None or found.has("-l", "--list", "-n", "--dry-run", "--show", "-s", "--summary"):
        return
    recipes, order = _recipes(text)
    goals = [w for w in found.words if w is None or "=" not in w]
    if not goals:
        goals = [next(iter(recipes), None)]
    parts: dict[Span, None] = {}
    # What is no recipe's name is an argument of the one before it.
    known = [g for g in goals if g is not None and g in recipes]
    for goal in known:
        _add(goal, recipes, parts, 0)
    sure = bool(known) and len(known) == len(goals) and not order
    yield Run(path, "justfile", tuple(parts) if known else None, posixpath.dirname(path), certain=sure, stops=True)


def _upward(call: Call) -> str | None:
    folder = call.folder
    while folder:
        path = call.find(folder, _NAMES)
        above = posixpath.dirname(folder)
        if path is not None or above == folder:
            return path
        folder = above
    return None


_Recipes = dict[str, tuple[Span, list[str]]]


def _recipes(text: str) -> tuple[_Recipes, bool]:
    """The recipes by name with their dependencies; and whether the file has settings that change how they run."""
    file = read(text)
    out: _Recipes = {}
    for recipe in file.recipes:
        head = _HEAD.match(text, recipe.span.start)
        if head:
            out.setdefault(head[1], (recipe.span, _DEPENDENCY.findall(head[3])))
    return out, bool(file.settings)


def _add(name: str, recipes: _Recipes, parts: dict[Span, None], depth: int) -> None:
    span, wanted = recipes[name]
    if span in parts or depth > _MOST:
        return
    for other in wanted:
        if other in recipes and other != name:
            _add(other, recipes, parts, depth + 1)
    parts[span] = None
