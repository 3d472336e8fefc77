"""Several commands in the place of one, or in front of it, so that a list of commands fails as it did before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pep668.context import Context
from pep668.model import Command, Edit, Region, ScopeKind
from pep668.text import Span, newline_of

from ._edits import is_plain, start

_NEXT = re.compile(r"(?:[ \t]|\\[ \t]*\r?\n)*(&&|\|\||\|&?|&|;|)")
_ERREXIT = re.compile(r"^#!.*\s-[a-z]*e|\bset[ \t]+-[a-zA-Z]*e")
_NEGATED = re.compile(r"(?:^|\s)![ \t]+$")


def joined(context: Context, command: Command, commands: Sequence[str]) -> str | None:
    """The commands as they stand in the place of `command`, in its region's text; None where they cannot.

    A line of its own each where the command has one; `;` where `set -e` stops the list, since it lets a failure before
    `&&` pass; `&&` else, in braces where the whole is piped or runs in the background.
    """
    if len(commands) == 1:
        return commands[0]
    region = command.region
    behind = following(command)
    alone = command.operator in ("", ";") and behind in ("", ";")
    lead = _own_line(context.text, command) if alone and behind == "" else None
    if lead is not None:
        return f"\n{lead}".join(commands)
    tested = any(scope.kind is ScopeKind.CONDITION for scope in command.scope)
    if alone and not tested and _ERREXIT.search(region.text, 0, start(command)):
        return "; ".join(commands)
    if _NEGATED.search(region.text, 0, start(command)) or region.language not in ("shell", "fish"):
        return None
    listed = " && ".join(commands)
    if command.operator in ("|", "||") or behind in ("|", "|&", "&"):
        return f"{{ {listed}; }}" if region.language == "shell" else None
    return listed


def in_front(context: Context, command: Command, commands: Sequence[str]) -> tuple[Edit, ...] | None:
    """The edit that runs commands before another one, which stays where it is; None where it cannot be made."""
    if not is_plain(context.text, command):
        return None
    mark = "\0"
    listed = joined(context, command, [*commands, mark])
    if listed is None or not listed.endswith(mark):
        return None
    new = command.region.written(listed.removesuffix(mark))
    if new is None:
        return None
    at = command.outer(Span(start(command), start(command)))
    return (Edit(at, new.replace("\n", newline_of(context.text))),)


def following(command: Command) -> str:
    """What connects a command to the one behind it; "" where the line ends."""
    found = _NEXT.match(command.region.text, command.span.end)
    return found[1] if found else ""


def _own_line(text: str, command: Command) -> str | None:
    """The blanks before a command that has its lines for itself, where its host can hold more such lines."""
    region = command.region
    first = start(command)
    begin = region.text.rfind("\n", 0, first) + 1
    lead = region.text[begin:first]
    if lead.strip() or _in_dockerfile(region) or region.origin is not None:
        return None
    place = command.outer(Span(first, first)).start
    line = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    return lead if "\n" + text[line:place] == region.written("\n" + lead) else None


def _in_dockerfile(region: Region) -> bool:
    """There a list of commands fails as its last one does, and lines are continued."""
    at: Region | None = region
    while at is not None and at.language != "dockerfile":
        at = at.parent
    return at is not None
