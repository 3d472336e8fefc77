"""Which pip an install runs, as far as that is known, and what its version means for the check.

Source: pip's changelog. 23.0 reads the marker, 23.0.1 has `--break-system-packages`.
"""

from __future__ import annotations

import re

from pep668.model import EnvironmentKind, Evidence, Install, RequestKind

from .place import PlaceInfo
from .state import System
from .target import Target

_CHECK_SINCE = (23, 0)
_FLAG_SINCE = (23, 0, 1)


def pip_of(target: Target, system: System, place: PlaceInfo) -> tuple[str, Evidence | None]:
    """The version of the pip that runs, "" where it is not known, and the command that installed it."""
    if target.kind is EnvironmentKind.VIRTUAL:
        return "", None
    if system.pip_version is not None:
        return system.pip_version
    if target.interpreter is not None and target.interpreter.pip_version:
        return target.interpreter.pip_version, None
    return (place.ships.pip if place.known else ""), None


def reads_no_marker(version: str) -> bool:
    return bool(version) and _numbers(version) < _CHECK_SINCE


def lacks_the_flag(version: str) -> bool:
    return bool(version) and _numbers(version) < _FLAG_SINCE


def brought(install: Install) -> str | None:
    """The version of pip that an install of pip brings, "" where that cannot be told; None for any other install."""
    if install.tool != "pip" or install.operation != "install" or install.passes_check:
        return None
    wanted = next((r for r in install.requests if r.kind is RequestKind.PROJECT and r.name == "pip"), None)
    if wanted is None:
        return None
    exact = re.fullmatch(r"={2,3}\s*([0-9.]+?)(?:\.\*)?", wanted.specifier)
    if exact:
        return exact[1]
    below = re.search(r"<(=?)\s*([0-9.]+)", wanted.specifier)
    if below and _numbers(below[2]) <= _CHECK_SINCE and not below[1]:
        return "22.3.1"  # the newest below
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    found = tuple(int(n) for n in re.findall(r"\d+", version)[:3])
    return (*found, 0, 0)[:3] if len(found) > 1 else (*found, 0)
