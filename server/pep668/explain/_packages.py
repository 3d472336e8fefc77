"""The packages of this machine's distribution: for a project, for pip, venv and pipx."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pep668 import data
from pep668.data import DistributionData
from pep668.data.applications import debian_package
from pep668.model import Install, Interpreter, Machine, RequestKind

_VENV = re.compile(r"python(?:3(?:\.\d+)?)?-(?:venv|virtualenv)")
_OF_VERSION = re.compile(r"python(?P<version>\d\.\d{1,2})(?:-|\Z)")
_OLD = re.compile(r"python[23]?(?:\.\d+)?-")
_SYSTEM = ("pip", "venv", "full", "dev", "setuptools", "wheel")
_SUITES = {"12": "bookworm", "13": "trixie"}


class Packages:
    """What the distribution's package manager offers; nothing where the distribution is not known.

    For a `python` that is not the distribution's, Homebrew's or uv's, what its own manager does.
    """

    def __init__(self, machine: Machine | None, python: Interpreter | None = None) -> None:
        self._machine = machine
        distribution = machine.distribution if machine else None
        self.root = machine is not None and machine.root
        self._windows = distribution is not None and distribution.id == "windows"
        self._row = data.distribution(distribution.id, distribution.like) if distribution else None
        release = distribution.version.partition(".")[0] if distribution else ""
        self._suite = _SUITES.get(release) if distribution and distribution.id == "debian" else None
        self._owner = python.owner if python is not None and python.prefix != "/usr" else ""
        self._system = self._row
        if self._owner:
            self._row = next((row for row in data.distributions().values() if row.label == self._owner), None)
            self._suite = None

    @property
    def label(self) -> str:
        """The name of what manages the Python in a sentence, "" where it is not known."""
        return self._owner or (self._row.label if self._row else "")

    @property
    def manager(self) -> str:
        return self._row.install.split(" ")[0] if self._row else ""

    @property
    def removes(self) -> bool:
        """Whether `MANAGER remove NAME` is how a package is removed."""
        return self.manager in ("apt", "apt-get", "dnf", "zypper")

    def install(self, *packages: str) -> str:
        """The command that installs packages, "" where there is none to type."""
        return self._row.install_command(packages, root=self.root) if self._row else ""

    def venv(self, python: str) -> str:
        """The part of a line after which `python -m venv` works; Debian's way where nothing is known, "" on Windows."""
        if self._row is not None:
            return self._part(self._row, self._row.venv_packages(python))
        if self._windows:
            return ""
        package = f"python{python}-venv" if python else "python3-venv"
        return f"{'' if self.root else 'sudo '}apt install -y {package}"

    def _part(self, row: DistributionData, packages: Sequence[str]) -> str:
        return row.install_command(packages, root=self.root, asks=False)

    def pip(self) -> str:
        return self.install(self._row.fill(self._row.pip)) if self._row and self._row.pip else ""

    def pipx(self) -> str:
        """The part of a line after which pipx is there, whichever Python it runs with."""
        row = self._row or self._system
        return self._part(row, [row.fill(row.pipx)]) if row and row.pipx else ""

    def holding(self, install: Install) -> list[tuple[str, str]]:
        """The Debian packages, with versions, of all that an install asks for; none where one is missing."""
        if self._suite is None or not install.requests:
            return []
        found: list[tuple[str, str]] = []
        for request in install.requests:
            package = debian_package(request.name, self._suite) if request.name else None
            if request.kind is not RequestKind.PROJECT or package is None or "[" in request.text:
                return []
            if request.specifier and not satisfies(package[1], request.specifier):
                return []
            found.append(package)
        return found

    def belonging(self, name: str) -> str:
        """What this machine's database says of a project: whose it is, and what depends on it; "" where it has none."""
        found = self._machine.packages.get(name, ()) if self._machine and not self._owner else ()
        return found[0].belongs if found else ""

    @property
    def _own(self) -> str:
        """The version of the distribution's Python, "" where it is not known."""
        programs = self._machine.programs if self._machine else {}
        found = programs.get("/usr/bin/python3") or programs.get("python3")
        return found.version if found is not None else ""

    def foreign(self, name: str) -> str:
        """The version of Python that a package's name is for, "" for none and for that of this machine."""
        found = _OF_VERSION.match(name)
        return found["version"] if found is not None and found["version"] != self._own else ""

    def corrected(self, name: str) -> str:
        """The name that a package has here, for one that was typed: `python3-pip` for `python-pip`; "" for none.

        The package that makes `python3 -m venv` work is that of this machine's Python. For a package of a Python that
        is not this machine's, see `foreign`, it is the one that is for this machine's.
        """
        if self._row is None or self.manager not in ("apt", "apt-get"):
            return ""
        if _VENV.fullmatch(name):
            own = self._own
            return f"python{own}-venv" if own else ""
        stem = _OLD.sub("", name)
        if stem == name:
            return self.of_project(name) or ""
        if stem in _SYSTEM:
            return f"python3-{stem}"
        return self.of_project(stem) or ("" if name.startswith("python3") or self._suite else f"python3-{stem}")

    def of_project(self, name: str) -> str | None:
        package = debian_package(name, self._suite) if self._suite else None
        return package[0] if package else None


def satisfies(version: str, specifier: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False
