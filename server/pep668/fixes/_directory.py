"""Which environment a script's install should use: one that is there, or a new one."""

from __future__ import annotations

import posixpath

from pep668.context import Context
from pep668.model import Command, Scope, ScopeKind

from ._creation import MOVES, has_pip, quoted, version_of
from ._edits import start
from ._index import index
from ._later import commands, leaves


def existing(context: Context, command: Command) -> tuple[str, bool] | None:
    """An environment that the same text makes before: its place as shell text, and whether it is there for certain."""
    found: tuple[str, bool] | None = None
    for other, place in index(context).makers:
        if (command.name != "uv" and not has_pip(other)) or _differ(other, command):
            continue
        if other.region is not command.region:
            if _stands_ready(other, command):
                found = (place, True)
            continue
        if other.span.start >= command.span.start:
            continue
        if not place.startswith(("/", "~")) and MOVES.search(command.region.text, other.span.end, start(command)):
            continue
        found = (place, _runs_before(other, command))
    return found


def is_active(command: Command, place: str) -> bool:
    """Whether the same text activates the environment at `place` (shell text) before a command, whatever happens."""
    active = False
    for other in commands(command.region):
        if other.span.start >= command.span.start:
            break
        if leaves(other):
            active = False
        elif other.name in (".", "source") and other.words[1:]:
            span = other.words[1].span
            if other.region.text[span.start : span.end].startswith(f"{place}/bin/activate"):
                active = _runs_before(other, command)
    return active


def _differ(maker: Command, command: Command) -> bool:
    """Whether an environment has another Python than a command names: `python3.8 -m venv`, then `python3.12 -m pip`."""
    one, other = maker.words[0], command.words[0]
    if "\0" in one.pattern and "\0" in other.pattern:
        return one.parts != other.parts  # two variables
    made, wanted = version_of(one.pattern), version_of(other.pattern)
    return made != wanted and bool(wanted) and (bool(made) or wanted.startswith("pypy"))


def _stands_ready(maker: Command, command: Command) -> bool:
    """Whether a step, target or cell before this one, in the same folder of the same system, makes it outright."""
    one, other = maker.region, command.region
    if one.place.system != other.place.system or maker.outer(maker.span).start >= command.outer(command.span).start:
        return False
    # The steps of a job or an image follow each other; targets and scripts on somebody's machine may run alone.
    follows = one.anchor == other.anchor or any(other.fact(kind) is not None for kind in ("image", "runner"))
    if not follows or not _reaches(maker.scope, ()) or one.origin is not None:
        return False
    if MOVES.search(one.text) or MOVES.search(other.text):
        return False
    folders = [fact.value if fact else "" for fact in (one.fact("directory"), other.fact("directory"))]
    return folders[0] == folders[1]


def _reaches(maker: tuple[Scope, ...], user: tuple[Scope, ...]) -> bool:
    """Whether what runs in one scope has run before the other; `test -x ... ||` before the maker is no doubt."""
    maker = _certain(maker)
    return maker == user[: len(maker)]


def _certain(scope: tuple[Scope, ...]) -> tuple[Scope, ...]:
    while scope and scope[-1].kind is ScopeKind.BRANCH and scope[-1].name == "||":
        scope = scope[:-1]
    return scope


def _runs_before(one: Command, other: Command) -> bool:
    """Whether a command of the same text has run whenever another does, earlier in its chain of `&&` too."""
    if _reaches(one.scope, other.scope):
        return True
    mine = _certain(one.scope)
    theirs = other.scope[: len(mine)]
    if not mine or mine[:-1] != theirs[:-1] or len(mine) != len(theirs):
        return False
    a, b = mine[-1], theirs[-1]
    chained = a.kind is b.kind is ScopeKind.BRANCH and a.name == b.name == "&&" and a.owner == b.owner
    return chained and "||" not in one.region.text[one.span.end : other.span.start]


def place_of(context: Context, command: Command) -> tuple[str, bool]:
    """Which environment to use, as shell text, and whether the text makes it before this command."""
    made = existing(context, command)
    if made:
        return made
    if context.machine is not None and context.machine.environments:
        folder = context.machine.folder.rstrip("/")
        for environment in context.machine.environments:
            if posixpath.dirname(environment.path) == folder:
                return quoted(posixpath.basename(environment.path)), False
    place = quoted(context.settings.environment_directory)
    if any(at == place and _differ(maker, command) for maker, at in index(context).makers):
        place = f"{place}-{version_of(command.words[0].pattern) or 2}"
    return place, False
