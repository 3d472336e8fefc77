"""What names of Python stand for: what the statements of a scope give them before a place in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from dataclasses import dataclass, field, replace

from ._python_scopes import ADD, EACH, ITEM, SET, Binding, Module, Path, Scope
from ._python_text import (
    Piece,
    Text,
    Value,
    Variables,
    Words,
)
from ._python_tree import (
    Node,
    Sequence,
    dotted,
)

MOST = 6  # values that an expression may have
_LATEST = 80  # of the statements that give a name its value, as many are looked at

ENVIRONMENT = frozenset("os.environ.get os.getenv os.environ environ environ.get getenv".split())
_CONDA_COMMANDS = "conda.cli.python_api.Commands."

Given = dict[str, list[Value]]


@dataclass(frozen=True, slots=True)
class Where:
    """Where an expression is read: names have the values that they were given before `at`.

    `given` holds the values of the parameters of `scope`.
    """

    scope: Scope
    path: Path
    at: int
    given: Given = field(default_factory=dict)
    depth: int = 0

    def deeper(self, at: int | None = None) -> Where:
        return replace(self, depth=self.depth + 1, at=self.at if at is None else at)


class Names(ABC):
    """Looks names up; what the expressions say that they are bound to is up to the reader of expressions."""

    def __init__(self, module: Module) -> None:
        self.module = module

    @abstractmethod
    def _values(self, node: Node, where: Where) -> list[Value]:
        """What an expression may be, at least one value."""

    @abstractmethod
    def _hole(self, node: Node, *, many: bool = False) -> Text:
        """An expression of which nothing is known."""

    @abstractmethod
    def _entry(self, key: Node, value: Node, where: Where) -> list[tuple[str, Text]]:
        """An entry of a mapping, none where its key is not known."""

    def qualified(self, node: Node) -> str:
        """The dotted name of a function with what was imported put in: `subprocess.run` of `run` or `sp.run`."""
        name = dotted(node)
        if not name:
            return ""
        head, dot, rest = name.partition(".")
        origin = self.module.imports.get(head)
        return name if origin is None else f"{origin}{dot}{rest}"

    def _name(self, node: Node, where: Where) -> list[Value]:
        name = self.qualified(node)
        if name == "sys.executable":
            return [Text((Piece("sys_executable", node.span, hole=True),))]
        if name in ENVIRONMENT:
            return [Variables(())]
        if name in ("sys.argv", "session.posargs"):
            return [self._hole(node, many=True)]
        if name.startswith(_CONDA_COMMANDS):
            return [Text((Piece(name.removeprefix(_CONDA_COMMANDS).lower(), node.span),))]
        if name.startswith("sh.") and name.count(".") == 1 and self.module.imports.get("sh") == "sh":
            return [Text((Piece(name.removeprefix("sh.").replace("_", "-"), node.span),))]
        return self.variable(dotted(node), where)

    def variable(self, name: str, where: Where) -> list[Value]:
        """The values of a name, of `self.x` too; none where nothing tells them."""
        if not name:
            return []
        if name in where.given:
            return where.given[name]
        scope: Scope | None = where.scope
        if name.startswith(("self.", "cls.")):
            attribute = name.partition(".")[2]
            while scope is not None and scope.kind != "class":
                scope = scope.parent
            if scope is None:
                return []
            name = "self." + attribute if "self." + attribute in scope.bindings else attribute
            return self._bound(scope, name, None, where) if "." not in attribute else []
        while scope is not None:
            if name in scope.named:
                if name not in scope.bindings or scope is not where.scope:
                    return []
                return self._bound(scope, name, where, where)
            if name in scope.bindings and (scope.kind != "class" or scope is where.scope):
                return self._bound(scope, name, where if scope is where.scope else None, where)
            scope = scope.parent
        return []

    def _bound(self, scope: Scope, name: str, here: Where | None, where: Where) -> list[Value]:
        """The values that a scope's statements give a name: before a place in it (`here`), or anywhere."""
        bindings = scope.bindings.get(name, [])
        if here is not None:
            bindings = bindings[: bisect_left(bindings, here.at, key=_at)]
        bindings = bindings[-_LATEST:]
        if here is not None:
            bindings = [b for b in bindings if not _exclusive(b.path, here.path)]
        given = where.given if scope is where.scope else {}
        out: list[Value] = []
        for index in range(len(bindings) - 1, -1, -1):
            base = bindings[index]
            if base.how not in (SET, EACH):
                continue
            made: list[Value] = []
            for value in self._base(base, scope, given, where):
                changed = value
                for change in bindings[index + 1 :]:
                    if change.how in (SET, EACH):
                        break
                    if not _exclusive(change.path, base.path):
                        changed = self._changed(changed, change, scope, given, where)
                made.append(changed)
            out = made + out
            if len(out) >= MOST or (here is not None and base.path == here.path[: len(base.path)]):
                break
        return out

    def _base(self, base: Binding, scope: Scope, given: Given, where: Where) -> list[Value]:
        if base.value is None:
            return []
        inside = Where(scope, base.path, base.at, given, where.depth + 1)
        if base.how == EACH and isinstance(base.value, Sequence) and base.value.opening in ("[", "("):
            return [value for item in base.value.items[:MOST] for value in self._values(item, inside)]
        values = self._values(base.value, inside)
        if base.how == SET:
            return values
        each: list[Value] = [item for value in values if isinstance(value, Words) for item in value.items]
        return each[:MOST]

    def _changed(self, value: Value, change: Binding, scope: Scope, given: Given, where: Where) -> Value:
        if change.value is None:
            return value
        inside = Where(scope, change.path, change.at, given, where.depth + 1)
        if change.how == ITEM:
            if isinstance(value, Variables) and change.key is not None:
                return Variables(value.entries + tuple(self._entry(change.key, change.value, inside)))
            return value
        more = self._values(change.value, inside)[0]
        if isinstance(value, Variables):
            return Variables(value.entries + more.entries) if isinstance(more, Variables) else value
        if change.how == ADD:
            return (
                Words((*value.items, more if isinstance(more, Text) else self._hole(change.value)))
                if isinstance(value, Words)
                else value
            )
        if isinstance(value, Words):
            items = more.items if isinstance(more, Words) else (self._hole(change.value, many=True),)
            return Words(value.items + items)
        return Text(value.pieces + more.pieces) if isinstance(more, Text) else value


def _at(binding: Binding) -> int:
    return binding.at


def _exclusive(one: Path, other: Path) -> bool:
    """Whether two statements stand in different branches of one construct."""
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return mine[0] == theirs[0]
    return False
