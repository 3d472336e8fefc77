"""The distribution that an install reaches, and its packages for what the install asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pep668 import data
from pep668.context import Context
from pep668.data.applications import SUITES, debian_package
from pep668.environment.installed import satisfies
from pep668.model import Environment, Request

# Releases whose packages are known with their versions.
_RELEASES = {("debian", "12"): "bookworm", ("debian", "13"): "trixie"}


@dataclass(frozen=True, slots=True)
class Target:
    """A distribution's row and release; `suite` is Debian's where the versions of its packages are known, else ""."""

    row: data.DistributionData
    release: str = ""

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

    `enough`: whether that is what is asked for; None where it is not known. `versions` are those of Debian's releases,
    where that of the distribution itself is not known.
    """

    request: Request
    package: str = ""
    version: str = ""
    enough: bool | None = False
    versions: tuple[tuple[str, str], ...] = ()

    def said(self, label: str) -> str:
        """`Debian 12 has python3-requests 2.28.1, which >=2.30 excludes`."""
        asked = self.request.specifier
        if not self.package:
            return f"{label} has no package of {self.request.name}"
        has = f"{label} has {self.package} {self.version}".rstrip()
        if self.enough is False:
            return f"{has}, which {asked} excludes"
        if self.enough is None:
            known = " and ".join(f"{name} {version}" for name, version in self.versions if version)
            others = f" (it is {known})" if known else ""
            return f"whether {label}'s {self.package} is {asked} is not known here{others}"
        return has


def target_of(context: Context, environment: Environment) -> Target | None:
    """The distribution that the install reaches."""
    machine = context.machine.distribution if context.machine and environment.local else None
    if machine is not None:
        row = data.distribution(machine.id, machine.like)
        owner = environment.distribution or ""
        if row is not None and (not owner or owner.startswith((row.label, machine.name.split(" ")[0]))):
            own = data.distribution(machine.id) is row
            return Target(row, row.release(machine.version or machine.codename) if own else "")
    label = environment.distribution or ""
    rows = [r for r in data.distributions().values() if label == r.label or label.startswith(f"{r.label} ")]
    if not rows:
        return None
    row = max(rows, key=lambda r: len(r.label))
    return Target(row, label[len(row.label) :].strip())


def offers(target: Target, requests: Iterable[Request]) -> list[Offer]:
    """What the target has of each request. Extras and markers are the index's business: nothing is known of them."""
    return [_offer(target, request) for request in requests]


def _offer(target: Target, request: Request) -> Offer:
    name = request.name or ""
    if "[" in request.text or ";" in request.text:
        return Offer(request)
    if target.suite:
        package, version = debian_package(name, target.suite) or ("", "")
        if not package:
            return Offer(request)
        enough = satisfies(version, request.specifier) if request.specifier and version else not request.specifier
        return Offer(request, package, version, enough if version or not request.specifier else None)
    found = {suite: debian_package(name, suite) for suite in SUITES}
    packages = {f[0] if f else "" for f in found.values()}
    if len(packages) != 1 or "" in packages:
        return Offer(request)  # of the others only those are sure to have it that stand between Debian's releases
    labels = {suite: data.label("debian", suite) for suite in SUITES}
    versions = tuple((f"{labels[s]}'s", f[1]) for s, f in found.items() if f)
    return Offer(request, packages.pop(), "", None if request.specifier else True, versions)
