"""The next step where a program, pip or ensurepip is missing."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from pep668 import shell
from pep668.environment.creation import making
from pep668.model import Command, ErrorReport, Install, Judged
from pep668.text import Edit, apply_edits

from ._making import Program, reaches_others, ways
from ._model import Action, Plan, titled
from ._packages import Packages
from ._place import Place, State, Target
from ._refused import what
from ._road import activated, create, into_environment
from ._shells import absolute, literal
from ._typed import Typed


@dataclass(frozen=True, eq=False)
class Situation:
    """A failure, the line that was typed, and the place where it was. `missing` are the programs not found."""

    report: ErrorReport
    typed: Typed
    place: Place
    packages: Packages
    missing: frozenset[str]

    @property
    def judged(self) -> Judged | None:
        return next(iter(self.typed.judged), None)

    @property
    def install(self) -> Install | None:
        return self.judged.install if self.judged is not None else None

    @property
    def repeats(self) -> bool:
        """Whether the typed line may stand in another."""
        return bool(self.typed.text.strip()) and self.typed.repeats(self.place.syntax) and not self.typed.splits

    def again(self, *before: str) -> str:
        """The typed line behind other commands; those alone where it cannot be typed again."""
        line = self.typed.text.strip()
        return self.place.syntax.chain(*before, line) if self.repeats else self.place.syntax.chain(*before)

    def into(self) -> list[Action]:
        return into_environment(self.typed, self.install, self.place) if self.install is not None else []


def ensurepip(s: Situation) -> Plan:
    """`python3 -m venv` without the package that it needs."""
    made = _made(s.typed)
    shown = made[1] if made else s.place.directory
    python = made[0] if made else "python3"
    version = _version(s, python)
    line = s.packages.venv(version)
    package = line.rpartition(" ")[2]
    done = f"Installed {package} and made {shown}; to undo that, delete the folder {shown}."
    path = absolute(shown, s.place.folder)
    actions: list[Action] = []
    syntax = s.place.syntax
    directory = syntax.path(shown)
    if line:
        text = s.again(line) if s.typed.text.strip() else syntax.chain(line, f"python3 -m venv {directory}")
        says = "get it and try again" if s.repeats or not s.typed.text.strip() else "get it"
        actions.append(
            Action(f"Install {package} and try again", text=text, step="venv", says=says, environment=path, done=done)
        )
    made_so = f"Created {shown}; to undo that, delete the folder {shown}."
    rest = _rest(s, made)
    if s.place.has("uv"):
        make = syntax.chain(f"uv venv --seed --allow-existing {directory}", *rest)
        says = f"create {shown} with uv"
        actions.append(
            Action("Create it with uv, without root", text=make, step="uv", says=says, environment=path, done=made_so)
        )
    if s.place.has("virtualenv"):
        make = syntax.chain(f"virtualenv {directory}", *rest)
        says = f"create {shown} with virtualenv"
        title = "Create it with virtualenv"
        actions.append(Action(title, text=make, step="virtualenv", says=says, environment=path, done=made_so))
    actions += _without_pip(s, python, shown, path, made_so, rest)
    if s.report.kind == "venv-missing":
        event = "This Python has no venv module"
        return Plan(f"{event}: install {package or 'its package'} and try again.", tuple(actions), event=event)
    event = f"{package or 'The package with ensurepip'} is missing, so that {shown} was made without pip"
    return Plan(f"{event}: install it and make it again.", tuple(actions), event=event)


def _without_pip(s: Situation, python: str, shown: str, path: str | None, done: str, rest: list[str]) -> list[Action]:
    """The system's pip puts one into the environment, or the wheel of pip does."""
    machine, syntax = s.place.machine, s.place.syntax
    maker = machine.programs.get(python) if machine is not None else None
    directory, inside = syntax.path(shown), f"{shown}/bin/python"
    program = syntax.program(python)
    make = f"{program} -m venv --without-pip {directory}"
    if maker is not None and reaches_others(maker):
        seed = f"{program} -m pip --python {syntax.path(inside)} install pip"
    elif machine is not None and machine.pip_wheel:
        seed = f"{syntax.program(inside)} {syntax.quote(machine.pip_wheel + '/pip')} install pip"
    else:
        return []
    says = f"create {shown} and put pip into it"
    text = syntax.chain(make, seed, *rest)
    return [Action("Create it without root", text=text, step="without-pip", says=says, environment=path, done=done)]


def _version(s: Situation, python: str) -> str:
    """Of the Python that made the environment: what the output says counts where nothing is known of this machine."""
    machine = s.place.machine
    if machine is None:
        return s.report.python_version or ""
    found = machine.programs.get(python) or machine.programs.get("python3")
    return found.version if found is not None else ""


def _made(typed: Typed) -> tuple[str, str] | None:
    """The Python and the folder of the environment that the typed line makes."""
    if not typed.text.isprintable():
        return None
    for command in typed.every:
        found = making([w.pattern for w in command.words])
        word = command.words[found.places[0]] if found is not None and found.places else None
        if found is not None and word is not None and word.value and found.tool == "venv":
            place = literal(word.value, command.region.text[word.span.start : word.span.end])
            return command.words[0].value or "python3", place
    return None


def _rest(s: Situation, made: tuple[str, str] | None) -> list[str]:
    """What the typed line does behind the command that made the environment, joined by `&&`."""
    if made is None or not s.repeats:
        return []
    makers = [c for c in s.typed.every if making([w.pattern for w in c.words]) is not None]
    if len(makers) != 1 or s.typed.region.language != "shell":
        return []
    behind = s.typed.text[makers[0].span.end :].strip()
    alone = not s.typed.text[: makers[0].span.start].strip()
    return [behind[2:].strip()] if alone and behind.startswith("&&") else []


def pip(s: Situation) -> Plan:
    """`No module named pip`, of an environment or of the system."""
    judged, syntax = s.judged, s.place.syntax
    program = judged.install.python.program if judged else ""
    active = s.typed.active if "/" not in program else None
    inside = bool(program) and "/" in program and not program.startswith(("/usr/", "/bin/")) and "\0" not in program
    if judged is not None and (inside or active):
        python = program if inside else "python"
        if inside and not judged.install.python.is_interpreter:
            python = posixpath.join(posixpath.dirname(program), "python")
        actions: list[Action] = []
        done = "Put pip into the environment."
        if s.place.has("uv"):
            given = f" --python {syntax.path(python)}" if inside else ""
            text = s.again(f"uv pip install{given} pip")
            actions.append(Action("Put pip in with uv", text=text, step="seed-uv", says="put one into it", done=done))
        base = s.place.maker(None)
        if base is None or base.ensurepip:
            text = s.again(f"{syntax.program(python)} -m ensurepip --default-pip")
            actions.append(Action("Put pip in", text=text, step="seed", says="put one into it", done=done))
        elif reaches_others(base):
            text = s.again(f"{base.path} -m pip --python {syntax.path(python)} install pip")
            actions.append(Action("Put pip in", text=text, step="seed", says="put one into it", done=done))
        event = "This environment has no pip"
        return Plan(f"{event}: put one into it and try again.", tuple(actions), event=event)
    return _system_pip(s, "This Python has no pip")


def _system_pip(s: Situation, event: str) -> Plan:
    actions = s.into()
    if not actions and s.install is None:
        actions = activated(s.typed, s.place, None)
    line = s.packages.pip()
    if line:
        done = "Installed the system's pip; it installs into virtual environments only."
        title = titled(line, "Install the system's pip")
        says = f"{s.packages.manager} has it, get it"
        actions.append(Action(title, text=line, step="system-pip", says=says, done=done))
    asked = what(s.install) if s.install is not None else "packages"
    return Plan(f"{event}: {s.place.directory} brings its own, install {asked} there.", tuple(actions), event=event)


def not_found(s: Situation) -> Plan | None:
    """A program of Python's that is not on PATH. Its name in the output only chooses among what is said here."""
    name = s.report.detail.rpartition("/")[2]
    family = name.rstrip("0123456789.")
    actions: list[Action] = []
    if "/" in s.report.detail and family in ("pip", "python"):
        return _not_there(s)
    if family == "pip":
        return _system_pip(s, f"There is no {name} on PATH")
    if name == "python" and "python3" not in s.missing and (s.place.machine is None or s.place.has("python3")):
        event = "There is no `python` here, the program is named python3"
        text = _renamed(s, "python", "python3")
        actions += [Action("Run it with python3", text=text, step="python3", says="run `{}`")] if text else []
        return Plan(f"{event}.", tuple(actions), event=event)
    if family == "python":
        apt = s.packages.manager.startswith("apt")
        line = s.packages.install("python3", "python3-venv") if apt else s.packages.install("python3")
        says = f"get it from {s.packages.manager}"
        actions += [Action(f"Install Python with {s.packages.manager}", text=line, says=says)] if line else []
        event = "There is no Python on PATH"
        return Plan(f"{event}: install it first.", tuple(actions), event=event)
    if name == "pipx":
        return _pipx(s)
    if name in ("uv", "uvx"):
        done = "Installed uv; `pipx uninstall uv` undoes it."
        get = Action("Install uv with pipx", text=s.again("pipx install uv"), step="pipx", says="get it", done=done)
        actions += [get] if s.place.has("pipx") else []
        event = "uv is not on PATH"
        return Plan(f"{event}: pipx, or its own installer, brings it.", tuple(actions), event=event)
    if name == "virtualenv":
        event = "virtualenv is not on PATH"
        made = create(s.place)
        found = (replace(made, says="`{}` does the same"),) if made is not None else ()
        return Plan(f"{event}: `python3 -m venv` does the same.", found, event=event)
    return None


def _not_there(s: Situation) -> Plan | None:
    """A program of an environment that is not there: the environment is missing, or only half there."""
    if s.install is None:
        return None
    target = s.place.target(s.install)
    program = s.install.python.program
    if target.state in (State.READY, State.UNKNOWN) or not program.startswith(f"{target.shown}/bin/") or not s.repeats:
        return None
    found = [way for way in ways(s.place, target, None) if way.program is Program.OWN and way.make]
    event = f"{target.shown} {_STATES[target.state]}"
    done = _made_done(target)
    actions = tuple(
        Action(w.title, text=s.again(w.make), step=w.step, says=w.says, environment=target.path, done=done)
        for w in found
    )
    return Plan(f"{event}: make it, and try again.", actions, event=event)


_STATES = {State.ABSENT: "is not there", State.BROKEN: "is there but its Python is gone", State.PIPLESS: "has no pip"}


def _made_done(target: Target) -> str:
    undo = f"; to undo that, delete the folder {target.shown}" if target.found is None else ""
    return f"{'Created' if target.found is None else 'Repaired'} {target.shown}{undo}."


def _pipx(s: Situation) -> Plan:
    event = "pipx is not on PATH"
    line = s.packages.pipx()
    actions = []
    if line:
        text = s.again(line, "pipx ensurepath")
        done = "Installed pipx: open a new terminal to find what it installs on PATH."
        actions.append(Action("Get pipx and try again", text=text, step="pipx", says="get it", done=done))
    if s.place.has("uv") and (renamed := _as_uv_tool(s)):
        says = "uv does the same"
        actions.append(Action(titled(renamed, "Install with uv tool"), text=renamed, step="uv-tool", says=says))
    return Plan(f"{event}: the distribution has it.", tuple(actions), event=event)


def _as_uv_tool(s: Situation) -> str:
    if s.install is None or s.install.tool != "pipx" or s.install.options or len(s.install.requests) != 1:
        return ""
    return f"uv tool install {s.place.syntax.quote(s.install.requests[0].text)}"


def _renamed(s: Situation, old: str, new: str) -> str:
    """The typed line with a program's name replaced wherever it is the command."""
    if not s.repeats:
        return ""
    named: list[Command] = [c for c in shell.parse(s.typed.region) if c.words and c.words[0].value == old]
    edits = [Edit(c.words[0].span, new) for c in named]
    return apply_edits(s.typed.text, edits).strip() if edits else ""
