"""Finds out what expressions of Python say, from what a text gives their names before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeVar

from pep668.text import Span

from ._python import parts
from ._python_expressions import expression
from ._python_scopes import ADD, EACH, ITEM, SET, Binding, Module, Path, Scope, key_name
from ._python_text import (
    Piece,
    Text,
    Value,
    Variables,
    Words,
    as_given,
    as_many,
    filled,
    joined_path,
    moved,
    name_of,
    pieces_of,
    size,
    split,
)
from ._python_tree import (
    Attribute,
    Binary,
    Call,
    Choice,
    Name,
    Node,
    Sequence,
    Star,
    Str,
    Subscript,
    Table,
    dotted,
)

_T = TypeVar("_T")

_MOST = 6  # values that an expression may have

_LATEST = 80  # of the statements that give a name its value, as many are looked at

_BUDGET = 600  # expressions that are read for one call

_TOTAL = 40_000  # for a whole text, and a tenth of its length

_LONGEST = 400  # pieces or items of a value; a longer one is not known

_DEEPEST = 14

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


_IDENTITIES = frozenset(
    """str os.fspath os.fsdecode os.fsencode os.path.abspath os.path.expanduser os.path.expandvars os.path.realpath
    os.path.normpath shlex.quote pipes.quote list tuple sorted textwrap.dedent inspect.cleandoc dedent cleandoc bytes
    subprocess.list2cmdline repr filter""".split()
)

_SAME = frozenset(
    "resolve absolute expanduser as_posix strip rstrip lstrip encode decode copy __str__ format_map lower".split()
)

_PATHS = frozenset(
    """os.path.join posixpath.join ntpath.join pathlib.Path pathlib.PurePath pathlib.PosixPath pathlib.PurePosixPath
    Path""".split()
)

_LOOKED_UP = frozenset("shutil.which distutils.spawn.find_executable which find_executable sh.which sh.Command".split())

_ENVIRONMENT = frozenset("os.environ.get os.getenv os.environ environ environ.get getenv".split())

_GLOBS = frozenset("glob.glob glob.iglob".split())

_SUBCOMMANDS = frozenset("install uninstall sync venv ensurepip".split())

_CONDA_COMMANDS = "conda.cli.python_api.Commands."

_FORMAT = re.compile(r"\{\{|\}\}|\{(\w*)[^{}]{0,80}\}")

_PERCENT = re.compile(r"%%|%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdirfxa]")


class Evaluator:
    def __init__(self, module: Module) -> None:
        self.module = module
        self._left = 0
        self._total = _TOTAL + len(module.text) // 10

    def values(self, node: Node, where: Where) -> list[Value]:
        """What an expression may be, at least one value; begins a new budget."""
        self._left = min(_BUDGET, self._total)
        self._total -= self._left
        values = self._values(node, where)
        self._total += max(0, self._left)
        return values

    def qualified(self, node: Node) -> str:
        """The dotted name of a function with what was imported put in: `subprocess.run` of `run` or `sp.run`."""
        name = dotted(node)
        if not name:
            return ""
        head, dot, rest = name.partition(".")
        origin = self.module.imports.get(head)
        return name if origin is None else f"{origin}{dot}{rest}"

    # --- expressions ---

    def _values(self, node: Node, where: Where) -> list[Value]:
        self._left -= 1
        if self._left < 0 or where.depth > _DEEPEST:
            return [self._hole(node)]
        found: list[Value] = []
        if isinstance(node, Str):
            found = list(self._text(node, where))
        elif isinstance(node, Name | Attribute):
            found = self._name(node, where)
        elif isinstance(node, Sequence):
            found = list(self._sequence(node, where))
        elif isinstance(node, Binary):
            found = list(self._binary(node, where))
        elif isinstance(node, Call):
            found = self._call(node, where)
        elif isinstance(node, Choice):
            found = [value for option in node.options for value in self._values(option, where.deeper())]
        elif isinstance(node, Table):
            found = [self._table(node, where)]
        elif isinstance(node, Subscript):
            found = self._subscript(node, where)
        elif isinstance(node, Star):
            found = self._values(node.value, where.deeper())
        return [v if size(v) <= _LONGEST else self._hole(node) for v in found[:_MOST]] or [self._hole(node)]

    def _hole(self, node: Node, *, many: bool = False) -> Text:
        named: Node = node.func if isinstance(node, Call) else node.value if isinstance(node, Subscript) else node
        name = name_of(dotted(named) or self.module.text[named.start : named.end])
        if isinstance(node, Call):  # a getter is named after what it gives
            name = name.removeprefix("get_")
        return Text((Piece(name, node.span, hole=True, many=many),))

    def _text(self, node: Str, where: Where) -> Iterator[Text]:
        text = self.module.text
        choices: list[list[tuple[Piece, ...]]] = []
        named = key_name(node)
        if named is not None:
            yield Text((Piece(named, node.span),))
            return
        for literal in node.literals:
            found = list(parts(text, literal))
            whole = Span(literal.start, literal.end) if len(found) == len(node.literals) == 1 else None
            for part in found:
                if part.field is None:
                    choices.append([(Piece(part.text, part.span, part.exact, literal=whole),)])
                else:
                    choices.append(self._field(part.field.start + 1, part.field.stop, part.span, where))
        yield from (Text(tuple(p for run in chosen for p in run)) for chosen in _some(choices))

    def _field(self, start: int, end: int, span: Span, where: Where) -> list[tuple[Piece, ...]]:
        node, _ = expression(self.module.text, start, end)
        if node is None:
            return [(Piece("value", span, hole=True),)]
        out = []
        for value in self._values(node, where.deeper()):
            if isinstance(value, Text):
                out.append(moved(value, span).pieces)
            else:
                out.append((Piece(name_of(self.module.text[start:end]), span, hole=True, many=True),))
        return out

    def _sequence(self, node: Sequence, where: Where) -> Iterator[Words]:
        choices: list[list[tuple[Text, ...]]] = []
        for item in node.items:
            first = not choices
            if isinstance(item, Star):
                choices.append([self._splatted(v, item, first=first) for v in self._values(item.value, where.deeper())])
            elif isinstance(item, Str):
                choices.append([(t,) for t in self._text(item, where) if isinstance(t, Text)])
            else:
                choices.append([(self._member(v, item),) for v in self._values(item, where.deeper())])
        yield from (Words(tuple(t for run in chosen for t in run)) for chosen in _some(choices))

    def _member(self, value: Value, node: Node) -> Text:
        """An item of a list, from another expression than a string."""
        if not isinstance(value, Text):
            return self._hole(node)
        return value if isinstance(node, Binary | Call | Choice) and _lies_in(value, node) else moved(value, node.span)

    def _splatted(self, value: Value, node: Node, *, first: bool) -> tuple[Text, ...]:
        """The words of a value between others: they stand where they are written if they are the command itself."""
        if isinstance(value, Words):
            if first and any(item.known in _SUBCOMMANDS for item in value.items):
                return value.items
            return tuple(item if _lies_in(item, node) else moved(item, node.span) for item in value.items)
        if isinstance(value, Text):
            return (as_many(moved(value, node.span)),)
        return (self._hole(node, many=True),)

    def _binary(self, node: Binary, where: Where) -> Iterator[Value]:
        lefts = self._values(node.left, where.deeper())
        if node.operator == "%":
            for left in lefts:
                if isinstance(left, Text):
                    yield self._percent(left, node.right, where)
            return
        if node.operator not in ("+", "/"):
            return
        rights = self._values(node.right, where.deeper())
        for left, right in list(product(lefts, rights))[:_MOST]:
            if node.operator == "/":
                if isinstance(left, Text) and isinstance(right, Text):
                    yield joined_path([self._own(left, node.left), self._own(right, node.right)])
            elif isinstance(left, Text) and isinstance(right, Text):
                yield Text(self._own(left, node.left).pieces + self._own(right, node.right).pieces)
            elif isinstance(left, Words) or isinstance(right, Words):
                front = self._splatted(left, node.left, first=True)
                yield Words(front + self._splatted(right, node.right, first=False))

    def _own(self, value: Text, node: Node) -> Text:
        """A text that is a part of a larger one: as written, or where its name stands."""
        return value if _lies_in(value, node) else moved(value, node.span)

    def _percent(self, left: Text, right: Node, where: Where) -> Text:
        nodes = right.items if isinstance(right, Sequence) and right.opening == "(" else [right]
        named: dict[str, Node] = {}
        if isinstance(right, Table):
            named = {k: v for node, v in right.entries if node is not None and (k := self._key(node)) is not None}
        ordered = iter(nodes)

        def value(match: re.Match[str], span: Span) -> tuple[Piece, ...] | None:
            if match[0] == "%%":
                return None
            node = named.get(match[1]) if match[1] else next(ordered, None)
            return self._inserted(node, span, where)

        return filled(left, _PERCENT, value)

    def _formatted(self, left: Text, call: Call, where: Where) -> Text:
        ordered = iter(call.args)

        def value(match: re.Match[str], span: Span) -> tuple[Piece, ...] | None:
            if match[0] in ("{{", "}}"):
                return None
            key = match[1]
            node: Node | None
            if not key:
                node = next(ordered, None)
            elif key.isdigit():
                node = call.args[int(key)] if len(key) < 4 and int(key) < len(call.args) else None
            else:
                node = call.keyword(key)
            return self._inserted(node, span, where, key)

        return filled(left, _FORMAT, value)

    def _inserted(self, node: Node | None, span: Span, where: Where, key: str = "") -> tuple[Piece, ...]:
        if node is not None:
            value = self._values(node, where.deeper())[0]
            if isinstance(value, Text):
                return moved(value, span).pieces
            return (Piece(name_of(self.module.text[node.start : node.end]), span, hole=True, many=True),)
        return (Piece(name_of(key or "value"), span, hole=True),)

    def _key(self, node: Node) -> str | None:
        named = key_name(node)
        if named is not None or not isinstance(node, Str):
            return named
        return next((t.known for t in self._text(node, Where(self.module.top, (), 0)) if isinstance(t, Text)), None)

    def _table(self, node: Table, where: Where) -> Variables:
        entries: list[tuple[str, Text]] = []
        for key, value in node.entries:
            if key is None:
                for made in self._values(value, where.deeper())[:1]:
                    entries += made.entries if isinstance(made, Variables) else ()
            else:
                entries += self._entry(key, value, where)
        return Variables(tuple(entries))

    def _entry(self, key: Node, value: Node, where: Where) -> list[tuple[str, Text]]:
        name = self._key(key)
        if name is None:
            return []
        made = self._values(value, where.deeper())[0]
        return [(name, made if isinstance(made, Text) else self._hole(value))]

    def _subscript(self, node: Subscript, where: Where) -> list[Value]:
        name = self.qualified(node.value)
        if name in _ENVIRONMENT:
            key = self._key(node.index)
            if key:
                return [Text((Piece(key, node.span, hole=True),))]
        if name == "sys.argv":
            return [self._hole(node, many=True)]
        if name:
            entry = self._entry_of(name, node, where)
            if entry:
                return entry
            whole = self._values(node.value, where.deeper())[0]
            key = self._key(node.index)
            if isinstance(whole, Variables) and key is not None:
                found: list[Value] = [moved(text, node.span) for known, text in whole.entries if known == key]
                return found[-1:]
            if isinstance(whole, Words):
                return [self._hole(node, many=True)]
        return [self._hole(node)]

    def _entry_of(self, name: str, node: Subscript, where: Where) -> list[Value]:
        """`COMMANDS["install"]` of a mapping that is written out, whatever its values are."""
        key = self._key(node.index)
        scope: Scope | None = where.scope
        while key is not None and scope is not None:
            for binding in scope.bindings.get(name, ())[-1:]:
                table = binding.value
                if binding.how == SET and isinstance(table, Table):
                    inside = Where(scope, binding.path, binding.at, {}, where.depth + 1)
                    for known, value in reversed(table.entries):
                        if known is not None and self._key(known) == key:
                            return self._values(value, inside)
            scope = scope.parent
        return []

    # --- calls ---

    def _call(self, node: Call, where: Where) -> list[Value]:
        name = self.qualified(node.func)
        args = node.args
        if name in _PATHS and args:
            return self._joined_path(args, where)
        if name in _IDENTITIES and len(args) >= 1:
            return self._values(args[-1], where.deeper())
        if name in _ENVIRONMENT and args:
            key = self._key(args[0])
            return [Text((Piece(key, node.span, hole=True),))] if key else []
        if name in _LOOKED_UP and args:
            return [moved(v, node.span) for v in self._values(args[0], where.deeper()) if isinstance(v, Text)]
        if name in _GLOBS and args:
            return [Words((v,)) for v in self._values(args[0], where.deeper()) if isinstance(v, Text)]
        if name == "shlex.split" and args:
            return [
                v if isinstance(v, Words) else split(v)
                for v in self._values(args[0], where.deeper())
                if not isinstance(v, Variables)
            ]
        if name == "dict":
            return [self._dictionary(node, where)]
        if isinstance(node.func, Attribute):
            found = self._method(node, node.func, where)
            if found:
                return found
        return self._returned(node, where)

    def _joined_path(self, args: list[Node], where: Where) -> list[Value]:
        choices = []
        for arg in args:
            made = [self._own(v, arg) for v in self._values(arg, where.deeper()) if isinstance(v, Text)]
            choices.append(made or [self._hole(arg)])
        return [joined_path(list(chosen)) for chosen in _some(choices)]

    def _dictionary(self, node: Call, where: Where) -> Variables:
        entries: list[tuple[str, Text]] = []
        for arg in [*node.args, *(value for key, value in node.keywords if not key)]:
            made = self._values(arg, where.deeper())[0]
            entries += made.entries if isinstance(made, Variables) else ()
        for key, value in node.keywords:
            if key:
                made = self._values(value, where.deeper())[0]
                entries.append((key, made if isinstance(made, Text) else self._hole(value)))
        return Variables(tuple(entries))

    def _method(self, node: Call, func: Attribute, where: Where) -> list[Value]:
        method = func.name
        if method == "copy" and self.qualified(func.value) in _ENVIRONMENT:
            return [Variables(())]
        if method in ("joinpath", "with_name") and node.args:
            base = func.value.value if method == "with_name" and isinstance(func.value, Attribute) else func.value
            return self._joined_path([base, *node.args], where)
        if method in ("glob", "rglob") and node.args:
            return [
                Words((Text((Piece("folder", node.span, hole=True), Piece("/", node.span), *v.pieces)),))
                for v in self._values(node.args[0], where.deeper())
                if isinstance(v, Text)
            ]
        if method == "iterdir":
            return []
        if method == "join" and len(node.args) == 1:
            return self._joined(func.value, node.args[0], where)
        if method == "replace" and len(node.args) == 2:
            return self._replaced(func.value, node.args, where)
        if method not in ("format", "split") and method not in _SAME:
            return []
        out: list[Value] = []
        for value in self._values(func.value, where.deeper()):
            if method in _SAME:
                out.append(value)
            elif isinstance(value, Text):
                out.append(self._formatted(value, node, where) if method == "format" else split(value, quotes=False))
        return out

    def _replaced(self, node: Node, args: list[Node], where: Where) -> list[Value]:
        """`text.replace(old, new)`; of parts that are not known it replaces nothing that matters."""
        old, new = (v.known if isinstance(v := self._values(arg, where.deeper())[0], Text) else None for arg in args)
        if not old or new is None:
            return []
        return [
            Text(tuple(_with(piece, old, new) for piece in value.pieces))
            for value in self._values(node, where.deeper())
            if isinstance(value, Text)
        ]

    def _joined(self, separator: Node, listed: Node, where: Where) -> list[Value]:
        between = self._values(separator, where.deeper())[0]
        text = between.known if isinstance(between, Text) else None
        if text is None:
            return []
        out: list[Value] = []
        for value in self._values(listed, where.deeper()):
            if isinstance(value, Words):
                pieces: list[Piece] = []
                for item in value.items:
                    if pieces and text:
                        at = pieces[-1].span.end
                        pieces.append(Piece(text, Span(at, at)))
                    pieces += item.pieces
                out.append(Text(tuple(pieces)))
            elif isinstance(value, Text):
                out.append(as_many(value))
        return out

    def _returned(self, node: Call, where: Where) -> list[Value]:
        """What a function of this text returns, where it says so in one or two places."""
        name = dotted(node.func).rpartition(".")[2]
        functions = self.module.functions.get(name, [])
        if len(functions) != 1 or len(functions[0].returns) not in (1, 2):
            return []
        function = functions[0]
        given = self.bind(function, node, where)[0]
        outer = {p.span for values in where.given.values() for value in values for p in pieces_of(value) if p.given}
        out: list[Value] = []
        for placed in function.returns:
            inside = Where(function, placed.path, placed.node.start, given, where.depth + 2)
            for value in self._values(placed.node, inside):
                if isinstance(value, Text):
                    out += (as_given(moved(value, node.span), outer),)
                elif isinstance(value, Words):
                    out += (as_given(_at_call(value, node), outer),)
                else:
                    out += (value,)
        return out

    def bind(self, function: Scope, call: Call, where: Where) -> list[Given]:
        """The values of a function's parameters in a call of it, marked as given: one way or several."""
        parameters = list(function.parameters)
        static = any(dotted(d).endswith("staticmethod") for d in function.decorators)
        if function.is_method and not static and isinstance(call.func, Attribute) and parameters:
            parameters = parameters[1:]
        rest = next((p for p in parameters if p.star == "*"), None)
        before = parameters[: parameters.index(rest)] if rest is not None else parameters
        positional = [p for p in before if not p.star]
        named: Given = {}
        for name, node in call.keywords:
            if name and any(p.name == name for p in parameters):
                named[name] = [as_given(value) for value in self._values(node, where.deeper())]
        out: list[Given] = []
        for values in self._positional(call, where):
            given = {p.name: [as_given(v)] for p, v in zip(positional, values, strict=False)} | named
            if rest is not None:
                more = values[len(positional) :]
                texts = [v if isinstance(v, Text) else Text((Piece("value", call.span, hole=True),)) for v in more]
                given[rest.name] = [as_given(Words(tuple(texts)))]
            out.append(given)
        return out or [named]

    def _positional(self, call: Call, where: Where) -> list[tuple[Value, ...]]:
        choices: list[list[tuple[Value, ...]]] = []
        for index, arg in enumerate(call.args):
            if isinstance(arg, Star):
                values = self._values(arg.value, where.deeper())
                choices.append([self._splatted(value, arg, first=not index) for value in values])
            else:
                choices.append([(_argument(value, arg),) for value in self._values(arg, where.deeper())])
        return [tuple(value for run in chosen for value in run) for chosen in _some(choices)]

    # --- names ---

    def _name(self, node: Node, where: Where) -> list[Value]:
        name = self.qualified(node)
        if name == "sys.executable":
            return [Text((Piece("sys_executable", node.span, hole=True),))]
        if name in _ENVIRONMENT:
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
            if len(out) >= _MOST or (here is not None and base.path == here.path[: len(base.path)]):
                break
        return out

    def _base(self, base: Binding, scope: Scope, given: Given, where: Where) -> list[Value]:
        if base.value is None:
            return []
        inside = Where(scope, base.path, base.at, given, where.depth + 1)
        if base.how == EACH and isinstance(base.value, Sequence) and base.value.opening in ("[", "("):
            return [value for item in base.value.items[:_MOST] for value in self._values(item, inside)]
        values = self._values(base.value, inside)
        if base.how == SET:
            return values
        each: list[Value] = [item for value in values if isinstance(value, Words) for item in value.items]
        return each[:_MOST]

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


def _with(piece: Piece, old: str, new: str) -> Piece:
    if piece.hole or old not in piece.text:
        return piece
    return replace(piece, text=piece.text.replace(old, new), exact=False, literal=None)


def _at_call(value: Words, call: Call) -> Words:
    """What a function returns for a call: where the call gives the subcommand, the command stands at the call."""

    def is_given(text: Text) -> bool:
        return all(p.given for p in text.pieces) and bool(text.pieces) and _lies_in(text, call)

    index = next((i for i, item in enumerate(value.items) if item.known in _SUBCOMMANDS), None)
    if index is None or not is_given(value.items[index]):
        return value
    first = value.items[index].pieces[0]
    at = (first.literal or first.span).start
    items = []
    for item in value.items:
        if not is_given(item):
            item = Text(tuple(replace(p, span=Span(at, at), exact=False, literal=None) for p in item.pieces))
        elif item.pieces:
            at = max(at, (item.pieces[-1].literal or item.pieces[-1].span).end)
        items.append(item)
    return Words(tuple(items))


def _at(binding: Binding) -> int:
    return binding.at


def _exclusive(one: Path, other: Path) -> bool:
    """Whether two statements stand in different branches of one construct."""
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return mine[0] == theirs[0]
    return False


def _argument(value: Value, node: Node) -> Value:
    """An argument's value: a command keeps the place where it is written, a word is where its name stands."""
    if isinstance(value, Text) and not _lies_in(value, node) and " " not in value.symbolic.strip():
        return moved(value, node.span)
    return value


def _lies_in(value: Text, node: Node) -> bool:
    return all(node.start <= p.span.start and p.span.end <= node.end for p in value.pieces)


def _some(choices: list[list[_T]]) -> Iterator[tuple[_T, ...]]:
    """A few of the ways to choose one of each."""
    made = product(*choices)
    for _ in range(_MOST):
        chosen = next(made, None)
        if chosen is None:
            return
        yield chosen
