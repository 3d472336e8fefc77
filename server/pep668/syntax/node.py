"""What the readers of structured text give: a tree with places, whatever the format.

YAML, JSON and TOML read to the same nodes, so that a host that may be written in
two of them (docker-compose, tox) is read once. All spans are offsets into the text
that was read; the readers never raise and give what stands before and behind an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pep668.text import Notation, SourceMap, Span, verbatim


@dataclass(frozen=True, eq=False)
class Scalar:
    """A leaf. `value` is its text after the format's own unescaping, `map` leads from it to the text that was read.

    `span` covers it as written, quotes, `|` and `>` included. `style` is `plain`, `single`,
    `double`, `literal` or `folded`; a string of JSON or TOML is `double`, `single` or `literal`
    (TOML's three quotes). A number, a boolean or null is `plain`, its `value` the text as
    written; a value that is not there at all (`key:`) is `plain` and "". `notation` writes
    new text the way that this scalar is written. `tag` is YAML's (`!reference`), "" without.
    """

    value: str
    span: Span
    map: SourceMap
    style: str = "plain"
    notation: Notation = verbatim
    tag: str = ""

    @property
    def made(self) -> tuple[str, SourceMap]:
        """Value and map, as `Region.inside` takes them."""
        return self.value, self.map

    @property
    def missing(self) -> bool:
        """Whether nothing stands there, or null: `key:`, `key: ~`."""
        return self.style == "plain" and self.value in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, eq=False)
class Entry:
    """`key: value` of a mapping. `span` goes from the key's start to the value's end."""

    key: Scalar
    value: Node
    span: Span


@dataclass(frozen=True, eq=False)
class Mapping:
    """Keys in the order of the text; a key that stands twice is there twice.

    YAML's merge keys (`<<: *base`) are resolved: their entries come first, so that the last one of a name wins.
    """

    entries: tuple[Entry, ...]
    span: Span
    tag: str = ""

    def get(self, *names: str) -> Node | None:
        """The value at a path of keys, the last one where a key stands twice; None where there is none."""
        node: Node | None = self
        for name in names:
            if not isinstance(node, Mapping):
                return None
            node = next((e.value for e in reversed(node.entries) if e.key.value == name), None)
        return node

    def entry(self, name: str) -> Entry | None:
        return next((e for e in reversed(self.entries) if e.key.value == name), None)

    def text(self, *names: str) -> str | None:
        """The value at a path where it is a scalar that is there."""
        return text(self.get(*names))

    def mapping(self, *names: str) -> Mapping:
        """The mapping at a path; an empty one where there is none."""
        found = self.get(*names)
        return found if isinstance(found, Mapping) else Mapping((), self.span)

    def items(self, *names: str) -> tuple[Node, ...]:
        """The items of the sequence at a path; a scalar or a mapping there is one item."""
        return items(self.get(*names))


@dataclass(frozen=True, eq=False)
class Sequence:
    items: tuple[Node, ...]
    span: Span
    tag: str = ""


Node = Scalar | Mapping | Sequence


def text(node: Node | None) -> str | None:
    """The value of a scalar that is there, None for anything else."""
    return node.value if isinstance(node, Scalar) and not node.missing else None


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence; a mapping or a scalar that is there is one item, nothing is none."""
    if isinstance(node, Sequence):
        return node.items
    if node is None or (isinstance(node, Scalar) and node.missing):
        return ()
    return (node,)


def walk(node: Node, skip: Collection[str] = ()) -> Iterator[Node]:
    """A node and all nodes below it, in the order of the text; each once, aliases not followed again.

    What stands under a key of `skip` is left out.
    """
    seen: set[int] = set()
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, Mapping):
            pending += [e.value for e in reversed(current.entries) if e.key.value not in skip]
        elif isinstance(current, Sequence):
            pending += reversed(current.items)


__all__ = ["Entry", "Mapping", "Node", "Scalar", "Sequence", "items", "text", "walk"]
