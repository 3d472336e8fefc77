"""Commands that a program keeps in a list of scripts or commands, which something else of it runs later.

A list is one by its name: `scripts.append(("root", "pip install x"))`, `def build_scripts(): return [...]`. So are
the choices of one command: `os.environ.get("TORCH_COMMAND", "pip install x")`, the strings in a function
`get_install_command` that has more ways to return than are followed to its calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._python_calls import Calls
from ._python_found import Found
from ._python_names import Where
from ._python_runners import WHOLE
from ._python_scopes import ADD, EXTEND, SET, Placed, Scope
from ._python_text import Text, Words
from ._python_tree import Binary, Call, Node, Sequence, Str

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LISTS = frozenset("scripts commands cmds".split())
# Lists that are only compared with, matched or shown.
_OTHERWISE = frozenset(
    """expected expect want wanted help example examples usage doc docs hint hints message messages suggest suggested
    suggestions test tests fake mock forbidden blocked dangerous allowed safe unsafe banned denied pattern patterns
    regex keyword keywords known valid invalid bad good sample samples console entry""".split()
)
_SINGLE = frozenset("command cmd".split())
_DEFAULTS = frozenset("os.environ.get os.getenv environ.get getenv".split())
_FOLLOWED = 2  # returns of a function with which its calls are read
_DEEPEST = 4
_MOST = 400


def names_a_list(name: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(name.rpartition(".")[2])}
    return bool(words & _LISTS) and not words & _OTHERWISE


def commands(calls: Calls) -> Iterator[tuple[Found, Placed]]:
    """The commands in such lists, each as it would be run."""
    for node, placed in _choices(calls):
        for value in calls.evaluator.values(node, Where(placed.scope, placed.path, node.start))[:1]:
            if isinstance(value, Text) and WHOLE.match(value.symbolic):
                yield Found(value, node.span, node), placed
    left = _MOST
    for node, placed in _lists(calls):
        for item in _strings(node, 0):
            left -= 1
            if left < 0:
                return
            where = Where(placed.scope, placed.path, item.start)
            for value in calls.evaluator.values(item, where)[:1]:
                if isinstance(value, Text) and " " in value.symbolic.strip():
                    yield Found(value, item.span, item), placed
                elif isinstance(value, Words) and len(value.items) > 2:
                    yield Found(value, item.span), placed


def _choices(calls: Calls) -> Iterator[tuple[Node, Placed]]:
    """The strings of which one is a command that is run elsewhere."""
    for placed in calls.module.calls:
        call = placed.node
        if isinstance(call, Call) and len(call.args) == 2 and calls.evaluator.qualified(call.func) in _DEFAULTS:
            key, default = call.args
            if isinstance(default, Str) and _names_a_command(calls.module.text[key.start : key.end]):
                yield default, placed
    for functions in calls.module.functions.values():
        for function in functions:
            if len(function.returns) <= _FOLLOWED or not _names_a_command(function.name):
                continue
            for bindings in function.bindings.values():
                yield from ((b.value, Placed(b.value, function, b.path)) for b in bindings if isinstance(b.value, Str))
            yield from ((placed.node, placed) for placed in function.returns if isinstance(placed.node, Str))


def _names_a_command(name: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _SINGLE) and not words & _OTHERWISE


def _lists(calls: Calls) -> Iterator[tuple[Node, Placed]]:
    scopes: list[Scope] = [calls.module.top]
    seen = {id(calls.module.top)}
    for functions in calls.module.functions.values():
        for function in functions:
            for scope in (function, function.parent):
                if scope is not None and id(scope) not in seen:
                    seen.add(id(scope))
                    scopes.append(scope)
    for scope in scopes:
        if scope.name.startswith("test"):
            continue
        for name, bindings in scope.bindings.items():
            if not names_a_list(name):
                continue
            for binding in bindings:
                value = binding.value
                listed = binding.how == ADD or (binding.how in (SET, EXTEND) and isinstance(value, Sequence))
                if value is not None and listed:
                    yield value, Placed(value, scope, binding.path)
        if scope.kind == "function" and names_a_list(scope.name):
            yield from ((placed.node, placed) for placed in scope.returns if isinstance(placed.node, Sequence))


def _strings(node: Node, depth: int) -> Iterator[Node]:
    """The texts in a list, those in tuples and lists in it too; a list of words is one of them."""
    if isinstance(node, Str | Binary) or (isinstance(node, Call) and depth):
        yield node
    elif isinstance(node, Sequence) and depth < _DEEPEST:
        words = [item for item in node.items if isinstance(item, Str)]
        if depth and node.opening == "[" and len(words) > 1:
            yield node
        else:
            for item in node.items:
                yield from _strings(item, depth + 1)
