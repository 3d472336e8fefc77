"""A script of a host's, in one piece or as a list: the environment is made and activated before the first install."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from pep668.context import Context
from pep668.model import Edit, Judged, Region

from ._edits import combined
from ._session import Unit, entered, goes_round, members_of, root_of, session
from ._way import Way


def way(
    context: Context,
    judged: Judged,
    *,
    outside: str = "",
    hand: Callable[[str], str] | None = None,
    lasts: bool = True,
    inside: bool = False,
    prepare: Callable[[Context, Judged], tuple[Edit, ...] | None] | None = None,
) -> Way | None:
    """The way of an install in a script; None where one of the script's installs cannot go it.

    `outside`: a folder for the environment, where the script's own is no project's. `hand` gives the line that hands
    the environment on to other scripts, `prepare` further edits that it needs; `lasts`: nothing else needs it;
    `inside`: the script is a string that a command runs.
    """
    if "/command:" in root_of(judged.install.command).place.process:
        return None  # the first version of a buildspec: each command is a shell of its own
    unit = Unit.TEXT if inside else Unit.PROCESS if hand is None else Unit.SYSTEM
    made = _way(context, members_of(context, judged, unit), outside, hand, inside, prepare)
    return None if made is None else replace(made, serves_later=made.serves_later and lasts)


@lru_cache(maxsize=32)
def _way(
    context: Context,
    members: tuple[Judged, ...],
    outside: str,
    hand: Callable[[str], str] | None,
    inside: bool,
    prepare: Callable[[Context, Judged], tuple[Edit, ...] | None] | None,
) -> Way | None:
    found = session(context, members, outside)
    if found is None:
        return None
    lines = [*found.create, found.activate, *([] if hand is None else [hand(found.path)])]
    more = () if prepare is None or not found.create else prepare(context, members[0])
    edits = combined(entered(context, found.first, lines, items=True, inside=inside), found.edits, more)
    if edits is None:
        return None
    title = f"Install into {found.place} instead, activated for the commands that follow"
    return Way(title, edits, "\n".join(lines), serves_later=not goes_round(host_of(members[0]).text, members))


def host_of(judged: Judged) -> Region:
    """The region that holds the script; the script's own where nothing does."""
    root = root_of(judged.install.command)
    return root.parent or root
