"""An environment that is first in PATH from some place on: all installs of a script or job keep their names there."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from pep668.context import Context
from pep668.data.names import normalized
from pep668.model import Command, Edit, Install, Judged, Managed, Region, ScopeKind
from pep668.text import Span, newline_of

from ._creation import interpreter
from ._directory import place_of
from ._edits import Rewrite, combined, drop_overrides, drop_privileges, start, stays_here
from ._index import index
from ._own_path import own_path
from ._packages import apt_venv, lacks_venv, package_of, python_installer, system_packages

_NAMES = re.compile(r"(?:python|pip)(?:3(?:\.\d+)?)?")  # what an environment has
_BARE = re.compile(r"[\w./~-]+")  # needs no quotes, whatever quotes stand around it
_ITEM = re.compile(r"([ \t]*-[ \t]+)(?:\[[ \t]*|-[ \t]+)?[\"']?")
_LEAVES = re.compile(r"\bdeactivate\b")
_HERE = (ScopeKind.BRANCH, "&&")  # runs in the shell itself


@dataclass(frozen=True, eq=False)
class Session:
    """The installs that an environment is to serve, in order, and what it takes.

    `place` is the environment, with no more to quote than variables, `create` the commands that make it (none where
    the text does), `edits` those of the installs themselves and of the lines that bring Python.
    """

    members: tuple[Judged, ...]
    place: str
    create: tuple[str, ...]
    edits: tuple[Edit, ...]

    @property
    def first(self) -> Command:
        return self.members[0].install.command

    @property
    def path(self) -> str:
        """The environment for commands that run elsewhere later."""
        if self.place.startswith("~"):
            return f"$HOME{self.place[1:]}"
        return self.place if self.place.startswith(("/", "$")) else f"$PWD/{self.place}"

    @property
    def uv(self) -> bool:
        return any(m.install.tool == "uv" for m in self.members)

    @property
    def activate(self) -> str:
        return f". {_word(f'{self.place}/bin/activate')}"


class Unit(Enum):
    """What the installs of a session share: a system (a job), a shell process, or the text that they stand in."""

    SYSTEM = "system"
    PROCESS = "process"
    TEXT = "text"


def members_of(context: Context, judged: Judged, unit: Unit) -> tuple[Judged, ...]:
    """An install and all others of a unit that go to the same Python of the place, in order.

    None where it goes elsewhere, or where one cannot reach another Python by its name.
    """
    members = _groups(context).get(_key(judged, unit), ())
    return members if _reaches_system(judged) and all(_by_name(m.install) for m in members) else ()


@lru_cache(maxsize=4)
def _groups(context: Context) -> dict[Hashable, tuple[Judged, ...]]:
    out: dict[Hashable, list[Judged]] = {}
    for judged in filter(_reaches_system, context.judged):
        for unit in Unit:
            out.setdefault(_key(judged, unit), []).append(judged)
    return {key: tuple(found) for key, found in out.items()}


def _key(judged: Judged, unit: Unit) -> Hashable:
    place = root_of(judged.install.command).place
    if unit is Unit.TEXT:
        return unit, id(judged.install.command.region)
    return (unit, place.system) if unit is Unit.SYSTEM else (unit, place.system, place.process)


@lru_cache(maxsize=32)
def session(
    context: Context, members: tuple[Judged, ...], outside: str = "", *, as_they_are: bool = True
) -> Session | None:
    """The session of some installs; `outside` is a folder for an environment that cannot lie in the working directory.

    Not `as_they_are`: the installs are written anew, so that `edits` are only those of other lines.

    None where one of the installs cannot reach an environment, or no two Pythons may be one.
    """
    makers = {interpreter(m.install) for m in members if m.install.tool != "uv"}
    by_variable = any(m.install.command.region.fact("variable", "UV_SYSTEM_PYTHON") for m in members)
    if not members or len(makers) > 1 or (by_variable and any(m.install.tool == "uv" for m in members)):
        return None
    place, made = place_of(context, members[0].install.command)
    if not _BARE.fullmatch(place) or (made and not _made_by(context, place, makers)) or _left(context, members):
        return None
    if outside and not made and not place.startswith(("/", "~")):
        place = f"{outside}/{place.lstrip('.')}"
    own = [rewritten(context, m.install) for m in members] if as_they_are else []
    edits = combined(*own, package_of(context, members[0].install))
    if edits is None:
        return None
    create: tuple[str, ...] = ()
    if not made:
        options = system_packages(context, *(m.install for m in members))
        maker = f"{makers.pop()} -m venv{options}" if makers else f"uv venv --seed --allow-existing{options}"
        create = (*_package(context, members), f"{maker} {_word(place)}")
    return Session(members, place, create, edits)


def _made_by(context: Context, place: str, names: set[str]) -> bool:
    """Whether what makes an environment in the text is a Python of the version that the installs name, if they do."""
    versioned = {name.rpartition("/")[2] for name in names if "." in name.rpartition("/")[2]}
    makers = {command.name for command, made in index(context).makers if made == place}
    return not versioned or versioned == makers


def _left(context: Context, members: tuple[Judged, ...]) -> bool:
    """Whether an environment is deactivated among the installs."""
    places = [m.install.command.outer(m.install.command.span) for m in members]
    return _LEAVES.search(context.text, places[0].end, max(p.start for p in places)) is not None


def _word(path: str) -> str:
    return f'"{path}"' if "$" in path else path


def root_of(command: Command) -> Region:
    """The region of the shell text that a command stands in, whatever runs it as a string there."""
    return _outermost(command).region


def _outermost(command: Command) -> Command:
    while command.region.origin is not None:
        command = command.region.origin
    return command


def _reaches_system(judged: Judged) -> bool:
    """Whether an install goes to a Python of the place itself that is or may be managed."""
    install, environment = judged.install, judged.environment
    return (
        install.operation != "uninstall"
        and not install.python.own
        and not install.passes_check
        and environment.virtual_environment is None
        and environment.managed is not Managed.NO
        and stays_here(install.command)
    )


def _by_name(install: Install) -> bool:
    """Whether its program has a name that an environment's PATH leads to."""
    reference = install.python
    if install.tool == "uv":
        return reference.option is None or not reference.option.startswith((".", "~"))
    if reference.implied or reference.option is not None or "\0" in reference.program:
        return False
    return _NAMES.fullmatch(reference.program.rpartition("/")[2]) is not None


def rewritten(context: Context, install: Install, *, system: bool = False) -> tuple[Edit, ...] | None:
    """The edits after which a command reaches what is first in PATH; None where it cannot.

    `system`: that is no virtual environment, so that uv needs its `--system`.
    """
    command = install.command
    change = Rewrite(context.text, command)
    if _LEAVES.search(command.region.text, 0, command.span.start):
        return None
    if not stays_here(command) or own_path(context, command) or not drop_privileges(change):
        return None
    drop_overrides(change, install)
    if install.tool == "uv":
        named = install.option("--python", "python")
        for option in (named, None if system else install.option("--system", "system")):
            if option is not None:
                change.drop(option.span)
        return None if system and named is not None else change.edits()
    program = install.python.program
    if program.startswith("/"):
        word = command.words[0]
        if "$" in command.region.text[word.span.start : word.span.end]:
            return None
        change.replace(word.span, program.rpartition("/")[2])
    return change.edits()


def _package(context: Context, members: tuple[Judged, ...]) -> tuple[str, ...]:
    """The command that installs what `python3 -m venv` needs, where nothing in the text is to bring it."""
    needs = next((m for m in members if m.install.tool != "uv"), None)
    if needs is None or not _is_image(needs.install.command.region) or not lacks_venv(context, needs):
        return ()
    user = needs.install.command.region.fact("user")
    name = user.value if user else ""
    return (apt_venv() if name in ("", "root", "0") else f"sudo sh -c '{apt_venv()}'",)


def _is_image(region: Region) -> bool:
    return region.fact("image") is not None


def brings_python(context: Context, command: Command) -> Command | None:
    """The command of the package manager by which the same text brings Python before an install."""
    python = python_installer(context, command)
    return python if python is not None and root_of(python) is root_of(command) else None


def makes(context: Context, command: Command) -> bool:
    """Whether the text that holds a command makes an environment before it."""
    root, here = root_of(command), command.outer(command.span).start
    return any(c.region is root and c.outer(c.span).start < here for c, _ in index(context).makers)


def entered(
    context: Context, command: Command, lines: Iterable[str], *, items: bool = False, inside: bool = False
) -> tuple[Edit, ...] | None:
    """The edits that run `lines` before a command, in the shell that it runs in itself; None where they cannot.

    `items`: the text is an item of a list whose items one shell runs; `inside`: not before a command that runs it as
    a string, but in that string.
    """
    command, wanted = command if inside else _outermost(command), tuple(lines)
    region, first = command.region, start(command)
    at = _outside(command)
    if region.language != "shell" or at is None or not wanted:
        return None
    if not region.map.is_verbatim(Span(at, min(at + 1, len(region.text)))):
        return None
    needed = (brings_python(context, command), *(c for c, _ in index(context).makers if c.region is region))
    if any(c is not None and at <= c.span.start < first for c in needed):
        here = all((scope.kind, scope.name) == _HERE for scope in command.scope)
        if command.operator not in ("&&", ";", "") or not here:
            return None
        return _written(region, first, "".join(f"{line} && " for line in wanted))
    begin = region.text.rfind("\n", 0, at) + 1
    lead = region.text[begin:at]
    place = region.outer(Span(at, at)).start
    if items and not region.text[:at].strip():
        item = _item(context.text, place)
        if item is not None:
            return _items(context, region, item, wanted)
    if not lead.strip() and _begins_its_line(context.text, region, place, lead):
        return _written(region, at, "".join(f"{line}\n{lead}" for line in wanted), newline_of(context.text))
    if at != command.statement.start and lead.strip():
        return None
    whole = region.text[at : command.statement.end + 2]
    joint = "; " if "||" in whole or re.search(r"(?<![&>])&(?![&>])", whole) else " && "
    return _written(region, at, "".join(f"{line}{joint}" for line in wanted))


def _outside(command: Command) -> int | None:
    """Where the list that a command stands in begins, or what is around it (`if`, `for`, a subshell).

    None in a function, which runs where it is called.
    """
    if any(scope.kind is ScopeKind.FUNCTION for scope in command.scope):
        return None
    return min([command.statement.start, *(scope.owner for scope in command.scope)])


def _item(text: str, at: int) -> re.Match[str] | None:
    """The dash before a place where nothing else stands on its line."""
    begin = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return _ITEM.fullmatch(text, begin, at)


def _items(context: Context, region: Region, item: re.Match[str], lines: tuple[str, ...]) -> tuple[Edit, ...] | None:
    if any(": " in line or " #" in line for line in lines) or region.parent is None:
        return None
    dash = item[1]
    written = region.parent.written("".join(f"{line}\n{dash}" for line in lines))
    if written is None:
        return None
    return (Edit(Span(item.end(1), item.end(1)), written.replace("\n", newline_of(context.text))),)


def _begins_its_line(text: str, region: Region, place: int, lead: str) -> bool:
    """Whether the host puts nothing before the line that a new line would need as well (`run: `, `@`)."""
    begin = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    return "\n" + text[begin:place] == region.written("\n" + lead)


def _written(region: Region, offset: int, new: str, newline: str = "\n") -> tuple[Edit, ...] | None:
    written = region.written(new)
    at = region.outer(Span(offset, offset))
    return None if written is None else (Edit(at, written.replace("\n", newline)),)


def goes_round(text: str, members: Iterable[Judged]) -> bool:
    """Whether a text runs Python, or what is installed, in a way that does not search PATH as it is (`sudo`)."""
    names = {normalized(p) for m in members for p in m.install.packages}
    return any(
        found[1].rstrip("0123456789.") == "python" or normalized(found[1]) in names for found in _ROUND.finditer(text)
    )


_ROUND = re.compile(
    r"(?:\b(?:sudo|doas)[ \t]+(?:-\S+[ \t]+)*|(?<!--python[ =])(?<!-p )/usr/bin/)"
    r"([A-Za-z][\w.-]*)(?![ \t]+-m[ \t]+(?:pip|venv)\b)"
)
