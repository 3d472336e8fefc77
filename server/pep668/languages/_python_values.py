"""Finds out what expressions of Python say, from what a text gives their names before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from pep668.text import Span

from ._python import parts
from ._python_expressions import expression
from ._python_names import ENVIRONMENT, MOST, Where
from ._python_results import SUBCOMMANDS, Results, lies_in, some
from ._python_scopes import SET, Module, Scope, key_name
from ._python_text import (
    Piece,
    Text,
    Value,
    Variables,
    Words,
    as_many,
    filled,
    joined_path,
    moved,
    name_of,
    size,
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

_BUDGET = 600  # expressions that are read for one call

_TOTAL = 40_000  # for a whole text, and a tenth of its length

_LONGEST = 400  # pieces or items of a value; a longer one is not known

_DEEPEST = 14

_FORMAT = re.compile(r"\{\{|\}\}|\{(\w*)[^{}]{0,80}\}")

_PERCENT = re.compile(r"%%|%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdirfxa]")


class Evaluator(Results):
    """Reads expressions, each call's within a budget."""

    def __init__(self, module: Module) -> None:
        super().__init__(module)
        self._left = 0
        self._total = _TOTAL + len(module.text) // 10

    def values(self, node: Node, where: Where) -> list[Value]:
        """What an expression may be, at least one value; begins a new budget."""
        self._left = min(_BUDGET, self._total)
        self._total -= self._left
        values = self._values(node, where)
        self._total += max(0, self._left)
        return values

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
        return [v if size(v) <= _LONGEST else self._hole(node) for v in found[:MOST]] or [self._hole(node)]

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
        yield from (Text(tuple(p for run in chosen for p in run)) for chosen in some(choices))

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
        yield from (Words(tuple(t for run in chosen for t in run)) for chosen in some(choices))

    def _member(self, value: Value, node: Node) -> Text:
        """An item of a list, from another expression than a string."""
        if not isinstance(value, Text):
            return self._hole(node)
        return value if isinstance(node, Binary | Call | Choice) and lies_in(value, node) else moved(value, node.span)

    def _splatted(self, value: Value, node: Node, *, first: bool) -> tuple[Text, ...]:
        """The words of a value between others: they stand where they are written if they are the command itself."""
        if isinstance(value, Words):
            if first and any(item.known in SUBCOMMANDS for item in value.items):
                return value.items
            return tuple(item if lies_in(item, node) else moved(item, node.span) for item in value.items)
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
        for left, right in list(product(lefts, rights))[:MOST]:
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
        return value if lies_in(value, node) else moved(value, node.span)

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
        if name in ENVIRONMENT:
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
