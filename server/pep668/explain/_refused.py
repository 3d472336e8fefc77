"""What to do about a refusal, by what was asked for."""

from __future__ import annotations

from dataclasses import replace

from pep668.data.applications import applications_among
from pep668.fixes._edits import Rewrite
from pep668.model import ErrorReport, Install, Interpreter, RequestKind
from pep668.text import apply_edits

from ._model import Action, Plan, titled
from ._packages import Packages
from ._place import Place, maker_of
from ._road import activated, create, into_environment
from ._typed import Typed

_TOOLS_OF_PIP = frozenset(("pip", "setuptools", "wheel"))
_APART = "give it an environment of its own"
_LAST_RESORT = "Last resort: override (can break system tools)"


def plan(
    report: ErrorReport, install: Install | None, own: bool, typed: Typed, place: Place, *, inner: bool = False
) -> Plan:
    """`install` is what was refused, where it is known; `own` tells whether it stands in the typed line.

    `inner`: something in a file that the line runs was refused as well.
    """
    packages = Packages(place.machine, _reached(install, typed, place))
    if install is None:
        return _unknown(report, typed, place, packages)
    if install.tool in ("ensurepip", "get-pip"):
        return bootstrap(install.tool, place, packages)
    if install.operation == "uninstall":
        return _uninstall(install, own, typed, place, packages)
    if _is_upgrade(install):
        return _upgrade(install, own, typed, place, packages)
    return _install(report, install, own, typed, place, packages, inner=inner)


def _reached(install: Install | None, typed: Typed, place: Place) -> Interpreter | None:
    """The marked Python that the command reached, as far as that is known."""
    found = [j.environment.interpreter for j in typed.judged if j.install is install]
    python = found[0] if found else place.maker(install)
    return python if python is not None and python.marker is not None else None


def owner(packages: Packages) -> str:
    """Whose Python refused, as it stands before `Python`: `Debian's`."""
    return f"{packages.label}'s" if packages.label else "the system's"


def what(install: Install | None) -> str:
    """What was asked for, in a few words."""
    if install is None:
        return "packages"
    names = [*install.packages, *install.requirement_files, *(e or "." for e in install.editable)]
    if not names:
        names = [r.text for r in install.requests if "\0" not in r.text]
    names = ["this project" if n == "." else n for n in names]
    names = [n if len(n) <= 30 else f"{n[:27]}..." for n in names]
    if not names:
        return "packages"
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"


def _is_upgrade(install: Install) -> bool:
    """Whether pip, or with `--upgrade` what pip works with, is to be renewed and nothing else."""
    asked = set(install.packages)
    upgrades = install.option("--upgrade", "upgrade") is not None
    return len(install.requests) == len(asked) > 0 and (asked == {"pip"} or (upgrades and asked <= _TOOLS_OF_PIP))


def _install(
    report: ErrorReport, install: Install, own: bool, typed: Typed, place: Place, packages: Packages, *, inner: bool
) -> Plan:
    operation = report.operation or "install"
    preposition = "into" if operation == "install" else "with"
    tool = report.tool or install.tool
    event = f"{tool} refused to {operation} {what(install)} {preposition} {owner(packages)} Python"
    resort = tuple(_last_resort(install, own, typed, place))
    left = _left(typed, place)
    if left is not None:
        return Plan(f"{event}: {left.says}.", (left,), resort, event)
    into = into_environment(typed, install, place) if own else []
    if _inside(typed, place) and not into:
        message = f"{event}, not into the active environment: the command that calls it names the system's Python."
        return Plan(message, (), resort)
    whole = inner or (own and typed.goes_on)  # all of the line is to find what it installs
    active = activated(typed, place, None if own else install) if whole or not into else []
    again = (active or into) if whole else (into or active)
    project = _in_project(install, place) if own else []
    apps = applications_among(install.packages)
    application = bool(apps) and len(apps) == len(install.requests)
    first: list[Action] = _application(install, place, packages) if application and own else []
    unseen = not again and not typed.text.strip()  # only the output is known
    made = create(place) if unseen or not again else None
    if application and first:
        is_what = "is an application" if len(apps) == 1 else "are applications"
        event = f"{what(install)} {is_what}, and {tool} refused to {operation} {preposition} {owner(packages)} Python"
    held = _distribution(install, packages) if own else []
    # the best ways, what the distribution has, then the other ways
    first += [*project, *again[:1], *([made] if made is not None and unseen else []), *held, *again[1:]]
    step = "the command that calls it has to use a virtual environment"
    if unseen:
        step = f"{'use' if place.ready else 'create'} {place.directory} and run the command in it"
    return Plan(f"{event}: {step}.", tuple(first), resort, event)


def _inside(typed: Typed, place: Place) -> bool:
    """Whether what the line calls ran in an active environment: another one would not help."""
    return typed.active is not None or (typed.activates and place.ready)


def _left(typed: Typed, place: Place) -> Action | None:
    """The line without sudo, where it was sudo that left the active environment."""
    line = typed.unprivileged
    if line is None or not typed.repeats(place.syntax):
        return None
    says = "sudo leaves the active environment, run it without: `{}`"
    return Action("Run it without sudo", text=line, step="no-sudo", says=says, done=_ran(typed))


def _ran(typed: Typed) -> str:
    names = [r.text for j in typed.judged for r in j.install.requests if r.name]
    return f"Installed {', '.join(names)} into the active environment." if names else ""


def _in_project(install: Install, place: Place) -> list[Action]:
    """`uv add` and `uv sync` where uv manages the project."""
    target = place.target(install)
    if place.machine is None or place.machine.project_tool != "uv" or not place.has("uv") or install.options:
        return []
    requests = install.requests
    if [r.text for r in requests] == ["."]:
        done = "Installed the project with what it needs; to undo that, delete the folder .venv."
        return [
            Action(
                "uv sync",
                text="uv sync",
                step="project",
                environment=target.path,
                says="install the project",
                done=done,
            )
        ]
    if not requests or any(r.kind is not RequestKind.PROJECT for r in requests):
        return []
    names = " ".join(place.syntax.quote(r.text) for r in requests)
    done = f"Added {names} to pyproject.toml; `uv remove {' '.join(install.packages)}` undoes it."
    title = titled(f"uv add {names}", "Add it to the project with uv")
    says = "add it to the project"
    return [Action(title, text=f"uv add {names}", step="project", environment=target.path, says=says, done=done)]


def _application(install: Install, place: Place, packages: Packages) -> list[Action]:
    texts = [r.text for r in install.requests]
    names = " ".join(map(place.syntax.quote, texts))
    asked = " ".join(install.packages)
    found: list[Action] = []
    text = f"pipx install {names}"
    done = f"Installed {asked} with pipx; `pipx uninstall {asked}` undoes it."
    pipx = Action("Install with pipx", text=text, step="pipx", says=_APART, done=done)
    if place.machine is None or place.has("pipx"):
        found.append(pipx)
    if place.has("uv") and len(texts) == 1:
        text = f"uv tool install {names}"
        done = f"Installed {asked} with uv; `uv tool uninstall {asked}` undoes it."
        title = titled(text, "Install with uv tool")
        found.append(Action(title, text=text, step="uv-tool", says=_APART, done=done))
    get = packages.pipx() if not found else ""
    if get:
        text = place.syntax.chain(get, "pipx ensurepath", pipx.text)
        done = (
            f"Installed pipx and {asked}: open a new terminal to find it on PATH; `pipx uninstall {asked}` undoes it."
        )
        found.append(Action("Get pipx and install", text=text, step="pipx", says="get pipx and install it", done=done))
    return found


def _distribution(install: Install, packages: Packages) -> list[Action]:
    held = packages.holding(install)
    if not held or packages.foreign(maker_of(install)):
        return []
    names = [name for name, _ in held]
    text = packages.install(*names)
    title = titled(text, f"Install with {packages.manager}")
    if title == text and len(held) == 1:
        title = f"{text} ({held[0][1]})"
    sudo = "" if packages.root else "sudo "
    remove = f"; `{sudo}{packages.manager} remove {' '.join(names)}` undoes it" if packages.removes else ""
    done = f"Installed {', '.join(names)} for the system's Python{remove}."
    says = f"{packages.label} has it, get it"
    return [Action(title, text=text, step="distribution", says=says, done=done)]


def _last_resort(install: Install, own: bool, typed: Typed, place: Place) -> list[Action]:
    if not own or install.tool not in ("pip", "uv") or not typed.repeats(place.syntax):
        return []
    rewrite = Rewrite(typed.text, install.command)
    if install.option("--break-system-packages", "break-system-packages") is None:
        rewrite.insert(install.program.end, " --break-system-packages")
    edits = rewrite.edits()
    if not edits:
        return []
    return [Action(_LAST_RESORT, text=apply_edits(typed.text, edits).strip(), last_resort=True)]


def _uninstall(install: Install, own: bool, typed: Typed, place: Place, packages: Packages) -> Plan:
    actions: list[Action] = []
    names = [packages.of_project(name) for name in install.packages]
    known = [n for n in names if n]
    left = _left(typed, place)
    if left is not None:
        actions.append(left)
    if own and known and len(known) == len(names) and packages.removes:
        sudo = "" if packages.root else "sudo "
        listed = " ".join(known)
        text = f"{sudo}{packages.manager} remove {listed}"
        done = f"Removed {listed}; `{packages.install(*known)}` undoes it."
        says = f"{packages.manager} removes what it installed, run `{{}}`"
        actions.append(Action(f"Remove with {packages.manager}", text=text, step="distribution", says=says, done=done))
    if own and place.target(install).ready:
        says = f"uninstall it from {place.target(install).shown}"
        found = into_environment(typed, install, place)
        actions += [replace(a, title=titled(a.text, f"{says[0].upper()}{says[1:]}"), says=says) for a in found]
    manager = packages.manager or "its package manager"
    whose = owner(packages)
    reason = packages.belonging(install.packages[0]) if len(install.packages) == 1 else ""
    reason = reason or f"{manager} removes what it installed"
    event = f"pip does not uninstall {what(install)} from {whose} Python"
    if reason and packages.removes and "belongs to" in reason:
        event += f": {reason}"
    resort = tuple(_last_resort(install, own, typed, place))
    return Plan(
        f"{event}: {reason}." if reason not in event else f"{event}.", tuple(actions), resort, event, severity="info"
    )


def _upgrade(install: Install, own: bool, typed: Typed, place: Place, packages: Packages) -> Plan:
    actions: list[Action] = []
    left = _left(typed, place)
    target = place.target(install)
    if left is not None:
        actions.append(left)
    elif own and target.ready:
        found = into_environment(typed, install, place)
        says = f"upgrade the one of {target.shown}"
        title = f"Upgrade it in {target.shown}"
        done = f"Upgraded {what(install)} in {target.shown}."
        actions += [replace(a, title=title, says=says, done=done) for a in found]
    whose = owner(packages)
    manager = packages.manager or "the package manager"
    event = f"{whose[0].upper()}{whose[1:]} {what(install)} is upgraded by {manager}"
    message = f"{event}: each virtual environment has a pip of its own, which may be upgraded."
    return Plan(message, tuple(actions), event=event, severity="info")


def bootstrap(tool: str, place: Place, packages: Packages) -> Plan:
    """ensurepip and get-pip.py, which would put another pip into the distribution's Python."""
    maker = place.maker(None)
    has_pip = maker is not None and maker.pip_version
    line = "" if has_pip else packages.pip()
    source = packages.manager or "the package manager"
    made = create(place)
    there = "is there already" if has_pip else f"comes from {source}"
    says = f"its pip {there}, and `{{}}` makes an environment with one of its own"
    title = f"Create {place.directory}, with its own pip"
    actions = [replace(made, title=title, says=says)] if made is not None else []
    if line:
        says = f"its pip comes from {source}, get it"
        done = "Installed the system's pip; it installs into virtual environments only."
        actions.append(Action(f"Install pip with {source}", text=line, step="system-pip", says=says, done=done))
    event = f"{tool} may not change {owner(packages)} Python"
    message = f"{event}: its pip {there}, and each virtual environment has one of its own."
    return Plan(message, tuple(actions), event=event)


def _unknown(report: ErrorReport, typed: Typed, place: Place, packages: Packages) -> Plan:
    event = f"{report.tool} refused to change {owner(packages)} Python"
    left = _left(typed, place)
    if left is None and _inside(typed, place):
        message = f"{event}, not the active environment: the command that calls it names the system's Python."
        return Plan(message)
    actions = [left] if left is not None else activated(typed, place, None)
    made = create(place) if not actions else None
    actions += [made] if made is not None else []
    verb = "use" if place.ready else "create"
    message = f"{event}: {verb} {place.directory} and run the command in it."
    return Plan(message, tuple(actions), event=event)


def elsewhere(report: ErrorReport, install: Install | None) -> Plan:
    """What runs in a container or on another machine is not to be helped from here."""
    message = (
        f"{report.tool} refused to install {what(install)} where the command ran: "
        "make a virtual environment there, in the file that calls it."
    )
    return Plan(message)
