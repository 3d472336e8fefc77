"""What expressions of Python are read to, as far as they tell what a program runs.

Not a grammar's tree: what has no value that can be known is `Other`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pep668.text import Span

from ._python import Literal

KEYWORDS = frozenset(
    """and as assert async await break class continue def del elif else except finally for from global if import in
    is lambda nonlocal not or pass raise return try while with yield""".split()
)

OPENS = {"(": ")", "[": "]", "{": "}"}

CLOSES = frozenset(OPENS.values())


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(slots=True, eq=False)
class Str(Node):
    """String literals that stand one behind the other."""

    literals: list[Literal]


@dataclass(slots=True, eq=False)
class Name(Node):
    id: str


@dataclass(slots=True, eq=False)
class Attribute(Node):
    value: Node
    name: str


@dataclass(slots=True, eq=False)
class Call(Node):
    """`keywords` are by name; `None` stands for `**mapping`."""

    func: Node
    args: list[Node]
    keywords: list[tuple[str | None, Node]]

    def keyword(self, name: str) -> Node | None:
        return next((node for known, node in self.keywords if known == name), None)


@dataclass(slots=True, eq=False)
class Subscript(Node):
    value: Node
    index: Node


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list, a tuple or a set; `closed` is False for one that is half typed."""

    items: list[Node]
    opening: str
    closed: bool = True


@dataclass(slots=True, eq=False)
class Table(Node):
    """A dictionary display; a `**mapping` in it has the key None."""

    entries: list[tuple[Node | None, Node]]


@dataclass(slots=True, eq=False)
class Star(Node):
    value: Node


@dataclass(slots=True, eq=False)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Choice(Node):
    """`a if c else b`, `a or b`: one of the two."""

    options: list[Node]


@dataclass(slots=True, eq=False)
class Other(Node):
    """What has no value that can be known: numbers, lambdas, comprehensions, comparisons."""


def dotted(node: Node) -> str:
    """`a.b.c` of names and attributes, "" of everything else."""
    names: list[str] = []
    while isinstance(node, Attribute):
        names.append(node.name)
        node = node.value
    if not isinstance(node, Name):
        return ""
    names.append(node.id)
    return ".".join(reversed(names))
