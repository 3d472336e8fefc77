"""The way into a virtual environment: the typed command line, edited by its spans, with the environment before it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from pep668 import shell
from pep668.fixes._creation import interpreter
from pep668.fixes._edits import Rewrite, drop_overrides, drop_privileges, start, stays_here
from pep668.model import Install, Machine, VirtualEnvironment
from pep668.settings import Settings
from pep668.text import Edit, Span, apply_edits

from ._model import Action
from ._shells import Syntax
from ._typed import Typed

_MOVES = re.compile(r"(?:^|[;&|({\s])(?:cd|pushd)\s+(?P<to>[\w./~-]+)?[^;&|]{0,200}(?:&&|;)\s*", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Place:
    """Where the command ran: the folder, the shell, the machine and what the user chose."""

    syntax: Syntax
    folder: str
    machine: Machine | None
    settings: Settings

    @property
    def environment(self) -> VirtualEnvironment | None:
        """The environment that the folder has."""
        if self.machine is None or not self.folder:
            return None
        here = self.folder.rstrip("/")
        found = [e for e in self.machine.environments if posixpath.dirname(e.path.rstrip("/")) == here]
        wanted = [e for e in found if posixpath.basename(e.path.rstrip("/")) == self.settings.environment_directory]
        usable = [e for e in found if e.complete and e.seeded]
        return next(iter([e for e in wanted if e in usable] or usable or wanted), None)

    @property
    def directory(self) -> str:
        """The environment's folder as it is typed here: `.venv`."""
        found = self.environment
        return posixpath.basename(found.path.rstrip("/")) if found else self.settings.environment_directory

    @property
    def ready(self) -> bool:
        found = self.environment
        return found is not None and found.complete and found.seeded

    @property
    def path(self) -> str | None:
        return posixpath.join(self.folder, self.directory) if self.folder.startswith("/") else None

    def has(self, program: str) -> bool:
        return self.machine is not None and program in self.machine.programs

    def make(self, install: Install | None = None) -> str:
        """The command that makes the environment."""
        directory = self.syntax.quote(self.directory)
        python = interpreter(install) if install is not None else "python3"
        if (install is not None and install.tool == "uv") or (self.settings.prefer_uv and self.has("uv")):
            chosen = f" --python {python}" if install is not None and python != "python3" else ""
            return f"uv venv --seed{chosen} {directory}"
        return f"{python} -m venv {directory}"


def into_environment(typed: Typed, install: Install, place: Place) -> Action | None:
    """The same command line with this install going into the environment; None where it cannot be edited."""
    command = install.command
    if install.tool not in ("pip", "uv") or not stays_here(command):
        return None
    rewrite = Rewrite(typed.text, command)
    if not drop_privileges(rewrite):
        return None
    drop_overrides(rewrite, install)
    place = replace(place, folder=_folder(typed, install, place))
    directory, syntax = place.directory, place.syntax
    python = f"{directory}/bin/python"
    for option in install.options:
        if option.name.lstrip("-") in ("system", "python"):
            rewrite.drop(option.span)
    if install.tool == "pip":
        program = python if install.python.is_interpreter else f"{directory}/bin/pip"
        rewrite.replace(command.words[0].span, syntax.program(program))
    elif directory != ".venv":
        rewrite.insert(install.program.end, f" --python {syntax.quote(python)}")
    edits = rewrite.edits()
    if not edits:
        edits = () if install.tool == "uv" and edits is not None else None
    if edits is None:
        return None
    text = _with_environment(typed, install, place, edits)
    if text is None:
        return None
    what = f"Install into {directory}" if place.ready else f"Create {directory} and install there"
    return Action(what, text=text, environment=place.path)


def _with_environment(typed: Typed, install: Install, place: Place, edits: tuple[Edit, ...]) -> str | None:
    command, syntax = install.command, place.syntax
    moves = list(_MOVES.finditer(typed.text, 0, command.outer(Span(start(command), start(command))).start))
    probe = f"{place.directory}/bin/{'python' if install.tool == 'uv' else 'pip'}"
    if not moves:
        line = apply_edits(typed.text, edits).strip()
        if place.ready:
            return line
        if command.region.origin is None and "\n" in line:
            return None
        return syntax.unless(probe, place.make(install), line)
    if command.region.origin is not None or command.operator not in ("&&", ";", ""):
        return None
    at = command.outer(Span(start(command), start(command))).start
    inserted = Edit(Span(at, at), syntax.inside(probe, place.make(install)))
    dropped = [e for e in edits if e.span.start == at and not e.new_text]
    try:
        return apply_edits(typed.text, [*(e for e in edits if e not in dropped), *_joined(inserted, dropped)]).strip()
    except ValueError:
        return None


def _joined(inserted: Edit, dropped: list[Edit]) -> list[Edit]:
    """An insertion and a removal at the same place as one edit."""
    return [Edit(inserted.span.to(dropped[0].span), inserted.new_text)] if dropped else [inserted]


def _folder(typed: Typed, install: Install, place: Place) -> str:
    """The folder that the install runs in, "" where the line goes to an unknown one."""
    at = install.command.outer(Span(start(install.command), start(install.command))).start
    folder = place.folder
    for move in _MOVES.finditer(typed.text, 0, at):
        to = move["to"]
        if not to or to.startswith(("~", "-")):
            return ""
        folder = posixpath.normpath(posixpath.join(folder, to)) if folder else ""
    return folder


def activated(typed: Typed, place: Place, install: Install | None) -> Action | None:
    """The whole line again in an activated environment: for scripts, make, npm, which call pip themselves."""
    if typed.elsewhere or typed.as_root or not typed.text.strip() or "\n" in typed.text.strip():
        return None
    syntax = place.syntax
    script = _python_of(typed)
    if script is not None:
        python = f"{place.directory}/bin/python"
        line = apply_edits(typed.text, [Edit(script, syntax.program(python))]).strip()
        text = line if place.ready else syntax.unless(f"{place.directory}/bin/pip", place.make(), line)
        title = f"Run it with the Python of {place.directory}"
        return Action(
            title if place.ready else f"Create {place.directory} and run it there", text=text, environment=place.path
        )
    if install is not None and (install.command.wrappers or install.python.program.startswith("/")):
        return None  # the script names its Python: an active environment does not change that
    again = syntax.chain(syntax.activate(place.directory), typed.text.strip())
    text = again if place.ready else syntax.unless(f"{place.directory}/bin/pip", place.make(), again)
    title = f"Activate {place.directory} and run it again"
    return Action(title if place.ready else f"Create and a{title[1:]}", text=text, environment=place.path)


def _python_of(typed: Typed) -> Span | None:
    """Where the line names the Python that runs its one script by its full path."""
    commands = [c for c in shell.parse(typed.region) if c.words]
    if len(commands) != 1 or commands[0].wrappers or len(commands[0].words) < 2:
        return None
    program = commands[0].words[0].value or ""
    name = program.rpartition("/")[2].rstrip("0123456789.")
    return commands[0].words[0].span if program.startswith("/") and name == "python" else None
