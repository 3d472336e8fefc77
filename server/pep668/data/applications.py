"""What is known of PyPI projects: which are applications, and which Debian package holds one.

Sources: the Debian archive's indices of bookworm and trixie (2026-11-21, -22) and lists kept in
`scripts/derive_applications.py`; `applications.txt` and `debian_packages.gz` are made by the scripts of that name.
Read when first asked for; a name that is not found costs one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ._files import load_bytes
from .names import normalized

SUITES = ("bookworm", "trixie")


@cache
def _applications() -> frozenset[str]:
    text = load_bytes("applications.txt").decode()
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def is_application(name: str) -> bool:
    """Whether a project is a program that people run and nothing imports."""
    return normalized(name) in _applications()


def applications_among(names: Iterable[str]) -> list[str]:
    """Those of a package list that can be moved to pipx: no application whose plugin (`tox-uv`) stands beside it."""
    every = [normalized(name) for name in names]
    return [
        name
        for name in dict.fromkeys(every)
        if name in _applications()
        and not any(other.startswith(f"{name}-") or other.endswith(f"-{name}") for other in every if other != name)
    ]


@cache
def _debian() -> dict[str, list[str]]:
    import gzip

    lines = gzip.decompress(load_bytes("debian_packages.gz")).decode().splitlines()
    return {line.partition("\t")[0]: line.split("\t")[1:] for line in lines if not line.startswith("#")}


def debian_package(name: str, suite: str | None = None) -> tuple[str, str] | None:
    """The package that holds a project in a suite (None: the newest known) and its upstream version, "" if not known.

    Main component only. Names that differ from PyPI's (opencv-python) are found by the aliases. None where the suite
    has no such package or is not known.
    """
    name = normalized(name)
    fields = _debian().get(name)
    suite = SUITES[-1] if suite is None else suite
    if fields is None or suite not in SUITES:
        return None
    at = SUITES.index(suite) * 2
    package = fields[at]
    if package == "=":
        package = fields[at - 2]
    if package == "-":
        return None
    return package or f"python3-{name}", fields[at + 1]


@cache
def _holdings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, fields in _debian().items():
        for package in fields[::2]:
            if package not in ("=", "-"):
                found.setdefault(package or f"python3-{name}", set()).add(name)
    return {package: frozenset(names) for package, names in found.items()}


def debian_holdings(package: str) -> frozenset[str]:
    """The projects that a Debian package holds, in any suite that is known, under each name that PyPI has for them."""
    return _holdings().get(package, frozenset())
