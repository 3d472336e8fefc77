"""What to do about a refusal, by what was asked for."""

from __future__ import annotations

from pep668.data.applications import applications_among
from pep668.fixes._edits import Rewrite
from pep668.model import ErrorReport, Install
from pep668.text import apply_edits

from ._model import Action, Plan
from ._packages import Packages
from ._road import Place, activated, into_environment
from ._typed import Typed

_TOOLS_OF_PIP = frozenset(("pip", "setuptools", "wheel"))
_LAST_RESORT = "Last resort: override (can break system tools)"


def plan(report: ErrorReport, install: Install | None, own: bool, typed: Typed, place: Place) -> Plan:
    """`install` is what was refused, where it is known; `own` tells whether it stands in the typed line."""
    packages = Packages(place.machine)
    if typed.elsewhere:
        return _elsewhere(report, install)
    if install is None:
        return _unknown(report, typed, place, packages)
    if install.tool in ("ensurepip", "get-pip"):
        return _bootstrap(install, place, packages)
    if install.operation == "uninstall":
        return _uninstall(install, own, typed, place, packages)
    if _is_upgrade(install):
        return _upgrade(install, own, typed, place, packages)
    return _install(report, install, own, typed, place, packages)


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


def _install(report: ErrorReport, install: Install, own: bool, typed: Typed, place: Place, packages: Packages) -> Plan:
    into = into_environment(typed, install, place) if own else None
    again = into or activated(typed, place, None if own else install)
    apps = applications_among(install.packages)
    application = bool(apps) and len(apps) == len(install.requests)
    first: list[Action] = []
    if application and own:
        first += _application(install, place, packages)
    unseen = again is None and not typed.text.strip()  # only the output is known
    if again is not None:
        first.append(again)
    elif unseen and not place.ready:
        first.append(Action(f"Create {place.directory}", text=place.make(install), environment=place.path))
    first += _distribution(install, packages)
    verb = "use" if place.ready else "create"
    tool = report.tool or install.tool
    if application:
        step = f"{what(install)} is an application, pipx gives it an environment of its own"
        message = f"{tool} cannot install into {owner(packages)} Python: {step}."
    else:
        step = f"{verb} {place.directory} and {'install there' if again is into else 'run it again'}"
        if unseen:
            step = f"{verb} {place.directory} and run the command in it"
        elif again is None:
            step = "the command that calls it has to use a virtual environment"
        operation = report.operation or "install"
        into_or_with = "into" if operation == "install" else "with"
        message = f"{tool} refused to {operation} {what(install)} {into_or_with} {owner(packages)} Python: {step}."
    return Plan(message, tuple(first), tuple(_last_resort(install, own, typed)))


def _application(install: Install, place: Place, packages: Packages) -> list[Action]:
    names = " ".join(place.syntax.quote(r.text) for r in install.requests)
    found: list[Action] = []
    pipx = Action("Install with pipx", text=f"pipx install {names}")
    uv = [
        Action("Install with uv tool", text=f"uv tool install {place.syntax.quote(r.text)}") for r in install.requests
    ]
    if place.machine is None or place.has("pipx"):
        found.append(pipx)
    if place.has("uv") and len(uv) == 1:
        found += uv
    if not found:
        get = packages.pipx()
        if get:
            text = place.syntax.chain(get, "pipx ensurepath", pipx.text)
            found.append(Action("Install pipx, and with it what you asked for", text=text))
    return found


def _distribution(install: Install, packages: Packages) -> list[Action]:
    held = packages.holding(install)
    if not held:
        return []
    names = [name for name, _ in held]
    shown = f"{names[0]} {held[0][1]}".strip() if len(held) == 1 else f"{len(names)} packages"
    return [Action(f"Install {shown} with {packages.manager}", text=packages.install(*names))]


def _last_resort(install: Install, own: bool, typed: Typed) -> list[Action]:
    if not own or install.tool not in ("pip", "uv"):
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
    if known and len(known) == len(names) and packages.manager in ("apt", "apt-get"):
        sudo = "" if packages.root else "sudo "
        listed = " ".join(known)
        actions.append(
            Action(f"Remove {listed} with {packages.manager}", text=f"{sudo}{packages.manager} remove {listed}")
        )
    if own and place.ready:
        inside = into_environment(typed, install, place)
        if inside is not None:
            actions.append(
                Action(f"Uninstall from {place.directory}", text=inside.text, environment=inside.environment)
            )
    manager = packages.manager or "its package manager"
    whose = owner(packages)
    reason = packages.belonging(install.packages[0]) if len(install.packages) == 1 else ""
    reason = reason or f"{manager} removes what it installed"
    message = f"pip does not uninstall {what(install)} from {whose} Python: {reason}."
    return Plan(message, tuple(actions), tuple(_last_resort(install, own, typed)), severity="info")


def _upgrade(install: Install, own: bool, typed: Typed, place: Place, packages: Packages) -> Plan:
    actions: list[Action] = []
    if own and place.ready:
        inside = into_environment(typed, install, place)
        if inside is not None:
            actions.append(Action(f"Upgrade the pip of {place.directory}", text=inside.text))
    whose = owner(packages)
    manager = packages.manager or "the package manager"
    message = (
        f"{whose[0].upper()}{whose[1:]} {what(install)} is upgraded by {manager}: "
        "each virtual environment has a pip of its own, which may be upgraded."
    )
    return Plan(message, tuple(actions), severity="info")


def _bootstrap(install: Install, place: Place, packages: Packages) -> Plan:
    line = packages.pip()
    actions = [Action(f"Install pip with {packages.manager}", text=line)] if line else []
    if not place.ready:
        text = place.make()
        actions.append(Action(f"Create {place.directory}, with a pip of its own", text=text, environment=place.path))
    source = packages.manager or "the package manager"
    message = f"{install.tool} may not change this Python: its pip comes from {source}, or from a virtual environment."
    return Plan(message, tuple(actions))


def _unknown(report: ErrorReport, typed: Typed, place: Place, packages: Packages) -> Plan:
    again = activated(typed, place, None)
    actions = [again] if again else []
    if not actions and not place.ready:
        actions = [Action(f"Create {place.directory}", text=place.make(), environment=place.path)]
    verb = "use" if place.ready else "create"
    message = (
        f"{report.tool} refused to change {owner(packages)} Python: {verb} {place.directory} and run the command in it."
    )
    return Plan(message, tuple(actions))


def _elsewhere(report: ErrorReport, install: Install | None) -> Plan:
    message = (
        f"{report.tool} refused to install {what(install)} where the command ran: "
        "make a virtual environment there, in the file that calls it."
    )
    return Plan(message)
