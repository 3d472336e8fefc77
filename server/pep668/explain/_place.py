"""Where a command ran, and the virtual environment that what it asks for belongs into."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from pep668.fixes._creation import interpreter
from pep668.model import Install, Interpreter, Machine, RequestKind, VirtualEnvironment
from pep668.settings import Settings

from ._shells import Syntax

_PATHS = (RequestKind.PATH, RequestKind.EDITABLE)
_MOST_FOLDERS = 32  # upwards


class State(Enum):
    """Of an environment's folder."""

    UNKNOWN = "not known"
    ABSENT = "there is none"
    BROKEN = "its Python is gone"
    PIPLESS = "it has no pip"
    READY = "complete"


@dataclass(frozen=True, slots=True)
class Target:
    """An environment, there or to be made. `shown` is its folder as typed where the command runs, `path` absolute.

    `path` is None where the folder that the command runs in is not known.
    """

    path: str | None
    shown: str
    state: State
    found: VirtualEnvironment | None = None

    def program(self, name: str) -> str:
        return f"{self.shown}/bin/{name}"

    @property
    def ready(self) -> bool:
        return self.state is State.READY


@dataclass(frozen=True, eq=False)
class Place:
    """The folder, the shell, the machine and what the user chose.

    `root` is the workspace folder: environments are looked for up to there. `look` gives this machine as seen from
    another folder.
    """

    syntax: Syntax
    folder: str
    machine: Machine | None
    settings: Settings
    root: str = ""
    look: Callable[[str], Machine] | None = None

    def inside(self, folder: str) -> Place:
        """The same, seen from another folder; "" for one that is not known."""
        return self if folder == self.folder else replace(self, folder=folder)

    def target(self, install: Install | None = None) -> Target:
        """The environment for what an install asks for, else for the folder.

        That of the project whose requirements file or folder is named goes first, then the nearest one upward to the
        workspace folder. A new one is made in the folder where the command runs, or where the project that it names is.
        """
        if not self.folder:
            return self._target("", None)
        project = self._project(install) if install is not None else None
        starts = [project, self.folder] if project else [self.folder]
        for folder in dict.fromkeys(f for start in starts for f in self._upward(start)):
            found = self._best(folder)
            if found is not None:
                return self._target(folder, found)
        is_above = project is not None and within(self.folder, project)
        is_project = project is not None and install is not None and not install.requirement_files
        return self._target(project if project and (is_above or is_project) else self.folder, None)

    def _target(self, folder: str, found: VirtualEnvironment | None) -> Target:
        name = posixpath.basename(found.path.rstrip("/")) if found else self.settings.environment_directory
        if not folder or not folder.startswith("/"):
            return Target(None, name, State.UNKNOWN)
        path = posixpath.join(folder, name)
        shown = posixpath.relpath(path, self.folder)
        if shown.count("../") > 3:
            shown = path
        if found is None:
            return Target(path, shown, State.UNKNOWN if self.seen_from(folder) is None else State.ABSENT)
        state = State.BROKEN if not found.complete else State.READY if found.seeded else State.PIPLESS
        return Target(path, shown, state, found)

    def seen_from(self, folder: str) -> Machine | None:
        """This machine as seen from a folder, None where that is not known."""
        if self.machine is None:
            return None
        if folder.rstrip("/") == self.machine.folder.rstrip("/"):
            return self.machine
        return self.look(folder) if self.look is not None else None

    def _best(self, folder: str) -> VirtualEnvironment | None:
        """The environment directly in a folder: a usable one, else the one that has the usual name."""
        machine = self.seen_from(folder)
        if machine is None:
            return None
        here = folder.rstrip("/")
        found = [e for e in machine.environments if posixpath.dirname(e.path.rstrip("/")) == here]
        wanted = [e for e in found if posixpath.basename(e.path.rstrip("/")) == self.settings.environment_directory]
        usable = [e for e in found if e.complete and e.seeded]
        return next(iter([e for e in wanted if e in usable] or usable or wanted), None)

    def _upward(self, folder: str) -> Iterator[str]:
        """A folder, and where it lies in the workspace those above it."""
        for _ in range(_MOST_FOLDERS):
            yield folder
            if not self.root or not within(folder, self.root) or folder == self.root.rstrip("/"):
                return
            folder = posixpath.dirname(folder)

    def _project(self, install: Install) -> str | None:
        """The one folder that an install's requirement files and local projects lie in."""
        folders = {posixpath.dirname(file) for file in install.requirement_files}
        for request in install.requests:
            if request.kind in _PATHS:
                folders.add(request.text.partition("[")[0].removeprefix("file://") or ".")
        if len(folders) != 1:
            return None
        (named,) = folders
        if "\0" in named or named.startswith("~") or "$" in named or "://" in named or named.endswith((".whl", ".gz")):
            return None
        folder = posixpath.normpath(posixpath.join(self.folder, named))
        bounds = [b for b in (self.root.rstrip("/"), self.folder) if b]
        return folder if any(within(folder, b) for b in bounds) else None

    # --- the folder's own environment

    @property
    def directory(self) -> str:
        return self.target().shown

    @property
    def ready(self) -> bool:
        return self.target().ready

    @property
    def path(self) -> str | None:
        return self.target().path

    def has(self, program: str) -> bool:
        return self.machine is not None and program in self.machine.programs

    # --- making one

    def maker(self, install: Install | None) -> Interpreter | None:
        """The Python that makes the environment; None where nothing is known of it."""
        return self.machine.programs.get(maker_of(install)) if self.machine is not None else None

    def with_uv(self, install: Install | None) -> bool:
        return (install is not None and install.tool == "uv") or (self.settings.prefer_uv and self.has("uv"))

    def make(self, install: Install | None = None, target: Target | None = None) -> str:
        """The command after which the environment is complete; "" for one that is already."""
        target = target or self.target(install)
        directory = self.syntax.quote(target.shown)
        python = maker_of(install)
        if target.ready:
            return ""
        if self.with_uv(install):
            if target.state is State.PIPLESS:
                return "" if install is not None and install.tool == "uv" else _uv_pip(self, target)
            chosen = f" --python {python}" if python != "python3" else ""
            return f"uv venv --seed{chosen}{' --clear' if target.state is State.BROKEN else ''} {directory}"
        if target.state is State.BROKEN:
            return f"{python} -m venv --clear {directory}"
        maker, found = self.maker(install), target.found
        if target.state is State.PIPLESS and found and maker and found.version not in ("", maker.version):
            # Made by another Python: to make it again would mix the two.
            return f"{self.syntax.program(target.program('python'))} -m ensurepip --default-pip"
        return f"{python} -m venv {directory}"

    def prepared(self, target: Target, install: Install | None, line: str) -> str:
        """A line behind what makes the environment that it uses."""
        made = self.make(install, target)
        if not made:
            return line
        if target.state is not State.UNKNOWN:
            return self.syntax.chain(made, line)
        return self.syntax.unless(target.program("python" if self.with_uv(install) else "pip"), made, line)


def _uv_pip(place: Place, target: Target) -> str:
    return f"uv pip install --python {place.syntax.quote(target.program('python'))} pip"


def maker_of(install: Install | None) -> str:
    return interpreter(install) if install is not None else "python3"


def within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
