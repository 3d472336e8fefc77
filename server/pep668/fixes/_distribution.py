"""The distribution that an install reaches, and its packages for what the install asks for."""

from __future__ import annotations

from pep668 import data
from pep668.context import Context
from pep668.data.applications import SUITES, debian_package
from pep668.model import Environment, Request


def row_of(context: Context, environment: Environment) -> tuple[data.DistributionData | None, str]:
    """The distribution that the install reaches, and its release."""
    machine = context.machine.distribution if context.machine and environment.local else None
    if machine is not None:
        row = data.distribution(machine.id, machine.like)
        owner = environment.distribution or ""
        if row is not None and (not owner or owner.startswith((row.label, machine.name.split(" ")[0]))):
            return row, machine.version.partition(".")[0]
    label = environment.distribution or ""
    rows = [r for r in data.distributions().values() if label == r.label or label.startswith(f"{r.label} ")]
    if not rows:
        return None, ""
    row = max(rows, key=lambda r: len(r.label))
    return row, label[len(row.label) :].strip()


def package_for(request: Request, suite: str) -> str | None:
    """The package that holds what is asked for; without a suite it must be the same in all, whatever the version."""
    name = request.name or ""
    found = {debian_package(name, s) for s in ((suite,) if suite else SUITES)}
    names = {f[0] for f in found if f}
    if None in found or len(names) != 1:
        return None
    if request.specifier:
        versions = [f[1] for f in found if f]
        if not suite or not _satisfies(versions[0], request.specifier):
            return None
    return names.pop()


def _satisfies(version: str, specifier: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False
