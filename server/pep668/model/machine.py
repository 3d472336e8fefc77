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
    `virtual` whether a pyvenv.cfg makes it an environment's.
    """

    path: str
    real: str
    version: str = ""
    prefix: str = ""
    virtual: bool = False
    marker: Marker | None = None
    pip_version: str = ""
    owner: str = ""


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
class Machine:
    """A snapshot of what `machine.py` read: enough to answer without IO.

    `programs` maps names (`pip`, `python3`, `uv`) and absolute paths to the
    interpreter that they run, None where the program is there but its interpreter
    is not known. A name that is missing is not on PATH.
    """

    distribution: Distribution | None = None
    programs: Mapping[str, Interpreter | None] = field(default_factory=dict)
    environments: tuple[VirtualEnvironment, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    pip_config: Mapping[str, str] = field(default_factory=dict)
    pip_config_files: Mapping[str, str] = field(default_factory=dict)
    root: bool = False
    folder: str = ""
