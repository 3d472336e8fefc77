"""What the distribution has of the projects that an install asks for, by the document's commands or on this machine."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pep668.data.applications import debian_package
from pep668.data.names import normalized
from pep668.data.packages import TOOLS, is_library, projects
from pep668.model import (
    DistributionPackage,
    EnvironmentKind,
    Evidence,
    Install,
    Judged,
    Machine,
    Managed,
    Owned,
    RequestKind,
)

from .installed import satisfies
from .place import PlaceInfo
from .state import Brought, Conditions, Shell, System
from .target import Target

_PROGRAM = re.compile(r"(?:python|pip)3?(?:\.\d{1,2})?")
_RENEWS = ("--upgrade", "--force-reinstall", "--ignore-installed")
_SUITES = {"Debian 12": "bookworm", "Debian 13": "trixie"}


def of_distribution(target: Target, place: PlaceInfo, install: Install, shell: Shell, system: System) -> bool:
    """Whether the Python that an install reaches surely finds what the distribution's package manager installs."""
    found = target.interpreter
    if found is not None:
        return not found.virtual and found.prefix == "/usr"
    folder, _, name = (target.python or "").rpartition("/")
    if not _PROGRAM.fullmatch(name) or folder not in ("", "/usr/bin", "/bin") or target.virtual:
        return False
    if (
        name in system.built
        or system.others(place.ships.python) is not None
        or (shell.first is not None and shell.sudo is None)
    ):
        return False
    version = install.python.version
    if version and version != place.ships.python:
        return False
    if not place.known:
        return target.kind is EnvironmentKind.USER_MACHINE
    if place.distribution in ("", "homebrew", "macos", "windows") or target.managed is Managed.MAYBE:
        return False
    return place.python in ("system", "none") or bool(folder)


def owned(
    judged: Judged, shell: Shell, system: System, conditions: Conditions, machine: Machine | None
) -> Iterator[Owned]:
    """What the distribution has of the projects that an install asks for. `system` is as the document leaves it."""
    install, environment = judged.install, judged.environment
    wanted = {r.name: r for r in install.requests if r.name}
    if not environment.of_distribution or not wanted:
        return
    here = (shell.elsewhere, shell.image)
    # Commands that hang on the same conditions run both, or neither.
    there = {n: b for n, b in system.packages.items() if b.conditions == conditions and b.place == here}
    brought = dict(_brought(wanted.keys() - TOOLS, there))
    start = install.command.outer(install.program).start
    interpreter = environment.interpreter if environment.local else None
    for name, request in wanted.items():
        installed = machine.package_of(name, interpreter) if machine and interpreter else None
        package, found = brought.get(name, ("", None))
        span = found.evidence.span if found else None
        if installed is not None:
            evidence = Evidence(installed.belongs, span, "" if span else installed.path)
            yield Owned(name, installed, request, evidence)
        elif found is not None and span is not None:
            suite = _SUITES.get(environment.distribution or "") if found.manager == "apt" else None
            known = debian_package(name, suite) if suite else None
            held = DistributionPackage(package, known[1] if known else "", found.manager)
            yield Owned(name, held, request, found.evidence, earlier=span.start < start)


def is_enough(install: Install, owned: Owned) -> bool | None:
    """Whether the distribution's version is as good as pip's would be; None where that is not known."""
    if install.option(*_RENEWS, *(name.lstrip("-") for name in _RENEWS)) is not None:
        return False
    if owned.request.kind is not RequestKind.PROJECT:
        return False
    if not owned.request.specifier:
        return True
    return satisfies(owned.package.version, owned.request.specifier) if owned.package.version else None


def _brought(wanted: Collection[str], packages: Mapping[str, Brought]) -> Iterator[tuple[str, tuple[str, Brought]]]:
    for package, brought in packages.items():
        # reading the table of projects takes some milliseconds: most packages are none of Python's
        if is_library(package) or normalized(package) in wanted:
            for name in projects(package, brought.manager):
                if name in wanted:
                    yield name, (package, brought)
