"""Projects that an install asks for and that the distribution's package manager has brought into the same Python."""

from __future__ import annotations

from pep668 import data
from pep668.data.applications import SUITES, debian_package
from pep668.model import EnvironmentKind, Install, Owned, RequestKind

from .place import PlaceInfo
from .state import System
from .target import Target

_LIBRARIES = ("python3-", "python-", "py3-")
_TOOLS = frozenset(("pip", "setuptools", "wheel"))  # every second script renews them first
_SYSTEM = (EnvironmentKind.SYSTEM_MANAGED, EnvironmentKind.SYSTEM_UNMANAGED, EnvironmentKind.USER_MACHINE)


def owned(install: Install, system: System, place: PlaceInfo, target: Target) -> tuple[Owned, ...]:
    """Those of an install into the distribution's own Python, by the names of the packages installed before."""
    if install.operation != "install" or target.kind not in _SYSTEM or place.python != "system":
        return ()
    if install.passes_check or not any(name.startswith(_LIBRARIES) for name in system.packages):
        return ()
    row = data.distribution(place.distribution or "debian")
    found = []
    for request in install.requests:
        if request.kind is not RequestKind.PROJECT or request.name in _TOOLS or not request.name or row is None:
            continue
        names = {row.package(request.name)}
        if row.install.startswith("apt"):
            names |= {p[0] for suite in SUITES if (p := debian_package(request.name, suite))}
        package = next((name for name in sorted(names) if name in system.packages), None)
        if package is not None:
            found.append(Owned(request.name, package, request, system.packages[package]))
    return tuple(found)
