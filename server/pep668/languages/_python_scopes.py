"""Which names a Python text binds where, and which calls stand in which scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from ._python import NAME, OP, STRING, Token
from ._python_expressions import Expressions
from ._python_statements import Statement, statements
from ._python_tree import Attribute, Call, Node, Sequence, Star, Str, Subscript, dotted

# The branches that a statement stands in: of which construct, and the how-manieth of its alternatives.
Path = tuple[tuple[int, int], ...]

SET, ADD, EXTEND, ITEM, EACH = "=", "append", "+=", "[]=", "for"


@dataclass(slots=True, eq=False)
class Binding:
    """One statement that gives a name a value or changes it.

    `how` is one of SET, ADD (`append`), EXTEND (`+=`, `extend`, `update`), ITEM (`name[key] = value`) and EACH
    (a loop's name).
    """

    how: str
    value: Node | None
    at: int
    path: Path
    key: Node | None = None


@dataclass(slots=True, eq=False)
class Parameter:
    name: str
    star: str = ""
    default: Node | None = None
    annotation: str = ""


@dataclass(slots=True, eq=False)
class Scope:
    """A module, a class or a function. `bindings` are by name, `self.x` by that; in the order of the text."""

    kind: str
    name: str = ""
    parent: Scope | None = None
    parameters: list[Parameter] = field(default_factory=list)
    decorators: list[Node] = field(default_factory=list)
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    calls: list[Placed] = field(default_factory=list)
    returns: list[Placed] = field(default_factory=list)

    @property
    def is_method(self) -> bool:
        return self.parent is not None and self.parent.kind == "class"

    @property
    def named(self) -> frozenset[str]:
        return frozenset(p.name for p in self.parameters)


@dataclass(slots=True, eq=False)
class Placed:
    """A node, and where it stands; `contexts` are the calls of the `with` statements around it, outermost first."""

    node: Node
    scope: Scope
    path: Path
    contexts: tuple[Call, ...] = ()


@dataclass(slots=True, eq=False)
class Module:
    """`calls` and `strings` (those that are statements of their own left out) are in the order of the text.

    `imports` leads from a name of the text to what it stands for, `subprocess.run`.
    """

    text: str
    top: Scope
    calls: list[Placed]
    functions: dict[str, list[Scope]]
    imports: dict[str, str]
    environment: list[tuple[Node, Node | None, Placed]]


@dataclass(slots=True)
class _Block:
    indent: int
    scope: Scope
    path: Path
    contexts: tuple[Call, ...] = ()


class _Builder:
    def __init__(self, text: str) -> None:
        top = Scope("module")
        self.module = Module(text, top, [], {}, {}, [])
        self._blocks = [_Block(-1, top, ())]
        self._owners: dict[int, tuple[int, int]] = {}
        self._decorators: list[Node] = []
        self._count = count(1)

    def read(self) -> Module:
        for statement in statements(self.module.text):
            self._statement(statement)
        self.module.calls.sort(key=lambda placed: placed.node.start)
        return self.module

    def _statement(self, statement: Statement) -> None:
        if not statement.inline:
            while len(self._blocks) > 1 and self._blocks[-1].indent >= statement.indent:
                self._blocks.pop()
        block = self._blocks[-1]
        first = statement.first
        tokens = statement.tokens
        if first in ("import", "from"):
            self._import(tokens)
            return
        if first == "async" and len(tokens) > 1:
            tokens = tokens[1:]
            first = tokens[0].text
        reader = Expressions(tokens)
        if tokens[0].kind == OP and tokens[0].text == "@":
            reader.at = 1
            self._decorators.append(reader.expression())
        elif first == "def" and len(tokens) > 1:
            self._function(statement.indent, tokens, reader, block)
        elif first == "class" and len(tokens) > 1:
            scope = Scope("class", tokens[1].text, block.scope)
            reader.at = 2
            reader.expression()
            self._blocks.append(_Block(statement.indent, scope, ()))
            self._decorators = []
        elif tokens[-1].text == ":" and tokens[-1].kind == OP and first in _BRANCHES:
            self._header(statement.indent, first, reader, block)
        else:
            self._simple(first, reader, block)
        for call in reader.calls:
            placed = Placed(call, block.scope, block.path, block.contexts)
            block.scope.calls.append(placed)
            self.module.calls.append(placed)

    def _header(self, indent: int, first: str, reader: Expressions, block: _Block) -> None:
        path = block.path
        reader.at = 1
        if first in ("elif", "else", "except", "case") and indent in self._owners:
            owner, branch = self._owners[indent]
            self._owners[indent] = owner, branch + 1
            path = (*path, (owner, branch + 1))
        elif first in ("if", "for", "while", "try", "match"):
            owner = next(self._count)
            self._owners[indent] = owner, 0
            if first in ("if", "for", "while"):
                path = (*path, (owner, 0))
        if first == "except":  # it runs after a part of what stands behind `try`
            path = (*block.path, (next(self._count), 0))
        if first == "for":
            targets = [reader.operand()]
            while reader.peek() == "," and not reader.done():
                reader.at += 1
                targets.append(reader.operand())
            if reader.peek() == "in" and not reader.done():
                reader.at += 1
                over = reader.value()
                if len(targets) == 1:
                    self._bind(targets[0], EACH, over, block.scope, path)
        elif first == "with":
            contexts = block.contexts
            while not reader.done() and reader.peek() != ":":
                before = reader.at
                value = reader.expression()
                contexts = (*contexts, *_calls(value))
                if reader.peek() == "as":
                    reader.at += 1
                    self._bind(reader.expression(), SET, value, block.scope, path)
                if reader.at == before:
                    reader.at += 1
        else:
            while not reader.done() and reader.peek() != ":":
                before = reader.at
                reader.value()
                if reader.at == before:
                    reader.at += 1
        self._blocks.append(_Block(indent, block.scope, path, contexts if first == "with" else block.contexts))

    def _function(self, indent: int, tokens: list[Token], reader: Expressions, block: _Block) -> None:
        scope = Scope("function", tokens[1].text, block.scope, decorators=self._decorators)
        self._decorators = []
        reader.at = 2
        if reader.peek() == "[":
            reader.expression()
        if reader.peek() == "(":
            reader.at += 1
            self._parameters(reader, scope)
        while not reader.done() and reader.peek() != ":":
            reader.at += 1
        self.module.functions.setdefault(scope.name, []).append(scope)
        self._blocks.append(_Block(indent, scope, ()))

    def _parameters(self, reader: Expressions, scope: Scope) -> None:
        star = ""
        while not reader.done() and reader.peek() != ")":
            token = reader.tokens[reader.at]
            reader.at += 1
            if token.text in ("*", "**"):
                star = token.text
            elif token.text == ",":
                star = ""
            elif token.kind == NAME:
                parameter = Parameter(token.text, star)
                if reader.peek() == ":":
                    reader.at += 1
                    start = reader.at
                    reader.expression()
                    parameter.annotation = "".join(t.text for t in reader.tokens[start : reader.at])
                if reader.peek() == "=" and not reader.done():
                    reader.at += 1
                    parameter.default = reader.expression()
                scope.parameters.append(parameter)

    def _simple(self, first: str, reader: Expressions, block: _Block) -> None:
        scope, path = block.scope, block.path
        if first in ("return", "yield"):
            reader.at = 1
            value = reader.value()
            scope.returns.append(Placed(value, scope, path))
        targets: list[Node] = []
        while not reader.done():
            before = reader.at
            value = reader.value()
            operator = reader.peek() if not reader.done() and reader.tokens[reader.at].kind == OP else ""
            if operator == "=":
                targets.append(value)
                reader.at += 1
                continue
            if operator == ":":  # an annotation
                reader.at += 1
                reader.expression()
                if reader.peek() == "=" and not reader.done():
                    targets.append(value)
                    reader.at += 1
                continue
            if operator in ("+=", "|="):
                reader.at += 1
                self._bind(value, EXTEND, reader.value(), scope, path)
                continue
            for target in targets:
                self._bind(target, SET, value, scope, path)
            if isinstance(value, Call) and not targets:
                self._mutation(value, scope, path)
            targets = []
            if reader.at == before:
                reader.at += 1

    def _mutation(self, call: Call, scope: Scope, path: Path) -> None:
        """`name.append(x)`, `name.extend(x)`, `name.update(x)`."""
        func = call.func
        if not isinstance(func, Attribute) or func.name not in ("append", "extend", "insert", "update", "setdefault"):
            return
        if func.name in ("append", "extend") and len(call.args) == 1:
            self._bind(func.value, ADD if func.name == "append" else EXTEND, call.args[0], scope, path)
        elif func.name == "setdefault" and len(call.args) == 2:
            self._item(func.value, call.args[0], call.args[1], scope, path)
        elif func.name == "update":
            for node in call.args:
                self._bind(func.value, EXTEND, node, scope, path)
            if dotted(func.value):
                self._environment_call(call, scope, path)

    def _environment_call(self, call: Call, scope: Scope, path: Path) -> None:
        for name, value in call.keywords:
            if name:
                func = call.func
                key = _Key(value.start, value.start, [], name)
                self._item(func.value if isinstance(func, Attribute) else func, key, value, scope, path)

    def _item(self, target: Node, key: Node, value: Node, scope: Scope, path: Path) -> None:
        self._add(dotted(target), Binding(ITEM, value, value.start, path, key), scope)
        if dotted(target).endswith("environ"):
            self.module.environment.append((key, value, Placed(value, scope, path)))

    def _bind(self, target: Node, how: str, value: Node, scope: Scope, path: Path) -> None:
        if isinstance(target, Subscript):
            self._item(target.value, target.index, value, scope, path)
            return
        if isinstance(target, Sequence):
            parallel = isinstance(value, Sequence) and len(value.items) == len(target.items) and how == SET
            for index, one in enumerate(target.items):
                if isinstance(one, Star):
                    one = one.value
                if parallel and isinstance(value, Sequence):
                    self._bind(one, how, value.items[index], scope, path)
                else:
                    self._add(dotted(one), Binding(SET, None, one.start, path), scope)
            return
        name = dotted(target)
        self._add(name, Binding(how, value, target.start, path), scope)
        if name.endswith("environ") and how == EXTEND:
            self.module.environment.append((value, None, Placed(value, scope, path)))

    def _add(self, name: str, binding: Binding, scope: Scope) -> None:
        if not name:
            return
        if name.startswith(("self.", "cls.")):
            owner = scope
            while owner.kind == "function" and owner.parent is not None:
                owner = owner.parent
            scope = owner
            name = "self." + name.partition(".")[2]
        scope.bindings.setdefault(name, []).append(binding)

    def _import(self, tokens: list[Token]) -> None:
        names = [t.text for t in tokens if t.kind != STRING and t.text not in ("(", ")")]
        imports = self.module.imports
        if names[0] == "import":
            for item in " ".join(names[1:]).split(","):
                path, _, alias = item.replace(" . ", ".").partition(" as ")
                path = path.strip()
                if alias.strip():
                    imports[alias.strip()] = path
                elif path:
                    imports.setdefault(path.partition(".")[0], path.partition(".")[0])
            return
        joined = " ".join(names[1:]).replace(" . ", ".")
        origin, found, listed = joined.partition(" import ")
        origin = origin.replace(" ", "")
        if not found:
            return
        for item in listed.split(","):
            name, _, alias = item.partition(" as ")
            if name.strip():
                imports[(alias or name).strip()] = f"{origin}.{name.strip()}"


def _calls(node: Node) -> tuple[Call, ...]:
    """The calls among the items of a `with` statement."""
    items = node.items if isinstance(node, Sequence) else [node]
    return tuple(item for item in items if isinstance(item, Call))


@dataclass(slots=True, eq=False)
class _Key(Str):
    """The name of a keyword, as a key."""

    name: str = ""


def key_name(node: Node) -> str | None:
    """The name of a keyword that stands for a key."""
    return node.name if isinstance(node, _Key) else None


_BRANCHES = frozenset("if elif else for while try except finally with match case".split())


def read(text: str) -> Module:
    """The scopes, names and calls of a Python text."""
    return _Builder(text).read()


__all__ = ["ADD", "EACH", "EXTEND", "ITEM", "SET", "Binding", "Module", "Path", "Placed", "Scope", "key_name", "read"]
