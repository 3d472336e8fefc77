"""Taking an entry or an item out of a YAML document."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.syntax import yaml
from pep668.syntax.node import Entry, Mapping, Node, Sequence
from pep668.text import Edit, Span

# Keys of a step that mean nothing without what it runs.
_ABOUT = frozenset(
    (
        "name run shell if script bash sh command displayName working-directory env label "
        # of Ansible's tasks
        "file ansible.builtin.file ansible.builtin.shell ansible.builtin.command become become_user when tags args "
        "ignore_errors failed_when changed_when loop with_items with_fileglob environment"
    ).split()
)


def without_item(context: Context, held: Span) -> tuple[Edit, ...] | None:
    """The removal of the innermost sequence item that is there for a text alone; None where there is none."""
    for sequence, item in reversed(list(_items_around(context, held))):
        if isinstance(item, Mapping) and not {e.key.value for e in item.entries} <= _ABOUT:
            return None
        if len(sequence.items) < 2:
            return None
        return _lines(context.text, item.span, dash=True)
    return None


def without_entry(context: Context, at: int) -> tuple[Edit, ...] | None:
    """The removal of the entry (or the sequence item) that begins at an offset, and of what it leaves empty."""
    document = _read(context)
    path = list(_path(document, at)) if document is not None else []
    gone: Entry | Node | None = None
    for holder, part in reversed(path):
        if gone is not None and not (isinstance(part, Entry) and part.value is gone):
            break
        count = len(holder.entries) if isinstance(holder, Mapping) else len(holder.items)
        if count > 1 or holder is document:
            if context.text[holder.span.start : holder.span.start + 1] in ("{", "["):
                return None
            return _lines(context.text, part.span, dash=isinstance(holder, Sequence))
        gone = holder
    return None


def _read(context: Context) -> Node | None:
    if not context.path.endswith((".yml", ".yaml")):
        return None
    documents = yaml.documents(context.text)
    return documents[0] if len(documents) == 1 else None


def _path(node: Node, at: int) -> Iterator[tuple[Mapping | Sequence, Entry | Node]]:
    """Each holder from the outside in with its part that holds an offset, down to the part that begins there."""
    while True:
        parts: list[Entry | Node] = []
        if isinstance(node, Mapping):
            parts = list(node.entries)
        elif isinstance(node, Sequence):
            parts = list(node.items)
        part = next((p for p in parts if p.span.start <= at < max(p.span.end, p.span.start + 1)), None)
        if part is None or not isinstance(node, (Mapping, Sequence)):
            return
        yield node, part
        if part.span.start == at and not isinstance(part, (Mapping, Sequence)):
            return
        node = part.value if isinstance(part, Entry) else part


def _items_around(context: Context, held: Span) -> Iterator[tuple[Sequence, Node]]:
    document = _read(context)
    for holder, part in _path(document, held.start) if document is not None else ():
        if isinstance(holder, Sequence) and not isinstance(part, Entry):
            yield holder, part


def _lines(text: str, span: Span, *, dash: bool) -> tuple[Edit, ...] | None:
    """The removal of the lines of a block node, which may have nothing else on them."""
    begin = text.rfind("\n", 0, span.start) + 1
    lead = text[begin : span.start].strip()
    if lead != ("-" if dash else ""):
        return None
    end = text.find("\n", max(span.start, len(text[: span.end].rstrip()) - 1))
    return (Edit(Span(begin, len(text) if end < 0 else end + 1), ""),)
