"""This machine, as far as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Distribution:
    """From os-release: `id` debian, `version` "12", `codename` bookworm, `like` its relatives."""

    id: str
    version: str = ""
    codename: str = ""
    name: str = ""
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """An EXTERNALLY-MANAGED file: its path and the message for the given locale ("" where it has none)."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python found on this machine, read from files only.

    `path` as found, `real` behind all symbolic links, `version` "3.11" or "",
    `virtual` whether a pyvenv.cfg makes it an environment's, `ensurepip` whether it can make one with a pip in it.
    """

    path: str
    real: str
    version: str = ""
    prefix: str = ""
    virtual: bool = False
    marker: Marker | None = None
    pip_version: str = ""
    owner: str = ""
    ensurepip: bool = True


@dataclass(frozen=True, slots=True)
class VirtualEnvironment:
    """A folder with pyvenv.cfg. `complete`: its Python is there and not dangling; `seeded`: it has a pip.

    `installed` maps the normalized names of what its Python can import to versions, "" where a version is not known;
    None where that could not be read. Those of the system count where the environment lets them through.
    """

    path: str
    python: str
    version: str = ""
    complete: bool = True
    seeded: bool = True
    installed: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DistributionPackage:
    """An installed package of the distribution that holds a project.

    `version` is the project's, "" where not known; `manager` the program that people know it by (apt); `dependents`
    name the packages that depend on it, programs before libraries; `python` is the version of Python whose folder it
    is in ("3.12", "3" for all); `path` a file that shows what is installed.
    """

    name: str
    version: str
    manager: str
    dependents: tuple[str, ...] = ()
    python: str = "3"
    path: str = ""

    @property
    def belongs(self) -> str:
        """`python3-yaml 6.0 belongs to apt; cloud-init, ansible and 4 more depend on it`."""
        text = f"{self.name} {self.version}".rstrip() + f" belongs to {self.manager}"
        names = self.dependents
        if not names:
            return text
        if len(names) > 3:
            return f"{text}; {names[0]}, {names[1]} and {len(names) - 2} more depend on it"
        listed = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
        return f"{text}; {listed} depend{'s' if len(names) == 1 else ''} on it"


@dataclass(frozen=True, slots=True)
class Machine:
    """A snapshot of what `machine.py` read: enough to answer without IO.

    `programs` maps names (`pip`, `python3`, `uv`) and absolute paths to the
    interpreter that they run, None where the program is there but its interpreter
    is not known. A name that is missing is not on PATH. `packages` are those of the
    distribution by the projects they hold; empty where nobody asked for them. `project_tool`
    is what the folder's project is managed with (`uv`), "" where nothing says so. `offered` are the
    versions of packages that the package manager was asked about, "" for one that it does not have. `pip_wheel` is
    the wheel of pip that the distribution keeps for environments; it can be run as it is. `exists` tells whether
    `folder` is there, `home` is the user's.
    """

    distribution: Distribution | None = None
    programs: Mapping[str, Interpreter | None] = field(default_factory=dict)
    environments: tuple[VirtualEnvironment, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    pip_config: Mapping[str, str] = field(default_factory=dict)
    pip_config_files: Mapping[str, str] = field(default_factory=dict)
    root: bool = False
    folder: str = ""
    packages: Mapping[str, tuple[DistributionPackage, ...]] = field(default_factory=dict)
    project_tool: str = ""
    offered: Mapping[str, str] = field(default_factory=dict)
    pip_wheel: str = ""
    exists: bool = True
    home: str = ""

    def package_of(self, project: str, interpreter: Interpreter) -> DistributionPackage | None:
        """The distribution's package that holds a project, by its normalized name, for that Python of the system's."""
        if interpreter.virtual or interpreter.prefix != "/usr":
            return None
        found = (p for p in self.packages.get(project, ()) if p.python in ("3", interpreter.version))
        return next(found, None)
