"""Which Python an install reaches: by the name of its program, a path, an option, or the tool's own rules."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pep668 import data
from pep668.model import EnvironmentKind, Evidence, Install, Machine, Managed

from . import local
from .files import TRUE
from .naming import (
    NAMES_PYTHON,
    WINDOWS,
    as_written,
    in_a_project,
    in_environment,
    named_by_variable,
    option_path,
    option_word,
    program_word,
)
from .place import PlaceInfo
from .state import UNKNOWN, Change, Shell, Source, SourceKind, System, looks_virtual, source_of
from .target import Target

WHERE_REFUSED = "Debian 12+, Ubuntu 23.04+, Arch, Alpine 3.19+, Homebrew and other marked systems refuse it"


class Reach:
    """Finds the target of an install; `machine` is asked where the place is not known."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine

    def target(self, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        reference = install.python
        if reference.own:
            here = install.command.outer(install.program)
            return Target(
                Managed.NO, EnvironmentKind.VIRTUAL, (Evidence(f"{install.tool} keeps its own environment", here),)
            )
        option = reference.option or named_by_variable(install, shell)
        if option is not None:
            return self._by_option(option, install, shell, system, place)
        kernel = install.command.region.fact("kernel")
        if kernel is not None and kernel.value == "%pip" and not place.known:
            decides = "which Python the notebook's kernel runs"
            return Target(Managed.MAYBE, EnvironmentKind.USER_MACHINE, (kernel.evidence,), decides=decides)
        if install.tool == "uv":
            return self._uv(install, shell, system, place)
        if reference.environment is not None:
            return _named_environment(reference.environment, install)
        word = None if reference.implied else program_word(install)
        path = shell.symbolic(word) if word else reference.program.replace("\0", UNKNOWN)
        if "/" in reference.program and not re.search(r"[/\\]|\$\{", path):
            path = reference.program  # of Windows: a shell that drops backslashes does not read it
        if shell.program and word is install.command.words[0]:
            path = shell.program
        return self._by_program(path, install, shell, system, place)

    def _by_program(self, path: str, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        span = install.command.outer(install.program)
        if "/" in path or "\\" in path:
            return self._by_path(path.replace("\\", "/"), install, shell, system, place)
        first = shell.first
        if path.startswith("${"):
            shown = as_written(path, program_word(install), install)
            named = shown.removeprefix("${").rstrip("}") if shown == path else shown
            known = _by_name(path, Evidence(f"{named} names a virtual environment's program", span))
            if known:
                return known
            if place.managed is Managed.NO:
                return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, place.evidence, shown)
            own = path == "${sys_executable}" and place.known
            if first is not None and first.certain and (own or NAMES_PYTHON.search(path)):
                return _from_source(first)  # a name that PATH leads to, whichever version of it
            decides = "which Python this program runs with" if path == "${sys_executable}" else f"what {shown} is"
            return Target(Managed.MAYBE, _open_kind(place), place.evidence, shown, decides)
        if first is not None and first.certain:
            pipless = system.pipless.get(first.path) if path.startswith("pip") else None
            return self._past(pipless, first, path, install, shell, system, place) if pipless else _from_source(first)
        if first is None and place.environment:
            return _first_in_path(place.environment, path, system, place)
        system_target = self._system(path, install, shell, system, place)
        if first is None and system_target.managed is Managed.YES and _may_be_behind(path, shell, system):
            why = (*(() if shell.behind is None else (shell.behind.evidence,)), *system_target.evidence)
            decides = f"whether the system has a {path} of its own before the environment's in PATH"
            return Target(Managed.MAYBE, system_target.kind, why, path, decides)
        if first is not None and system_target.managed is not Managed.NO:
            return Target(
                Managed.MAYBE,
                system_target.kind,
                (first.evidence, *system_target.evidence),
                system_target.python,
                f"whether {first.evidence.text}",
            )
        return system_target

    def _past(
        self,
        pipless: Change,
        first: Source,
        path: str,
        install: Install,
        shell: Shell,
        system: System,
        place: PlaceInfo,
    ) -> Target:
        """What `pip` is where the environment that comes first in PATH has none: the next in PATH."""
        below = first.below
        reached = _from_source(below) if below else self._system(path, install, shell, system, place)
        why = (pipless.evidence, *reached.evidence)
        if pipless.certain or reached.managed is Managed.NO:
            return replace(reached, evidence=why)
        decides = f"whether {first.path} has a pip of its own"
        return Target(Managed.MAYBE, reached.kind, why, reached.python, decides)

    def _by_path(self, path: str, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        shown = as_written(path, program_word(install), install)
        here = Evidence(f"{shown} is named outright", install.command.outer(install.program))
        absolute = shell.absolute(path)
        folder = posixpath.dirname(absolute)
        known = system.environment_of(absolute)
        if known:
            return Target(Managed.NO, EnvironmentKind.VIRTUAL, (system.environments[known], here), path, virtual=known)
        if self.machine is not None and not place.known:
            found = local.interpreter(self.machine, path)
            if found is not None:
                return local.target(found, here)
        if _HOMEBREW.match(absolute):
            return _homebrew(absolute, here, place)
        if place.distribution == "homebrew" and folder == "/usr/bin":
            apple = Evidence(f"{path} is Apple's, with a pip that is older than the check", here.span)
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (apple,), path)
        if folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
            return self._system(absolute, install, shell, system, place)
        if folder == "/usr/local/bin" or absolute.startswith("/usr/local/"):
            return self._local_bin(absolute, here, system, place)
        source = source_of(folder, system, here)
        if source is not None:
            return _from_source(source, path)
        if WINDOWS.match(path) and not in_environment(folder):
            windows = Evidence(f"{shown} is a path of Windows, where no Python is externally managed", here.span)
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (windows,), path)
        if not path.startswith(("/", "${", "~")):
            # A relative path leads into the project: no distribution keeps its Python there.
            return Target(Managed.NO, EnvironmentKind.VIRTUAL, (here,), path, virtual=posixpath.dirname(folder))
        if path.startswith("${") and in_a_project(folder):
            text = f"{shown} lies in a folder of the project's, whatever its first part is"
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (Evidence(text, here.span),), path)
        if path.startswith("${") and place.managed is Managed.NO:
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (*place.evidence, here), shown)
        if path.startswith("${") and not looks_virtual(path):
            return Target(Managed.MAYBE, _open_kind(place), (*place.evidence, here), shown, f"where {shown} leads")
        if any(part in absolute for part in _MANAGED_ELSEWHERE):
            return Target(Managed.YES, EnvironmentKind.SYSTEM_MANAGED, (here,), path)
        text = f"{path} lies outside the distribution's folders, where no marker is"
        return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (Evidence(text, here.span),), path)

    def _local_bin(self, path: str, here: Evidence, system: System, place: PlaceInfo) -> Target:
        built = system.built.get(posixpath.basename(path))
        if built:
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (built, here), path)
        if place.known and place.python == "own":
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (*place.evidence, here), path)
        if place.managed is Managed.NO:
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (*place.evidence, here), path)
        return Target(
            Managed.MAYBE, _open_kind(place), (*place.evidence, here), path, f"which Python {path} belongs to"
        )

    def _system(self, program: str, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        """The system's own Python at that place, reached by name or from /usr/bin."""
        if program in system.built and (shell.sudo is None or place.known):  # sudo's own PATH has /usr/local/bin too
            return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (system.built[program],), program)
        if not place.known:
            return self._user_machine(program, install, shell, system)
        absolute = program.startswith("/")
        if place.python in ("own", "conda") and not absolute:
            kind = EnvironmentKind.SYSTEM_UNMANAGED
            return Target(Managed.NO, kind, place.evidence, program)
        formula = f"python@{install.python.version}"
        if place.distribution == "homebrew" and not absolute and shell.sudo is None and formula in system.packages:
            marked = data.marked("homebrew", install.python.version or "")
            kind = EnvironmentKind.SYSTEM_MANAGED if marked else EnvironmentKind.SYSTEM_UNMANAGED
            brewed = Evidence(
                f"Homebrew's {formula} is {'' if marked else 'not '}marked", system.packages[formula].evidence.span
            )
            return Target(Managed.YES if marked else Managed.NO, kind, (*place.evidence, brewed), program)
        if place.programs and (program not in place.programs or shell.sudo is not None):
            who = f"sudo {program}" if shell.sudo is not None else program
            return Target(
                Managed.MAYBE, EnvironmentKind.UNKNOWN, place.evidence, program, f"which Python {who} reaches"
            )
        others = system.others(place.ships.python)
        if others is not None and not absolute and place.managed is not Managed.NO:
            decides = f"which Python {program} reaches: {others.text}"
            return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, (*place.evidence, others), program, decides)
        if place.python == "none" and not any(_PYTHON_PACKAGE.match(p) for p in system.packages):
            decides = f"which Python {program} reaches: the image brings none"
            return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, place.evidence, program, decides)
        version = install.python.version
        shipped = place.ships.python
        if version and version != shipped and place.managed is Managed.YES:
            own = f"Python {shipped}, not {version}" if shipped else f"one Python, {version} or another"
            evidence = Evidence(f"{place.label} ships {own}")
            decides = f"where Python {version} comes from"
            return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, (*place.evidence, evidence), program, decides)
        kind = {
            Managed.YES: EnvironmentKind.SYSTEM_MANAGED,
            Managed.NO: EnvironmentKind.SYSTEM_UNMANAGED,
            Managed.MAYBE: EnvironmentKind.UNKNOWN,
        }[place.managed]
        return Target(place.managed, kind, place.evidence, program, place.decides)

    def _user_machine(self, program: str, install: Install, shell: Shell, system: System) -> Target:
        here = install.command.outer(install.program)
        if self.machine is not None:
            found = local.lookup(self.machine, program, sudo=shell.sudo is not None)
            if found is not None:
                return local.target(found, Evidence(local.reaches(program, found), here))
            note = f"{program} is not on this machine's PATH"
            return Target(
                Managed.MAYBE, EnvironmentKind.USER_MACHINE, (Evidence(note, here),), program, "which Python runs it"
            )
        evidence: tuple[Evidence, ...] = ()
        if system.other_python is not None:
            evidence = (system.other_python,)
        decides = f"the machine it runs on: {WHERE_REFUSED}"
        return Target(Managed.MAYBE, EnvironmentKind.USER_MACHINE, evidence, program, decides)

    def _by_option(self, option: str, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        """`--python X`: a path to an interpreter or an environment, for uv a name or a version as well."""
        span = install.command.outer(install.program)
        path = option_path(option, install, shell)
        shown = as_written(path, option_word(install), install)
        evidence = Evidence(f"--python {shown}", span)
        absolute = shell.absolute(path)
        known = system.environment_of(absolute)
        if known:
            return Target(Managed.NO, EnvironmentKind.VIRTUAL, (system.environments[known],), path, virtual=known)
        if "/" in path:
            return self._by_path(path, install, shell, system, place)
        if looks_virtual(path):
            return Target(Managed.NO, EnvironmentKind.VIRTUAL, (evidence,), path, virtual=path)
        if "${" in path and place.managed is not Managed.NO:
            kind = _open_kind(place)
            return Target(Managed.MAYBE, kind, (*place.evidence, evidence), shown, f"which Python {shown} is")
        if install.tool == "uv":  # a name or a version chooses among environments; the system's needs a path
            return self._environment_of_uv(install, shell, system)
        if path[:1].isdigit():  # Windows' launcher: `py -3.12 -m pip`
            return self._system(f"python{path}", install, shell, system, place)
        # pip takes a path only: this is one in the working directory, or an error
        return Target(Managed.NO, EnvironmentKind.VIRTUAL, (evidence,), path, virtual=path)

    def _uv(self, install: Install, shell: Shell, system: System, place: PlaceInfo) -> Target:
        """`uv pip`: an environment that is active or lies in the folder; the system's Python only with --system."""
        system_variable = shell.exported("UV_SYSTEM_PYTHON")
        if install.python.system or (system_variable and (system_variable.text or "").lower() in TRUE):
            # --system ignores an active environment, but not what PATH puts first by other means.
            if shell.first is not None and shell.first.kind is not SourceKind.VIRTUAL and shell.first.certain:
                return _from_source(shell.first)
            return self._system("python3", install, shell, system, place)
        return self._environment_of_uv(install, shell, system)

    def _environment_of_uv(self, install: Install, shell: Shell, system: System) -> Target:
        if shell.first is not None:
            return _from_source(shell.first)
        virtual = shell.exported("VIRTUAL_ENV") or shell.exported("CONDA_PREFIX")
        if virtual is not None:
            return Target(Managed.NO, EnvironmentKind.VIRTUAL, (virtual.evidence,), virtual.text, virtual=virtual.text)
        nearby = system.environment_of(shell.absolute(".venv"))
        evidence = (system.environments[nearby],) if nearby else ()
        span = install.command.outer(install.program)
        text = "uv pip uses a virtual environment, or stops where it finds none, unless --system is given"
        return Target(Managed.NO, EnvironmentKind.VIRTUAL, (*evidence, Evidence(text, span)), None, virtual=nearby)


# Where Homebrew links its Pythons; a formula's own environment (`opt/x/libexec`) is none of them.
_HOMEBREW = re.compile(
    r"(?:/opt/homebrew|/home/linuxbrew/\.linuxbrew|/usr/local(?=/opt|/Cellar))"
    r"/(?:bin/(?:python|pip)3[\d.]*$|(?:opt|Cellar)/python(?:@?3[\d.]*)?/)"
)


_MANAGED_ELSEWHERE = ("/.local/share/uv/python/", "/nix/store/")


def _first_in_path(folder: str, program: str, system: System, place: PlaceInfo) -> Target:
    """A program of an image in which an environment's folder stands in PATH from the start."""
    made = system.environments.get(folder)
    if made:
        return Target(Managed.NO, EnvironmentKind.VIRTUAL, (*place.evidence, made), program, virtual=folder)
    decides = f"whether a virtual environment is made at {folder}"
    return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, place.evidence, program, decides)


def _homebrew(path: str, here: Evidence, place: PlaceInfo) -> Target:
    named = re.search(r"python@?(3\.\d+)|(?:python|pip)(3\.\d+)$", path)
    release = named[1] or named[2] if named else place.release if place.distribution == "homebrew" else ""
    marked = data.marked("homebrew", release) if release else None
    if marked is None:
        decides = "which of Homebrew's Pythons it is: 3.12 and newer are marked"
        return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, (here,), path, decides)
    why = Evidence(f"Homebrew's Python {release} is {'' if marked else 'not '}marked", here.span)
    kind = EnvironmentKind.SYSTEM_MANAGED if marked else EnvironmentKind.SYSTEM_UNMANAGED
    return Target(Managed.YES if marked else Managed.NO, kind, (here, why), path)


def _named_environment(path: str, install: Install) -> Target:
    span = install.command.outer(install.program)
    if not path:
        decides = "whether a virtual environment is given"
        return Target(Managed.MAYBE, EnvironmentKind.UNKNOWN, decides=decides)
    shown = path.replace("\0", UNKNOWN)
    evidence = Evidence(f"it names the virtual environment {shown}", span)
    return Target(Managed.NO, EnvironmentKind.VIRTUAL, (evidence,), virtual=shown)


def _may_be_behind(path: str, shell: Shell, system: System) -> bool:
    """Whether the system may lack a program that an environment behind its folders in PATH has."""
    if shell.behind is None or path == "python3":
        return False
    return path.startswith("python") or not any(_PIP_PACKAGE.fullmatch(p) for p in system.packages)


_PYTHON_PACKAGE = re.compile(r"(?:lib)?py(?:thon)?\d?(?:[.-]|\d|$)")


_PIP_PACKAGE = re.compile(r"(?:python3?|py3)-pip|python3\d+-pip|pip")


def _open_kind(place: PlaceInfo) -> EnvironmentKind:
    return EnvironmentKind.UNKNOWN if place.known else EnvironmentKind.USER_MACHINE


def _by_name(path: str, evidence: Evidence) -> Target | None:
    return Target(Managed.NO, EnvironmentKind.VIRTUAL, (evidence,), path) if looks_virtual(path) else None


def _from_source(source: Source, python: str | None = None) -> Target:
    kind = EnvironmentKind.VIRTUAL if source.kind is SourceKind.VIRTUAL else EnvironmentKind.SYSTEM_UNMANAGED
    virtual = source.path if source.kind is SourceKind.VIRTUAL else None
    if source.certain:
        return Target(Managed.NO, kind, (source.evidence,), python, virtual=virtual)
    return Target(Managed.MAYBE, kind, (source.evidence,), python, f"whether {source.evidence.text}")
