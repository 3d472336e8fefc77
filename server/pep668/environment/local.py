"""This machine, from the snapshot that `machine.py` took: which interpreter a program runs."""

from __future__ import annotations

from pep668.model import EnvironmentKind, Evidence, Interpreter, Machine, Managed

from .target import Target


def lookup(machine: Machine, program: str, *, sudo: bool = False) -> Interpreter | None:
    """The interpreter that a name on PATH or an absolute path runs. sudo searches the system's folders only."""
    if sudo and "/" not in program:
        for folder in ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"):
            found = machine.programs.get(f"{folder}/{program}")
            if found is not None:
                return found
    return machine.programs.get(program)


def interpreter(machine: Machine, path: str) -> Interpreter | None:
    """The interpreter behind a path as written, relative ones seen from the machine's folder."""
    found = machine.programs.get(path)
    if found is None and machine.folder and not path.startswith(("/", "~", "${")):
        found = machine.programs.get(f"{machine.folder.rstrip('/')}/{path.removeprefix('./')}")
    return found


def reaches(program: str, found: Interpreter) -> str:
    version = f" (Python {found.version})" if found.version else ""
    return f"{program} is {found.path}{version} on this machine"


def target(found: Interpreter, evidence: Evidence) -> Target:
    if found.virtual:
        return Target(
            Managed.NO, EnvironmentKind.VIRTUAL, (evidence,), found.path, virtual=found.prefix, interpreter=found
        )
    if found.marker is None:
        return Target(Managed.NO, EnvironmentKind.SYSTEM_UNMANAGED, (evidence,), found.path, interpreter=found)
    marker = Evidence(f"{found.marker.path} marks it as externally managed", path=found.marker.path)
    return Target(Managed.YES, EnvironmentKind.SYSTEM_MANAGED, (evidence, marker), found.path, interpreter=found)
