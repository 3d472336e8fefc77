"""The next step after each failure on the road (EM021).

What is run is built from the typed command line and from what is known of this machine; a detail of the output is
used only where it is one of the few words that the failure's pattern allows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pep668 import shell
from pep668.model import Command, ErrorReport
from pep668.text import Edit, Span, apply_edits

from ._model import Action, Plan
from ._packages import Packages
from ._refused import what
from ._road import Place, into_environment
from ._typed import Typed

_VENV_PACKAGE = re.compile(r"python3(?:\.\d{1,2})?-venv")
_ACTIVATE = re.compile(r"activate(?:\.csh|\.fish|\.nu|\.ps1)?\Z", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Situation:
    """A failure, the line that was typed, and the place where it was."""

    report: ErrorReport
    typed: Typed
    place: Place
    packages: Packages
    missing: frozenset[str]


def plan(report: ErrorReport, typed: Typed, place: Place, missing: frozenset[str]) -> Plan | None:
    """The next step after a failure; `missing` are the programs that were not found."""
    step = _STEPS.get(report.kind)
    return step(Situation(report, typed, place, Packages(place.machine), missing)) if step else None


def _again(typed: Typed, place: Place, *before: str) -> str:
    line = typed.text.strip()
    return place.syntax.chain(*before, line) if line and "\n" not in line else place.syntax.chain(*before)


def _ensurepip(s: Situation) -> Plan:
    named = s.report.detail if _VENV_PACKAGE.fullmatch(s.report.detail) else ""
    line = s.packages.venv(s.report.python_version or "")
    if named and (not line or "apt" in line):
        line = f"{'' if s.packages.root else 'sudo '}apt install {named}"
    actions: list[Action] = []
    if line:
        makes = bool(s.typed.text.strip())
        text = _again(s.typed, s.place, line) if makes else s.place.syntax.chain(line, s.place.make())
        actions.append(Action(f"Install {line.rpartition(' ')[2]} and try again", text=text, environment=s.place.path))
    if s.place.has("uv"):
        text = f"uv venv --seed --allow-existing {s.place.syntax.quote(s.place.directory)}"
        actions.append(Action(f"Create {s.place.directory} with uv, without root", text=text, environment=s.place.path))
    elif s.place.has("virtualenv"):
        text = f"virtualenv {s.place.syntax.quote(s.place.directory)}"
        actions.append(Action(f"Create {s.place.directory} with virtualenv", text=text, environment=s.place.path))
    package = line.rpartition(" ")[2] or "its package"
    message = f"The environment was made without pip, since ensurepip is missing: install {package} and make it again."
    if s.report.kind == "venv-missing":
        message = f"This Python has no venv module: install {package} and try again."
    return Plan(message, tuple(actions))


def _pip_missing(s: Situation) -> Plan:
    actions: list[Action] = []
    judged = next(iter(s.typed.judged), None)
    program = judged.install.python.program if judged else ""
    inside = program and not program.startswith(("/usr/", "/bin/")) and "/" in program
    if judged is not None and inside:
        python = s.place.syntax.quote(program)
        if s.place.has("uv"):
            text = _again(s.typed, s.place, f"uv pip install --python {python} pip")
        else:
            text = _again(s.typed, s.place, f"{s.place.syntax.program(program)} -m ensurepip")
        actions.append(Action("Put pip into this environment and try again", text=text))
        return Plan("This environment has no pip: put one into it and try again.", tuple(actions))
    if judged is not None:
        road = into_environment(s.typed, judged.install, s.place)
        if road is not None:
            actions.append(road)
    if s.packages.pip():
        actions.append(
            Action(f"Install pip with {s.packages.manager}", text=_again(s.typed, s.place, s.packages.pip()))
        )
    asked = what(judged.install) if judged else "packages"
    message = f"This Python has no pip: {s.place.directory} brings its own, install {asked} there."
    return Plan(message, tuple(actions))


def _not_found(s: Situation) -> Plan | None:
    name = s.report.detail.rpartition("/")[2]
    family = name.rstrip("0123456789.")
    judged = next(iter(s.typed.judged), None)
    actions: list[Action] = []
    if family == "pip":
        road = into_environment(s.typed, judged.install, s.place) if judged else None
        actions += [road] if road else []
        if s.packages.pip():
            actions.append(Action(f"Install pip with {s.packages.manager}", text=s.packages.pip()))
        message = f"There is no {name} on PATH: {s.place.directory} brings a pip of its own."
        return Plan(message, tuple(actions))
    if name == "python" and "python3" not in s.missing and (s.place.machine is None or s.place.has("python3")):
        renamed = _renamed(s.typed, "python", "python3")
        actions += [Action("Run it with python3", text=renamed)] if renamed else []
        return Plan("There is no `python` here, the program is named python3.", tuple(actions))
    if family == "python":
        line = (
            s.packages.install("python3", "python3-venv")
            if s.packages.manager.startswith("apt")
            else s.packages.install("python3")
        )
        actions += [Action(f"Install Python with {s.packages.manager}", text=line)] if line else []
        return Plan("There is no Python on PATH: install it first.", tuple(actions))
    if name == "pipx":
        line = s.packages.pipx()
        if line:
            text = _again(s.typed, s.place, line, "pipx ensurepath")
            actions.append(Action(f"Install pipx with {s.packages.manager} and try again", text=text))
        return Plan("pipx is not on PATH: the distribution has it.", tuple(actions))
    if name in ("uv", "uvx"):
        actions += [Action("Install uv with pipx", text="pipx install uv")] if s.place.has("pipx") else []
        return Plan("uv is not on PATH: pipx, or its own installer, brings it.", tuple(actions))
    if name == "virtualenv":
        return Plan("virtualenv is not on PATH: `python3 -m venv` does the same.", (_create(s.place),))
    return None


def _renamed(typed: Typed, old: str, new: str) -> str:
    """The typed line with a program's name replaced wherever it is the command."""
    edits = [
        Edit(Span(c.words[0].span.start, c.words[0].span.end), new)
        for c in shell.parse(typed.region)
        if c.words and c.words[0].value == old
    ]
    return apply_edits(typed.text, edits).strip() if edits else ""


def _create(place: Place) -> Action:
    return Action(f"Create {place.directory}", text=place.make(), environment=place.path)


def _activation(typed: Typed) -> tuple[Command, str] | None:
    """The command of the typed line that reads an activate script, and the environment's folder."""
    for command in shell.parse(typed.region):
        for word in command.words:
            path = word.value or ""
            if _ACTIVATE.search(path) and "/bin/" in path:
                return command, path.rpartition("/bin/")[0]
    return None


def _wrong_shell(s: Situation) -> Plan:
    found = _activation(s.typed)
    directory = found[1] if found else s.place.directory
    line = s.place.syntax.activate(directory)
    message = f"This activate script is for another shell: `{line}` is the one for yours."
    return Plan(message, (Action(f"Activate {directory}", text=line),), severity="info")


def _no_environment(s: Situation) -> Plan:
    if s.report.tool == "uv":
        judged = next(iter(s.typed.judged), None)
        action = Action(
            f"Create {s.place.directory} and try again",
            text=_again(s.typed, s.place, s.place.make(judged.install if judged else None)),
            environment=s.place.path,
        )
        return Plan(f"uv found no virtual environment here: create {s.place.directory} and try again.", (action,))
    found = _activation(s.typed)
    line = s.place.syntax.activate(found[1] if found else s.place.directory)
    action = Action(
        f"Create {s.place.directory} and activate it",
        text=s.place.syntax.chain(s.place.make(), line),
        environment=s.place.path,
    )
    return Plan("There is no activate script: the environment was not made, or only half of it.", (action,))


def _unknown_package(s: Situation) -> Plan:
    name = s.report.detail
    actions: list[Action] = []
    project = name.removeprefix("python3-")
    better = s.packages.of_project(project)
    found = s.place.machine.programs.get("python3") if s.place.machine else None
    python = found.version if found else ""
    if name.endswith("-venv") and python:
        better = f"python{python}-venv"
    if better and better != name and s.packages.install(better):
        actions.append(Action(f"Install {better}", text=s.packages.install(better)))
        return Plan(f"{s.packages.manager} does not know {name}: the package is named {better}.", tuple(actions))
    if s.packages.manager.startswith("apt"):
        sudo = "" if s.packages.root else "sudo "
        actions.append(
            Action("Update the package lists and try again", text=_again(s.typed, s.place, f"{sudo}apt update"))
        )
    if name.startswith("python3-") and not name.endswith(("-venv", "-pip", "-full")):
        line = f"{s.place.directory}/bin/pip install {s.place.syntax.quote(project)}"
        text = line if s.place.ready else s.place.syntax.unless(f"{s.place.directory}/bin/pip", s.place.make(), line)
        actions.append(Action(f"Install {project} into {s.place.directory}", text=text, environment=s.place.path))
    manager = s.packages.manager or s.report.tool
    return Plan(
        f"{manager} does not know {name}: update its lists, or install into {s.place.directory}.", tuple(actions)
    )


def _not_root(s: Situation) -> Plan:
    line = s.typed.text.strip()
    commands = [c for c in shell.parse(s.typed.region) if c.words]
    simple = len(commands) == 1 and not commands[0].wrappers and not commands[0].redirects and "\n" not in line
    actions = (Action("Run it with sudo", text=f"sudo {line}"),) if simple else ()
    return Plan(f"{s.report.tool} needs root: run it with sudo.", actions)


def _option(s: Situation) -> Plan:
    judged = next(iter(s.typed.judged), None)
    actions: tuple[Action, ...] = ()
    option = judged.install.option("--break-system-packages", "break-system-packages") if judged else None
    if judged is not None and option is not None:
        span = judged.install.command.outer(option.span)
        text = (s.typed.text[: span.start].rstrip() + s.typed.text[span.end :]).strip()
        actions = (Action("Run it without the option", text=text),)
    message = "This pip is older than the option, and than the check itself: leave --break-system-packages out."
    return Plan(message, actions)


def _permission(s: Situation) -> Plan:
    home = s.place.syntax.quote(s.place.directory)
    return Plan(f"This folder may not be written to: make {home} in one of your own, without sudo.")


def _path(s: Situation) -> Plan:
    judged = next(iter(s.typed.judged), None)
    uv = judged is not None and judged.install.tool == "uv"
    line = "uv tool update-shell" if uv else "pipx ensurepath"
    action = Action("Put the programs on PATH", text=line)
    return Plan(
        f"Installed, but its folder is not on PATH: `{line}` adds it for new shells.", (action,), severity="info"
    )


def _library(s: Situation) -> Plan:
    judged = next(iter(s.typed.judged), None)
    actions: list[Action] = []
    if judged is not None and judged.install.requests:
        names = " ".join(s.place.syntax.quote(r.text) for r in judged.install.requests)
        line = f"{s.place.syntax.program(s.place.directory + '/bin/pip')} install {names}"
        text = line if s.place.ready else s.place.syntax.unless(f"{s.place.directory}/bin/pip", s.place.make(), line)
        actions.append(Action(f"Install into {s.place.directory}", text=text, environment=s.place.path))
    return Plan(
        f"{s.report.detail} is a library, not an application: install it into {s.place.directory}.", tuple(actions)
    )


_STEPS: dict[str, Callable[[Situation], Plan | None]] = {
    "ensurepip-missing": _ensurepip,
    "ensurepip-disabled": _pip_missing,
    "venv-missing": _ensurepip,
    "pip-missing": _pip_missing,
    "command-not-found": _not_found,
    "wrong-shell": _wrong_shell,
    "environment-missing": _no_environment,
    "package-not-found": _unknown_package,
    "not-root": _not_root,
    "option-unknown": _option,
    "no-space": lambda _: Plan(
        "No space is left on the disk: free some, or set TMPDIR and --cache-dir to another one."
    ),
    "read-only": lambda _: Plan(
        "The file system is read-only: make the environment in a folder that can be written to."
    ),
    "permission-denied": _permission,
    "not-on-path": _path,
    "not-an-application": _library,
}
