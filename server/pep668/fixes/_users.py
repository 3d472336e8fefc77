"""The users of an image, and to whom an environment in it belongs."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.model import Command, Judged, Managed, Region
from pep668.text import Edit, Span, newline_of

from ._image import anchor, region_of
from ._index import index

_USER = re.compile(r"USER[ \t]+(\S+)\s*", re.IGNORECASE)
_ANY_USER = re.compile(r"^[ \t]*USER[ \t]", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"^[ \t]*FROM[ \t]", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"[\w.:${}-]+")


def user_of(context: Context, command: Command) -> str | None:
    """The user that a command of an image runs as, as USER names it with the group; "" for root, None for not known."""
    user = command.region.fact("user")
    if user is None or user.value in ("root", "0", ""):
        return ""
    span, name = user.evidence.span, user.value
    written = _USER.fullmatch(context.text, span.start, span.end) if span is not None else None
    if written is not None and span is not None:
        # An ARG is known in its own stage only.
        own = "$" not in written[1] or not _FROM.search(context.text, span.end, _start_of(command))
        name = written[1] if own else name
    return name if name is not None and _NAME.fullmatch(name) else None


def handed_over(context: Context, command: Command, owner: str, directory: str) -> tuple[Edit, ...] | None:
    """Edits that give an environment, made before a command or by it, to whom installs into it behind that.

    `owner` has it so far. Root needs nothing. None where it cannot be written.
    """
    edits: list[Edit] = []
    since = _start_of(command)
    for judged in _later(context, command):
        user = user_of(context, judged.install.command)
        if user is None:
            return None
        if _account(user) in ("", _account(owner)):
            continue
        lines = _given(context, judged.install.command, user, directory, since if not owner else None)
        if lines is None:
            return None
        edits += lines
        owner, since = user, _start_of(judged.install.command)
    return tuple(edits)


def given(context: Context, command: Command, maker: Command, directory: str) -> tuple[Edit, ...] | None:
    """Edits that give an environment that one command makes to whom another runs as; None where they cannot be made."""
    owner, user = user_of(context, maker), user_of(context, command)
    if owner is None or user is None:
        return None
    if _account(user) in ("", _account(owner)):
        return ()
    return _given(context, command, user, directory, _start_of(maker) if not owner else None)


def lines_at(context: Context, inside: Region, span: Span, lines: list[str]) -> tuple[Edit, ...] | None:
    """The edit that puts instructions in front of one; None where something else stands on its line."""
    begin = context.text.rfind("\n", 0, span.start) + 1
    lead = context.text[begin : span.start]
    file = inside.parent
    written = [line if file is None else file.written(line) for line in lines]
    if lead.strip() or None in written:
        return None
    newline = newline_of(context.text)
    return (Edit(Span(span.start, span.start), "".join(f"{line}{newline}{lead}" for line in written)),)


def _given(
    context: Context, command: Command, user: str, directory: str, root_since: int | None
) -> tuple[Edit, ...] | None:
    """`root_since`: from there on everything runs as root, up to the next USER."""
    inside, span = region_of(command), anchor(command)
    if inside is None or span is None:
        return None
    chown = f"RUN chown -R {user} {directory}"
    fact = command.region.fact("user")
    switch = fact.evidence.span if fact is not None else None
    as_root = switch is not None and root_since is not None and root_since < switch.start
    if switch is not None and as_root and not _ANY_USER.search(context.text, root_since or 0, switch.start):
        return lines_at(context, inside, switch, [chown])
    return lines_at(context, inside, span, ["USER root", chown, f"USER {user}"])


def _later(context: Context, command: Command) -> list[Judged]:
    """Installs of later instructions of the image that the system's Python is meant for today, in their order."""
    known, own = index(context), region_of(command)
    here, system = command.outer(command.span).start, command.region.place.system
    return [
        judged
        for judged in context.judged
        if judged.install.command.outer(judged.install.command.span).start > here
        and region_of(judged.install.command) is not own
        and system in known.systems(judged.install.command.region.place.system)
        and judged.environment.managed is Managed.YES
    ]


def _account(user: str) -> str:
    return user.partition(":")[0]


def _start_of(command: Command) -> int:
    span = anchor(command)
    return span.start if span is not None else command.outer(command.span).start
