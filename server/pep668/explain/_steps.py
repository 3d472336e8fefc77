"""The next step after each failure on the road (EM021).

What is run is built from the typed command line and from what is known of this machine; a detail of the output only
chooses among what can be said.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from pep668.languages._failures import POLICY
from pep668.model import Command, ErrorReport
from pep668.text import apply_edits

from . import _denied, _missing, _refused
from ._missing import Situation
from ._model import Action, Plan
from ._packages import Packages
from ._place import Place
from ._road import create, replayed
from ._shells import absolute, literal
from ._typed import Typed

_ACTIVATE = re.compile(r"/(?:bin|Scripts)/activate(?:\.csh|\.fish|\.nu|\.ps1|\.bat)?\Z", re.IGNORECASE)
_USUAL = re.compile(r"(?:[A-Za-z]:)?[\w.@+/~-]{1,200}")


def plan(report: ErrorReport, typed: Typed, place: Place, missing: frozenset[str]) -> Plan | None:
    """The next step after a failure; `missing` are the programs that were not found."""
    step = _STEPS.get(report.kind)
    return step(Situation(report, typed, place, Packages(place.machine), missing)) if step else None


def _activation(s: Situation) -> str | None:
    """The folder of the environment whose activate script the typed line reads."""
    for command in s.typed.every:
        for word in command.words:
            path = literal(word.value or "", command.region.text[word.span.start : word.span.end])
            path = path.replace("\\", "/") if s.place.syntax.windows else path
            found = _ACTIVATE.search(path)
            if found is not None and found.start() and _USUAL.fullmatch(path):
                return path[: found.start()]
    return None


def _wrong_shell(s: Situation) -> Plan:
    directory = _activation(s) or s.place.directory
    syntax = s.place.syntax
    line = syntax.activate(directory)
    if s.report.detail == POLICY:
        event = "The execution policy of PowerShell keeps the script from being run"
        text = f"Set-ExecutionPolicy -Scope Process -ExecutionPolicy RemoteSigned; {line}"
        says = "allow scripts of this machine for this session"
        action = Action("Allow it in this session", text=text, step="policy", says=says)
        return Plan(f"{event}.", (action,) if syntax.windows else (), event=event)
    action = Action(f"Activate {directory}", text=line, step="activate", says="yours reads `{}`")
    event = "This activate script is for another shell"
    return Plan(f"{event}: `{line}` is the one for yours.", (action,), event=event, severity="info")


def _no_environment(s: Situation) -> Plan:
    target = s.place.target(s.install)
    if s.report.tool == "uv":
        made = s.place.make(s.install, target) or f"uv venv --seed {s.place.syntax.quote(target.shown)}"
        done = f"Created {target.shown}; to undo that, delete the folder {target.shown}."
        says = f"create {target.shown} and try again"
        title = f"Create {target.shown} and try again"
        action = Action(title, text=s.again(made), step="venv", says=says, environment=target.path, done=done)
        event = "uv found no virtual environment here"
        return Plan(f"{event}: {says}.", (action,), event=event)
    event = "There is no activate script"
    found = _activation(s)
    directory = found or target.shown
    if found is not None and target.ready and posixpath.normpath(directory) != target.shown:
        line = s.place.syntax.activate(target.shown)
        action = Action(
            f"Activate {target.shown}", text=line, step="activate", says=f"the environment is {target.shown}"
        )
        return Plan(f"{event}.", (action,), event=event, severity="info")
    made_here = create(s.place) if posixpath.normpath(directory) == target.shown else None
    line = s.place.syntax.activate(directory)
    make = made_here.text if made_here is not None else f"python3 -m venv {s.place.syntax.path(directory)}"
    says = f"make {directory} and activate it"
    title = f"Create {directory} and activate it"
    text = s.place.syntax.chain(make, line)
    path = absolute(directory, s.place.folder)
    done = f"Created {directory}; to undo that, delete the folder {directory}."
    action = Action(title, text=text, step="venv", says=says, environment=path, done=done)
    return Plan(f"{event}: the environment was not made, or only half of it.", (action,), event=event)


def _unknown_package(s: Situation) -> Plan:
    name = s.report.detail
    typed = [w for c in s.typed.every for w in c.words if w.value == name]
    manager = s.packages.manager or s.report.tool
    event = f"{manager} does not know {name}"
    if not typed or not s.repeats:
        return Plan(f"{event}: update its lists, or install into {s.place.directory}.")
    actions: list[Action] = []
    version = s.packages.foreign(name)
    better = s.packages.corrected(name)
    named: list[Action] = []
    if better and better != name and s.packages.install(better):
        (command,) = [c for c in s.typed.every if any(w in typed for w in c.words)][:1]
        text = _with_word(s, command, name, better)
        undo = (
            f"; `{'' if s.packages.root else 'sudo '}{manager} remove {better}` undoes it" if s.packages.removes else ""
        )
        done = f"Installed {better}{undo}."
        says = f"it is named {better}, get it"
        title = f"Install {better}"
        named.append(Action(title, text=text, step="distribution", says=says, done=done))
        if not version:
            return Plan(f"{event}: the package is named {better}.", tuple(named), event=event)
    if version:
        return _other_python(s, event, version, named)
    project = re.sub(r"^python3?-", "", name)
    if (
        project != name
        and not re.search(r"-(?:venv|pip|full|dev)$", name)
        and re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", project)
    ):
        target = s.place.target()
        found = replayed(s.place, target, s.place.syntax.quote(project), [project])
        actions.append(replace(found, says=f"the index may have {project}, {found.says}"))
    actions += _updated(s, "update its lists")
    return Plan(f"{event}: update its lists, or install into {s.place.directory}.", tuple(actions), event=event)


def _updated(s: Situation, says: str) -> list[Action]:
    if not s.packages.manager.startswith("apt"):
        return []
    text = s.again(f"{'' if s.packages.root else 'sudo '}apt update")
    return [Action("Update the lists and try again", text=text, step="apt-update", says=says)]


def _other_python(s: Situation, event: str, version: str, named: list[Action]) -> Plan:
    """A package of a Python that is not this distribution's: what there is for python3 is something else."""
    event = f"{event}, {s.packages.label or 'the distribution'} has no Python {version} here"
    rest = [replace(a, title=f"{a.title}, for this python3", says="what there is for python3 is that") for a in named]
    return Plan(f"{event}.", (*_updated(s, "where its lists are old, try again"), *rest), event=event)


def _with_word(s: Situation, command: Command, old: str, new: str) -> str:
    """The typed line with a package's name put right; as root, where it was typed so."""
    from pep668.fixes._edits import Rewrite

    rewrite = Rewrite(s.typed.text, command)
    for word in command.words:
        if word.value == old:
            rewrite.replace(word.span, new)
    edits = rewrite.edits()
    as_root = s.packages.root or s.typed.as_root
    return apply_edits(s.typed.text, edits).strip() if edits and as_root else s.packages.install(new)


def _not_root(s: Situation) -> Plan:
    line = s.typed.text.strip()
    commands = [c for c in s.typed.every if c.words]
    simple = len(commands) == 1 and not commands[0].wrappers and not commands[0].redirects and s.repeats
    plain = simple and not commands[0].assignments and not commands[0].scope
    actions = (Action("Run it with sudo", text=f"sudo {line}", step="sudo", says="run `{}`"),) if plain else ()
    event = f"{s.report.tool} needs root"
    return Plan(f"{event}: run it with sudo.", actions, event=event)


def _option(s: Situation) -> Plan:
    event = "This pip is older than the option, and than the check itself"
    way = Action("Run it without the option", step="no-option", says="leave the option out")
    actions = _without(s, ("--break-system-packages", "break-system-packages"), way)
    return Plan(f"{event}: leave --break-system-packages out.", actions, event=event)


def _user(s: Situation) -> Plan:
    """`--user` in an environment: what it would install into cannot be seen from there."""
    event = "--user has no meaning in a virtual environment"
    actions = _without(s, ("--user", "user"), Action("Run it without --user", step="no-user", says="leave it out"))
    return Plan(f"{event}: leave it out.", actions, event=event)


def _without(s: Situation, names: tuple[str, str], way: Action) -> tuple[Action, ...]:
    """The line without an option of its install."""
    option = s.install.option(*names) if s.install is not None else None
    if s.install is None or option is None or not s.repeats:
        return ()
    span = s.install.command.outer(option.span)
    return (replace(way, text=(s.typed.text[: span.start].rstrip() + s.typed.text[span.end :]).strip()),)


def _no_space(s: Situation) -> Plan:
    """Wheels are unpacked in the temporary folder, which is often small."""
    event = "No space is left on the disk"
    told = f"{event}: free some, or set TMPDIR and --cache-dir to another one."
    shells = ("", "bash", "zsh", "sh", "dash", "ksh")
    simple = len([c for c in s.typed.every if c.words]) == 1 and s.repeats
    if s.install is None or not simple or s.place.syntax.shell not in shells:
        return Plan(told)
    text = f"mkdir -p ~/.cache/tmp && TMPDIR=~/.cache/tmp {s.typed.text.strip()}"
    says = "the temporary folder is often the small one, use another"
    action = Action("Use another temporary folder", text=text, step="tmpdir", says=says)
    return Plan(told, (action,), event=event)


def _path(s: Situation) -> Plan:
    uv = s.install is not None and s.install.tool == "uv"
    line = "uv tool update-shell" if uv else "pipx ensurepath"
    done = "Put the folder on PATH: open a new terminal to find what is in it."
    action = Action(f"{line}", text=line, step="ensurepath", says="put it there", done=done)
    event = "Installed, but its folder is not on PATH"
    return Plan(f"{event}: `{line}` adds it for new shells.", (action,), event=event, severity="info")


def _library(s: Situation) -> Plan:
    actions: tuple[Action, ...] = ()
    target = s.place.target()
    event = f"{s.report.detail} is a library, not an application"
    if s.install is not None and s.install.requests and s.repeats:
        names = " ".join(s.place.syntax.quote(r.text) for r in s.install.requests)
        actions = (replayed(s.place, target, names, [r.text for r in s.install.requests]),)
    return Plan(f"{event}: install it into {target.shown}.", actions, event=event)


_STEPS: dict[str, Callable[[Situation], Plan | None]] = {
    "ensurepip-missing": _missing.ensurepip,
    "ensurepip-disabled": lambda s: _refused.bootstrap("ensurepip", s.place, s.packages),
    "venv-missing": _missing.ensurepip,
    "pip-missing": _missing.pip,
    "command-not-found": _missing.not_found,
    "wrong-shell": _wrong_shell,
    "environment-missing": _no_environment,
    "package-not-found": _unknown_package,
    "not-root": _not_root,
    "option-unknown": _option,
    "user-site": _user,
    "no-space": _no_space,
    "no-exec": _denied.not_run,
    "read-only": _denied.read_only,
    "permission-denied": _denied.denied,
    "not-on-path": _path,
    "not-an-application": _library,
}
