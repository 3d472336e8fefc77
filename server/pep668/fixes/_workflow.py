"""The steps of a CI job around a command, and how a new step is written before one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pep668.context import Context
from pep668.model import Edit, Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Scalar, walk
from pep668.syntax.node import Sequence as Items
from pep668.text import Span, newline_of

# Hosts whose steps are mappings under `steps`, by the keys that hold a step's commands.
_COMMANDS = {
    "github-actions": ("run",),
    "forgejo-actions": ("run",),
    "circleci": ("run",),
    "azure-pipelines": ("script", "bash"),
}
_LEAD = re.compile(r"([ ]*)-[ ]+")
_DASH = re.compile(r"([ ]*)-[ \t]*(?:#[^\r\n]*)?\r?\n[ ]*")
_BLANK = re.compile(r"[ \t]*\r?\n")
_COMMENT = re.compile(r"[ ]*#")

# The value of a step's key: a scalar as YAML writes it, the lines of a script, or a mapping of such.
Value = str | tuple[str, ...] | dict[str, "str | tuple[str, ...]"]


@dataclass(frozen=True, eq=False)
class Job:
    """`tree` is what has the `steps`, a job or a composite action's `runs`; `host` the region that it stands in."""

    host: Region
    tree: Mapping
    steps: tuple[Mapping, ...]
    composite: bool

    @property
    def text(self) -> str:
        return self.host.text[self.tree.span.start : self.tree.span.end]

    def source(self, node: Node) -> str:
        return self.host.text[node.span.start : node.span.end]


@dataclass(frozen=True, eq=False)
class Place:
    """A step of a job, by its index."""

    job: Job
    index: int

    @property
    def step(self) -> Mapping:
        return self.job.steps[self.index]


def place_of(region: Region) -> Place | None:
    """The step whose own commands a shell's text is; None where it is anything else."""
    host = region.parent
    if host is None or host.language not in _COMMANDS or region.anchor is None:
        return None
    return _places(host).get(region.anchor)


@lru_cache(maxsize=16)
def _places(host: Region) -> dict[Span, Place]:
    out: dict[Span, Place] = {}
    for job in jobs(host):
        for index, step in enumerate(job.steps):
            if any(step.get(key) is not None for key in _COMMANDS[host.language]):
                out.setdefault(host.outer(step.span), Place(job, index))
    return out


@lru_cache(maxsize=16)
def jobs(host: Region) -> tuple[Job, ...]:
    """All that has steps in a document, in its order."""
    root = yaml.parse(host.text)
    composite = root.get("runs") if isinstance(root, Mapping) else None
    return tuple(
        Job(host, tree, steps, tree is composite)
        for tree in walk(root)
        if isinstance(tree, Mapping) and (steps := _steps(tree.get("steps")))
    )


def _steps(node: Node | None) -> tuple[Mapping, ...]:
    items = node.items if isinstance(node, Items) else ()
    flat = (one for item in items for one in (item.items if isinstance(item, Items) else (item,)))
    return tuple(step for step in flat if isinstance(step, Mapping))


def raw(job: Job, step: Mapping, key: str) -> str | None:
    """The value of a key as it is written, where it stands on one line; "" without the key, None otherwise."""
    node = step.get(key)
    if node is None:
        return ""
    source = job.source(node)
    return (
        source if isinstance(node, Scalar) and "\n" not in source and node.style not in ("literal", "folded") else None
    )


def step_before(context: Context, place: Place, entries: Sequence[tuple[str, Value]]) -> tuple[Edit, ...] | None:
    """The edit that inserts a step before another, laid out as that one is; None where it cannot be written."""
    text, at = place.job.host.text, place.step.span.start
    begin = text.rfind("\n", 0, at) + 1
    lead = _LEAD.fullmatch(text, begin, at)
    if lead is None and not text[begin:at].strip():
        above = text.rfind("\n", 0, begin - 1) + 1 if begin else 0
        lead = _DASH.fullmatch(text, above, at)
        begin = above
    if lead is None:
        return _flow(context, place, entries)
    first = lead[0] if "\n" not in lead[0] else f"{lead[1]}- "
    inner = " " * len(first)
    lines = _block(entries)
    new = "".join(f"{inner if number else first}{line}\n" for number, line in enumerate(lines))
    begin = _above_comments(text, begin, len(lead[1]))
    if place.index and _blank_before(text, begin):
        new += "\n"
    return _edit(context, place.job.host, begin, new)


def moved_before(context: Context, place: Place, index: int) -> tuple[Edit, ...] | None:
    """The edits that move a later step, with the comments above it, before another."""
    text = place.job.host.text
    lines, wanted = _lines_of(text, place.job.steps[index]), _lines_of(text, place.step)
    if lines is None or wanted is None:
        return None
    moved, end = text[lines.start : lines.end], lines.end
    if _blank_before(text, lines.start) and (following := _BLANK.match(text, end)):
        end = following.end()
    elif _blank_before(text, lines.start):  # the last step
        lines = Span(text.rfind("\n", 0, lines.start - 1) + 1, lines.end)
    gap = "\n" if place.index and _blank_before(text, wanted.start) else ""
    ended = moved if moved.endswith("\n") else moved + "\n"
    added = _edit(context, place.job.host, wanted.start, (ended + gap).replace("\r\n", "\n"))
    outer = place.job.host.outer(Span(lines.start, end))
    return None if added is None or len(outer) != end - lines.start else (*added, Edit(outer, ""))


def _lines_of(text: str, step: Mapping) -> Span | None:
    """The lines of a step of a block list, comments above it included."""
    begin = text.rfind("\n", 0, step.span.start) + 1
    lead = _LEAD.fullmatch(text, begin, step.span.start)
    if lead is None:
        return None
    end = text.find("\n", step.span.end)
    return Span(_above_comments(text, begin, len(lead[1])), len(text) if end < 0 else end + 1)


def comment_behind(job: Job, node: Node) -> str:
    """The comment behind a node on its line (the version of an action that is pinned by a commit), with the blanks."""
    found = re.compile(r"[ \t]+#[^\r\n]*").match(job.host.text, node.span.end)
    return found[0].rstrip() if found else ""


def _flow(context: Context, place: Place, entries: Sequence[tuple[str, Value]]) -> tuple[Edit, ...] | None:
    steps, at = place.job.tree.get("steps"), place.step.span.start
    text = place.job.host.text
    if steps is None or text[steps.span.start : steps.span.start + 1] != "[" or text[at : at + 1] != "{":
        return None
    return _edit(context, place.job.host, at, f"{_flowing(entries)}, ")


def _flowing(entries: Iterable[tuple[str, Value]]) -> str:
    parts = []
    for key, value in entries:
        if isinstance(value, dict):
            shown = _flowing(value.items())
        elif isinstance(value, tuple):
            shown = "'" + " && ".join(value).replace("'", "''") + "'"
        else:
            shown = value.partition(" #")[0] if key == "uses" else value  # a comment would hide the rest
        parts.append(f"{key}: {shown}")
    return "{" + ", ".join(parts) + "}"


def _block(entries: Iterable[tuple[str, Value]]) -> list[str]:
    lines = []
    for key, value in entries:
        if isinstance(value, dict):
            lines += [f"{key}:", *(f"  {line}" for line in _block(value.items()))]
        elif isinstance(value, tuple):
            lines += [f"{key}: |", *(f"  {line}" for line in value)]
        else:
            lines.append(f"{key}: {value}")
    return lines


def _above_comments(text: str, begin: int, column: int) -> int:
    """The start of the comment lines right above a step, which are about it, or `begin`."""
    while begin:
        above = text.rfind("\n", 0, begin - 1) + 1
        found = _COMMENT.match(text, above, begin)
        if found is None or found.end() - above - 1 != column:
            break
        begin = above
    return begin


def _blank_before(text: str, begin: int) -> bool:
    above = text.rfind("\n", 0, begin - 1) + 1
    return begin > 0 and not text[above:begin].strip()


def _edit(context: Context, host: Region, at: int, new: str) -> tuple[Edit, ...] | None:
    written = host.written(new)
    if written is None:
        return None
    return (Edit(host.outer(Span(at, at)), written.replace("\n", newline_of(context.text))),)
