"""Whether the workspace's environment has what a file asks for, from what a snapshot of the machine read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from pep668.model import Machine, Requirement, RequirementsFile, RequirementsKind, VirtualEnvironment

_VARIABLE = re.compile(
    r"(?<![\w.])(?:python_\w+|os_name|sys\.?_?platform|platform\w*|os\.name|implementation\w*|extra\w*|"
    r"dependency_groups)"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
# By os-release ID: what `sys.platform`, `os.name` and `platform.system()` say there; Linux for all others.
_PLATFORMS = {"macos": ("darwin", "posix", "Darwin"), "windows": ("win32", "nt", "Windows")}


class State(Enum):
    INSTALLED = "installed"
    OTHER_VERSION = "other version"
    MISSING = "missing"
    NOT_WANTED = "not wanted"  # its marker says so
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Installed:
    """What an environment has of a requirement; `version` is "" where it has none, or one that is not known."""

    state: State
    version: str = ""


def workspace_environment(machine: Machine | None, directory: str) -> VirtualEnvironment | None:
    """The working environment that a workspace's installs go to: the one that the settings name, else the first."""
    if machine is None:
        return None
    working = [e for e in machine.environments if e.complete]
    return next((e for e in working if name_of(e) == directory), working[0] if working else None)


def name_of(environment: VirtualEnvironment) -> str:
    """The name of its folder."""
    return re.split(r"[/\\]", environment.path.rstrip("/\\"))[-1]


def look_up(requirement: Requirement, environment: VirtualEnvironment, machine: Machine) -> Installed:
    """What the environment has of a requirement. Nothing is said of what cannot be decided from here."""
    if environment.installed is None or not requirement.name or requirement.group in ("conda", "build-system"):
        return Installed(State.UNKNOWN)
    wanted = applies(requirement.marker, environment, machine)
    if wanted is not True:
        return Installed(State.UNKNOWN if wanted is None else State.NOT_WANTED)
    version = environment.installed.get(requirement.name)
    if version is None:
        return Installed(State.MISSING)
    if requirement.url or not requirement.specifier:
        return Installed(State.INSTALLED, version)
    satisfied = satisfies(version, requirement.specifier)
    if satisfied is None:
        return Installed(State.UNKNOWN, version)
    return Installed(State.INSTALLED if satisfied else State.OTHER_VERSION, version)


def in_use(file: RequirementsFile, environment: VirtualEnvironment) -> frozenset[str]:
    """The groups of a file that the environment is meant to have.

    Everybody gets what belongs to no group; an extra or a dependency group was asked for where something of it is
    installed that nothing else asks for.
    """
    installed = environment.installed or {}
    everybody = {r.name for r in file.requirements if not r.group}
    return frozenset(
        {"", *(r.group for r in file.requirements if r.group and r.name in installed and r.name not in everybody)}
    )


def satisfies(version: str, specifier: str) -> bool | None:
    """Whether a version is among those that a specifier allows; None where one of them is not understood."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None


def applies(marker: str, environment: VirtualEnvironment, machine: Machine) -> bool | None:
    """Whether a marker holds in that environment on that machine; None where that cannot be told."""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    distribution = machine.distribution.id if machine.distribution else ""
    platform, name, system = _PLATFORMS.get(distribution, ("linux", "posix", "Linux"))
    known = {"sys_platform": platform, "os_name": name, "platform_system": system}
    if distribution in ("", "termux"):
        known = {}
    if environment.version:
        known["python_version"] = environment.version
    asked = {v.replace(".", "_") for v in _VARIABLE.findall(_QUOTED.sub("", marker))}
    if not asked <= set(known):
        return None
    try:
        return Marker(marker).evaluate(dict(known))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return None


def installable(file: RequirementsFile) -> bool:
    """Whether what the file asks for is installed into an environment of the folder, and not by a build or conda."""
    return file.kind not in (RequirementsKind.BUILD, RequirementsKind.CONDA)


def limits_only(path: str) -> bool:
    """Whether a file by its name holds constraints: versions for what others install."""
    return "constraint" in path.replace("\\", "/").rpartition("/")[2].lower() or "/constraints/" in f"/{path}"


def contents(file: RequirementsFile, path: str) -> tuple[list[str], list[str], list[str]]:
    """Packages, requirements files and editable projects that install a whole file.

    `path` is the file's, relative to the folder. Empty where pip would look elsewhere than the file says.
    """
    if file.kind is RequirementsKind.REQUIREMENTS:
        return [], [path], []
    if file.sources:
        return [], [], []
    if file.kind is RequirementsKind.PROJECT:
        return [], [], [path.rpartition("/")[0] or "."]
    packages = (installable_text(r) for r in file.requirements if r.group not in ("build-system", "conda"))
    return [p for p in dict.fromkeys(packages) if p], [], []


def installable_text(requirement: Requirement) -> str | None:
    """A requirement as an argument of `pip install`; None where only its own file can say it.

    Variables are replaced in files only, and a path is relative to the file; a name instead would install another
    project than the one that is meant.
    """
    if "$" in requirement.text or (requirement.url and "://" not in requirement.url):
        return None
    return f"{requirement.text} ; {requirement.marker}" if requirement.marker else requirement.text
