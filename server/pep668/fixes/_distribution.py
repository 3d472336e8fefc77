"""The distribution that an install reaches, and its packages for what the install asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pep668 import data
from pep668.context import Context
from pep668.data.applications import SUITES, debian_package, is_application
from pep668.data.versions import upstream
from pep668.environment.installed import satisfies
from pep668.model import Environment, Request

# Releases whose packages are known with their versions.
_RELEASES = {("debian", "12"): "bookworm", ("debian", "13"): "trixie"}
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")


@dataclass(frozen=True, slots=True)
class Target:
    """A distribution's row and release; `suite` is Debian's where the versions of its packages are known, else "".

    `local`: it is this machine's; `offered` are its package manager's answers so far, `python` its Python's version.
    """

    row: data.DistributionData
    release: str = ""
    local: bool = False
    offered: Mapping[str, str] = field(default_factory=dict)
    python: str = ""

    @property
    def manager(self) -> str:
        """The package manager as people call it: apt, apk, pacman."""
        return self.row.install.partition(" ")[0]

    @property
    def suite(self) -> str:
        return _RELEASES.get((self.row.id, self.release.partition(".")[0]), "")

    @property
    def label(self) -> str:
        """`Debian 12`."""
        return data.label(self.row.id, self.release) if self.release else self.row.label


@dataclass(frozen=True, slots=True)
class Offer:
    """What a distribution has of a request: the package ("": none is known) and its upstream version ("": not known).

    `enough`: whether that is what is asked for; None where it is not known. `candidates` are the names that the package
    may have; `asked`: the package manager has said so, and where it has none of them, `package` is "". `versions` are
    those of Debian's releases, where that of the distribution itself is not known.
    """

    request: Request
    package: str = ""
    version: str = ""
    enough: bool | None = False
    candidates: tuple[str, ...] = ()
    asked: bool = False
    versions: tuple[tuple[str, str], ...] = ()

    def said(self, target: Target) -> str:
        """`Debian 12 has python3-requests 2.28.1, which >=2.30 excludes`."""
        label, wanted = target.label, self.request.specifier
        if not self.package and self.asked:
            return f"{target.manager} has no {self.candidates[0]} here"
        if not self.package:
            return f"{label} has no package of {self.request.name}"
        has = f"{label} has {self.package} {self.version}".rstrip()
        if self.enough is False:
            return f"{has}, which {wanted} excludes"
        if self.enough is None:
            known = " and ".join(f"{name} {version}" for name, version in self.versions if version)
            others = f" (it is {known})" if known else ""
            return f"whether {label}'s {self.package} is {wanted} is not known here{others}"
        return has


def target_of(context: Context, environment: Environment) -> Target | None:
    """The distribution that the install reaches."""
    machine = context.machine.distribution if context.machine and environment.local else None
    if machine is not None:
        row = data.distribution(machine.id, machine.like)
        owner = environment.distribution or ""
        if row is not None and (not owner or owner.startswith((row.label, machine.name.split(" ")[0]))):
            own = data.distribution(machine.id) is row
            release = row.release(machine.version or machine.codename) if own else ""
            offered = context.machine.offered if context.machine else {}
            python = environment.interpreter.version if environment.interpreter else ""
            return Target(row, release, True, offered, python)
    label = environment.distribution or ""
    rows = [r for r in data.distributions().values() if label == r.label or label.startswith(f"{r.label} ")]
    if not rows:
        return None
    row = max(rows, key=lambda r: len(r.label))
    return Target(row, label[len(row.label) :].strip())


def offers(target: Target, requests: Iterable[Request]) -> list[Offer]:
    """What the target has of each request. Extras and markers are the index's business: nothing is known of them."""
    return [Offer(r) if "[" in r.text or ";" in r.text else _offer(target, r) for r in requests]


def _offer(target: Target, request: Request) -> Offer:
    candidates = tuple(c for c in dict.fromkeys(_candidates(target, request.name or "")) if _PACKAGE.fullmatch(c))
    there = next((c for c in candidates if target.offered.get(c)), "")
    if there:
        version = upstream(target.offered[there])
        enough = satisfies(version, request.specifier) if request.specifier else True
        return Offer(request, there, version, enough, candidates, asked=True)
    if candidates and all(c in target.offered for c in candidates):
        return Offer(request, candidates=candidates, asked=True)
    return _by_data(target, request, candidates)


def _by_data(target: Target, request: Request, candidates: tuple[str, ...]) -> Offer:
    name = request.name or ""
    if target.manager != "apt":
        return Offer(request, candidates=candidates)
    if target.suite:
        package, version = debian_package(name, target.suite) or ("", "")
        if not package:
            return Offer(request, candidates=candidates)
        enough: bool | None = not request.specifier
        if request.specifier:
            enough = satisfies(version, request.specifier) if version else None
        return Offer(request, package, version, enough, candidates)
    found = {suite: debian_package(name, suite) for suite in SUITES}
    packages = {f[0] if f else "" for f in found.values()}
    if len(packages) != 1 or "" in packages:
        return Offer(request, candidates=candidates)  # others surely have only what all of Debian's releases have
    labels = {suite: data.label("debian", suite) for suite in SUITES}
    versions = tuple((f"{labels[s]}'s", f[1]) for s, f in found.items() if f)
    return Offer(request, packages.pop(), "", None if request.specifier else True, candidates, versions=versions)


def _candidates(target: Target, name: str) -> Iterable[str]:
    """The names that a project's package may have there, the likeliest first."""
    debian = [found[0] for suite in reversed(SUITES) if (found := debian_package(name, suite))]
    stem = name.removeprefix("python-")
    if target.manager == "apt":
        if target.suite:
            found = debian_package(name, target.suite)
            return [found[0]] if found else []
        return [*debian, f"python3-{stem}"]
    usual = target.row.fill(target.row.package(stem), target.python)
    if not usual:
        return []
    # Others follow Debian's names often: py3-yaml is what python3-yaml is.
    alike = (d.removeprefix("python3-") for d in debian if d.startswith("python3-"))
    others = [target.row.fill(target.row.package(d), target.python) for d in alike]
    return [*([name] if is_application(name) else []), usual, *others]
