"""Data files, each with its source and date, and typed access to them.

Nothing is read before it is asked for. `distributions.json` holds one row per
distribution; what a row does not say is not known and comes back empty or None.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ._files import load_json

ROLLING = "rolling"  # the release of sid, edge, Rawhide: newer than every number


@dataclass(frozen=True, slots=True)
class Shipped:
    """Versions that a release ships: "3.11", "23.0.1"; "" where not known."""

    python: str = ""
    pip: str = ""
    pipx: str = ""


_YES = dict.fromkeys(("apt", "dnf", "zypper", "xbps-install", "pkg"), "-y ") | {"pacman": "--noconfirm "}


@dataclass(frozen=True, slots=True)
class DistributionData:
    """A row of distributions.json.

    `install` is the package manager's command without sudo, "" where there is
    none to type; `names` the scheme of its Python packages; `venv` the packages
    that make `python3 -m venv` work besides Python itself (None: not known; empty:
    none). `{name}`, `{version}` ("3.11") and `{digits}` ("311") stand in templates.
    `marked` and `unmarked` are ranges of releases such as ">=12,<13", "*" or "".
    `since` says when the marker came, `marker` where it lies, `message` the gist of what
    it says; `ensurepip` is `disabled` where that has a message of its own.
    """

    id: str
    label: str
    install: str = ""
    sudo: bool = True
    names: str = ""
    python: str = ""
    pip: str = ""
    venv: tuple[str, ...] | None = None
    pipx: str = ""
    marked: str = ""
    unmarked: str = ""
    aliases: tuple[str, ...] = ()
    releases: Mapping[str, str] = field(default_factory=dict)
    ships: Mapping[str, Shipped] = field(default_factory=dict)
    since: str = ""
    marker: str = ""
    message: str = ""
    ensurepip: str = ""
    confidence: str = ""
    evidence: str = ""
    date: str = ""

    def package(self, name: str) -> str:
        """The usual name of the package of a Python project; "" where the scheme is not known."""
        return self.names.replace("{name}", name)

    def fill(self, template: str, python_version: str = "") -> str:
        """A template's package for that Python ("3.11"); "3" stands where the version is not known."""
        version = ".".join(python_version.split(".")[:2]) or "3"
        return template.replace("{version}", version).replace("{digits}", version.replace(".", ""))

    def venv_packages(self, python_version: str = "") -> tuple[str, ...]:
        """Packages to install so that `python -m venv` works there; empty: none, or not known."""
        return tuple(self.fill(t, python_version) for t in self.venv or ())

    def install_command(self, packages: Sequence[str], *, root: bool = False, asks: bool = True) -> str:
        """`sudo apt install python3.11-venv`; "" without a package manager or packages.

        Where it is not to ask (`asks`), as a part of a longer line, `sudo apt install -y python3.11-venv`.
        """
        if not self.install or not packages:
            return ""
        sudo = "sudo " if self.sudo and not root else ""
        yes = "" if asks else _YES.get(self.install.partition(" ")[0], "")
        return f"{sudo}{self.install} {yes}{shlex.join(packages)}"

    def release(self, name: str) -> str:
        """The number of a release named by number, codename, channel or image tag; "" where not known.

        `bookworm`, `12.5`, `12-slim`, `bookworm-20240110-slim` and `stable` are all understood.
        """
        for text in (name.strip().lower(), *_pieces(name)):
            if text in self.releases:
                return self.releases[text]
            if text == ROLLING or _numbers(text):
                return text
        return ""

    def shipped(self, name: str) -> Shipped | None:
        """What a release ships, None where not known."""
        release = self.release(name)
        numbers = _numbers(release)
        for known, shipped in self.ships.items():
            bound = _numbers(known)
            if known == release or (bound and numbers[: len(bound)] == bound):
                return shipped
        return None


@cache
def distributions() -> Mapping[str, DistributionData]:
    """All rows by os-release ID."""
    rows: dict[str, dict[str, Any]] = load_json("distributions.json")["distributions"]
    return {id: _row(id, rows) for id in rows}


_INHERITED = (*("install", "sudo", "names", "python", "pip", "venv", "pipx", "marker", "message", "ensurepip"),)


def _row(id: str, rows: Mapping[str, Mapping[str, Any]]) -> DistributionData:
    row = dict(rows[id])
    base = rows.get(row.pop("base", ""), {})
    row = {**{key: base[key] for key in _INHERITED if key in base}, **row}
    if "venv" in row:
        row["venv"] = tuple(row["venv"])
    row["aliases"] = tuple(row.get("aliases", ()))
    row["ships"] = {release: Shipped(**shipped) for release, shipped in row.get("ships", {}).items()}
    return DistributionData(id=id, **row)


@cache
def _by_alias() -> Mapping[str, DistributionData]:
    return {name: row for row in distributions().values() for name in (row.id, *row.aliases)}


def distribution(id: str, like: Sequence[str] = ()) -> DistributionData | None:
    """The row of an os-release ID or an image's name, else of the first known relative (ID_LIKE).

    A relative's row is good for packages; for releases use `marked` and `label`,
    which never look at relatives.
    """
    known = _by_alias()
    for name in (id, *like):
        row = known.get(name.lower())
        if row is not None:
            return row
    return None


def marked(distribution_id: str, release: str = "") -> bool | None:
    """Whether the Python of that release carries the marker; None where that is not known.

    `release` is a number, a codename, a channel (`latest`, `stable`, `edge`) or an
    image tag that begins with one. Channels mean what they meant on the data's date.
    For `homebrew` it is the version of Python.
    """
    row = distribution(distribution_id)
    if row is None:
        return None
    number = row.release(release)
    if _within(number, row.marked):
        return True
    if _within(number, row.unmarked):
        return False
    return None


def label(distribution_id: str, release: str = "") -> str:
    """A label for people: "Debian 12", "Ubuntu 24.04", "Alpine edge", "Arch Linux"; "" for an unknown ID."""
    row = distribution(distribution_id)
    if row is None:
        return ""
    number = row.release(release)
    if number == ROLLING:
        number = next((p for p in (release.strip().lower(), *_pieces(release)) if p in row.releases), "")
    if row.id == "ubuntu":
        number = ".".join(number.split(".")[:2])
    elif row.id == "debian":
        number = number.split(".")[0]
    elif row.id == "homebrew":
        number = ""  # its releases are Python's
    return f"{row.label} {number}".rstrip()


def _pieces(name: str) -> list[str]:
    """The parts of a tag; `12-slim` and `forky/sid` begin with the release."""
    return name.strip().lower().replace("_", "-").replace("/", "-").split("-")


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.removeprefix("v").split(".")
    if not all(p.isascii() and p.isdigit() and len(p) < 9 for p in parts):
        return ()
    return tuple(int(p) for p in parts)


def _within(version: str, ranges: str) -> bool:
    """Whether a release is surely in all of the ranges; a vaguer number (`3` for `>=3.19`) is not."""
    if not ranges:
        return False
    if ranges == "*":
        return True
    return bool(version) and all(_satisfies(version, clause) for clause in ranges.split(","))


def _satisfies(version: str, clause: str) -> bool:
    operator = clause[:2] if clause[1] == "=" else clause[0]
    if version == ROLLING:
        return operator[0] == ">"
    bound = _numbers(clause[len(operator) :])
    numbers = _numbers(version)
    if not numbers or (len(numbers) < len(bound) and numbers == bound[: len(numbers)]):
        return False
    numbers = numbers[: len(bound)]  # 22.04.5 is 22.04
    return {">=": numbers >= bound, "<": numbers < bound, "<=": numbers <= bound, ">": numbers > bound}[operator]


__all__ = ["ROLLING", "DistributionData", "Shipped", "distribution", "distributions", "label", "marked"]
