"""Taking a command out of the text that it stands in, and a text's only command out of its host.

What is only there for the command goes with it: the loop or `if` around it, a test before it, what stands behind its
`||`. Nothing is removed where what follows would mean something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pep668 import shell
from pep668.context import Context
from pep668.model import Command, Region
from pep668.shell import Part
from pep668.text import Edit, Span

from ._edits import start
from ._lines import lines_of
from ._statement import without_statement
from ._structured import without_item

_OPERATOR = re.compile(r"&&|\|\|")
_TEST = re.compile(r"(?:\[\[?|test|ls|stat|grep|find|!)[ \t]")
_LOOP = re.compile(r"(?:for|while|until|select)\b")
_NOTHING = re.compile(r"[ \t\r]*(?:#[^\n]*)?")
_SEPARATED = re.compile(r"[ \t]*;[ \t]*")


@dataclass(frozen=True, slots=True)
class _Cut:
    """What to remove: a span of the region's text, or all of it."""

    span: Span | None


def removed(context: Context, command: Command) -> tuple[Edit, ...] | None:
    """The edit that takes a command out, None where that cannot be done without changing more."""
    region = command.region
    if region.language != "shell":
        return without_item(context, command.outer(command.span))
    part = _innermost(outlined(region), start(command), command.span.end)
    cut = _without(region.text, part) if part is not None else None
    if cut is None:
        return None
    if cut.span is None:
        return _whole(context, region)
    begin, end = cut.span.start, _behind_bodies(context, region, cut.span)
    if not region.map.is_verbatim(Span(begin, begin + 1)) or not region.map.is_verbatim(Span(end - 1, end)):
        return None
    return (Edit(_with_line_ends(context.text, region, Span(begin, end)), ""),)


def _with_line_ends(text: str, region: Region, inner: Span) -> Span:
    """The outer span of what is removed; of whole lines with what the host puts before them."""
    outer = region.map.span(inner)
    if region.text[inner.end - 1] == "\n" and inner.end < len(region.text):
        return Span(outer.start, region.map.offset(inner.end))
    if inner.end < len(region.text) or not inner.start or region.text[inner.start - 1] != "\n":
        return outer
    if region.text[inner.end - 1] != "\n":  # the last line: the end of the one before it goes instead
        end = region.map.offset(inner.start - 1)
        return Span(end - 1 if text[end - 1 : end] == "\r" else end, outer.end)
    begin = text.rfind("\n", 0, outer.start) + 1
    return outer if text[begin : outer.start].strip() else Span(begin, outer.end)


def removes_whole(command: Command | None) -> bool:
    """Whether the text that a command stands in has nothing else, so that its host's unit would go with it."""
    if command is None or command.region.language != "shell":
        return False
    part = _innermost(outlined(command.region), start(command), command.span.end)
    cut = _without(command.region.text, part) if part is not None else None
    origin = command.region.origin
    return cut is not None and cut.span is None and (origin is None or removes_whole(origin))


@lru_cache(maxsize=16)
def outlined(region: Region) -> Part:
    return shell.outline(region.text)


def _innermost(whole: Part, begin: int, end: int) -> Part | None:
    """The pipeline that holds a command."""
    found, at = None, whole
    while True:
        inner = next((p for p in at.parts if p.start <= begin and end <= p.end), None)
        if inner is None:
            return found
        at = inner
        found = inner if inner.kind == "pipeline" else found


def _without(text: str, pipeline: Part) -> _Cut | None:
    """A list without one of its pipelines, as if that had done its work."""
    holder = pipeline.parent
    if holder is None or holder.kind != "list":
        return None  # a function's body
    members = holder.parts
    operators = ["", *(_between(text, a, b) for a, b in pairwise(members))]
    first = last = members.index(pipeline)
    while last + 1 < len(members) and operators[last + 1] == "||":
        last += 1  # what is done if it fails
    while first > 0:
        tests = _TEST.match(text, members[first - 1].start)
        if not tests:
            break
        first -= 1
    if first > 0 and operators[first] == "||":
        return None
    if first == 0 and last == len(members) - 1:
        return _without_list(text, holder)
    if last < len(members) - 1:
        return _Cut(Span(members[first].start, members[last + 1].start))
    return _Cut(Span(members[first - 1].end, members[last].end))


def _between(text: str, one: Part, other: Part) -> str:
    found = _OPERATOR.search(text, one.end, other.start)
    return found[0] if found else ""


def _without_list(text: str, gone: Part) -> _Cut | None:
    block = gone.parent
    if block is None:
        return None
    if len(block.parts) == 1:
        return _without_block(text, block, gone)
    begin = text.rfind("\n", 0, gone.start) + 1
    rest = _NOTHING.match(text, gone.end)
    assert rest is not None
    if not text[begin : gone.start].strip() and text[rest.end() : rest.end() + 1] in ("\n", ""):
        return _Cut(Span(begin, min(rest.end() + 1, len(text))))
    at = block.parts.index(gone)
    separated = _SEPARATED.match(text, gone.end)
    if separated and at + 1 < len(block.parts) and text[separated.end() : separated.end() + 1] not in ("\n", "#", ""):
        return _Cut(Span(gone.start, separated.end()))
    return _Cut(Span(block.parts[at - 1].end, gone.end)) if at else None


def _without_block(text: str, block: Part, gone: Part) -> _Cut | None:
    """All of a block goes: with it what is there for the block alone."""
    owner = block.parent
    if owner is None:
        return _Cut(None)
    blocks = [p for p in owner.parts if p.kind == "block"]
    if text.startswith("case", owner.start) and len(blocks) > 1:
        return _Cut(Span(gone.start, gone.end))  # an arm may be empty
    alone = text[owner.start] in "({" or (
        block is blocks[-1]
        and (bool(_LOOP.match(text, owner.start)) or (text.startswith("if", owner.start) and len(blocks) == 2))
    )
    holder = owner.parent
    return _without(text, holder) if alone and holder is not None and holder.kind == "pipeline" else None


def _behind_bodies(context: Context, region: Region, span: Span) -> int:
    """Where what is removed ends, the heredocs that belong to it included."""
    end = span.end
    for command in context.commands:
        if command.region is not region or not span.start <= command.span.start < span.end:
            continue
        for redirect in command.redirects:
            if redirect.body is not None:
                line_end = region.text.find("\n", redirect.body.end)
                end = max(end, len(region.text) if line_end < 0 else line_end + 1)
    return end


def _whole(context: Context, region: Region) -> tuple[Edit, ...] | None:
    """A region without anything in it goes, with the host's unit that is there for it."""
    if region.origin is not None:
        return removed(context, region.origin)
    host = region.parent
    if host is None:
        return (Edit(Span(0, len(context.text)), ""),)
    held = region.map.span(Span(0, len(region.text)))
    if host.language == "dockerfile":
        return None if region.anchor is None else (lines_of(context.text, region.anchor),)
    if host.language in ("makefile", "justfile"):
        return (lines_of(context.text, held),)
    if host.language == "python":
        return without_statement(host, held)
    return without_item(context, held)
