"""What calls of Python give: of functions that are known by name, of strings' methods, of the text's own functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import TypeVar

from pep668.text import Span

from ._python_names import ENVIRONMENT, MOST, Given, Names, Where
from ._python_scopes import Scope
from ._python_text import (
    Piece,
    Text,
    Value,
    Variables,
    Words,
    as_given,
    as_many,
    joined_path,
    moved,
    pieces_of,
    split,
)
from ._python_tree import (
    Attribute,
    Call,
    Node,
    Star,
    dotted,
)

_T = TypeVar("_T")

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

_GLOBS = frozenset("glob.glob glob.iglob".split())

SUBCOMMANDS = frozenset("install uninstall sync venv ensurepip".split())


class Results(Names):
    """Reads calls."""

    @abstractmethod
    def _key(self, node: Node) -> str | None:
        """A mapping's key, where it is known."""

    @abstractmethod
    def _own(self, value: Text, node: Node) -> Text:
        """A text that is a part of a larger one."""

    @abstractmethod
    def _splatted(self, value: Value, node: Node, *, first: bool) -> tuple[Text, ...]:
        """The words of a value between others."""

    @abstractmethod
    def _formatted(self, left: Text, call: Call, where: Where) -> Text:
        """`left.format(...)`."""

    def _call(self, node: Call, where: Where) -> list[Value]:
        name = self.qualified(node.func)
        args = node.args
        if name in _PATHS and args:
            return self._joined_path(args, where)
        if name in _IDENTITIES and len(args) >= 1:
            return self._values(args[-1], where.deeper())
        if name in ENVIRONMENT and args:
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
        return [joined_path(list(chosen)) for chosen in some(choices)]

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
        if method == "copy" and self.qualified(func.value) in ENVIRONMENT:
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
        return [tuple(value for run in chosen for value in run) for chosen in some(choices)]


def _with(piece: Piece, old: str, new: str) -> Piece:
    if piece.hole or old not in piece.text:
        return piece
    return replace(piece, text=piece.text.replace(old, new), exact=False, literal=None)


def _at_call(value: Words, call: Call) -> Words:
    """What a function returns for a call: where the call gives the subcommand, the command stands at the call."""

    def is_given(text: Text) -> bool:
        return all(p.given for p in text.pieces) and bool(text.pieces) and lies_in(text, call)

    index = next((i for i, item in enumerate(value.items) if item.known in SUBCOMMANDS), None)
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


def _argument(value: Value, node: Node) -> Value:
    """An argument's value: a command keeps the place where it is written, a word is where its name stands."""
    if isinstance(value, Text) and not lies_in(value, node) and " " not in value.symbolic.strip():
        return moved(value, node.span)
    return value


def lies_in(value: Text, node: Node) -> bool:
    return all(node.start <= p.span.start and p.span.end <= node.end for p in value.pieces)


def some(choices: list[list[_T]]) -> Iterator[tuple[_T, ...]]:
    """A few of the ways to choose one of each."""
    made = product(*choices)
    for _ in range(MOST):
        chosen = next(made, None)
        if chosen is None:
            return
        yield chosen
