"""Sharing an install out: some of its requests to other commands, the rest into a virtual environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pep668.context import Context
from pep668.environment.creation import making
from pep668.model import Edit, Finding, Judged, Request
from pep668.text import Span

from ._draft import with_later
from ._edits import combined, start
from ._environments import way
from ._index import index
from ._lists import in_front
from ._managers import Bringing
from ._packages import SYSTEM_PACKAGES
from ._parts import part_of
from ._way import Way


def shared_out(
    context: Context, finding: Finding, moved: Sequence[Request], by: Bringing, *, sees_system: bool = False
) -> tuple[tuple[Edit, ...] | None, str]:
    """What brings `moved`, and what is left of the install into an environment of its own.

    The edits (None: they cannot be made) and the lines to write by hand. `sees_system`: what is left uses the
    distribution's packages, so the environment must see them.
    """
    judged = finding.subject
    assert isinstance(judged, Judged)
    command, meant = judged.install.command, judged.environment.unused
    here = Judged(part_of(judged.install, moved, sees_system=sees_system), judged.environment)
    # What the host's way does for all installs of a place, it does for this one as well.
    others = tuple(here if other is judged else other for other in context.judged)
    found = way(replace(context, judged=others), here)
    lines = "\n".join([*by.shown, found.explanation])
    pipless = meant is not None and meant.pipless  # what that environment lacks is pip
    possible = by.possible and not pipless and command.outer(command.span).touches(finding.span)
    gone = [command.outer(request.span) for request in moved]
    if found.edits is None or not all(any(e.span.covers(span) for e in found.edits) for span in gone):
        return None, lines
    if not possible or (sees_system and not _sees_system(context, found)):
        return None, lines
    front = in_front(context, command, by.commands) if by.commands else ()
    merged = None if front is None else _merged(judged, [*found.edits, *by.edits], front)
    return with_later(context, judged, merged), lines


def _sees_system(context: Context, found: Way) -> bool:
    """Whether the environment that a fix uses sees the distribution's packages: it makes it so, or the file does."""
    there = (e.path.rpartition("/")[2] for e in (context.machine.environments if context.machine else ()))
    if any(_uses(found, name) for name in there):
        return False
    if any(SYSTEM_PACKAGES in edit.new_text for edit in found.edits or ()):
        return True
    makers = [making([w.pattern for w in c.words]) for c, place in index(context).makers if _uses(found, place)]
    return bool(makers) and all(m is not None and SYSTEM_PACKAGES in m.options for m in makers)


def _uses(found: Way, place: str) -> bool:
    return any(f"{place}/bin/" in edit.new_text for edit in found.edits or ())


def _merged(judged: Judged, edits: Sequence[Edit], front: Sequence[Edit]) -> tuple[Edit, ...] | None:
    """Both together: what a fix inserts at the command's place (the environment) comes before the commands."""
    command = judged.install.command
    at = command.outer(Span(start(command), start(command)))
    here = [e for e in (*edits, *front) if e.span == at]
    others = [e for e in (*edits, *front) if e.span != at]
    return combined(others, [Edit(at, "".join(e.new_text for e in here))] if here else ())
