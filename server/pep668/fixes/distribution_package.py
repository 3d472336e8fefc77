"""Install the distribution's own package instead, where all that the command asks for is there.

For Debian and Ubuntu the packages are known: their names, and for Debian 12 and 13 the versions, which must satisfy the
specifiers asked for. For other distributions the naming scheme is known and the command is shown, not edited.

Fix safety: unsafe, since the distribution's version is usually older.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import data
from ..context import Context
from ..data.applications import SUITES, debian_package
from ..model import Applicability, Environment, Finding, Fix, Judged, Request
from ._docker import anchor
from ._packages import before
from ._replace import plain_projects, replaced

RULES = ("EM001", "EM002", "EM003", "EM006")
ORDER = 30
ID = "distribution-package"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or not plain_projects(judged.install):
        return
    install = judged.install
    row, release = _row(context, judged.environment)
    if row is None or any("[" in r.text for r in install.requests):
        return
    if not row.install.startswith("apt"):
        names = [row.package(r.name or "") for r in install.requests]
        line = row.install_command([n for n in names if n])
        if line and all(names):
            explanation = f"{line}\nThe names follow {row.label}'s scheme; whether the packages exist was not checked."
            yield Fix(
                ID, f"Show {row.label}'s packages", applicability=Applicability.DISPLAY_ONLY, explanation=explanation
            )
        return
    suite = {"12": "bookworm", "13": "trixie"}.get(release, "") if row.id == "debian" else ""
    packages = [_package(request, suite) for request in install.requests]
    if None in packages:
        return
    listed = " ".join(dict.fromkeys(p for p in packages if p))
    edits = replaced(context, install, _commands(context, judged, listed))
    title = f"Install {listed} with apt instead"
    kind = Applicability.UNSAFE if edits else Applicability.DISPLAY_ONLY
    yield Fix(ID, title, edits or (), applicability=kind, explanation=f"sudo apt install {listed}")


def _row(context: Context, environment: Environment) -> tuple[data.DistributionData | None, str]:
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


def _package(request: Request, suite: str) -> str | None:
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


def _commands(context: Context, judged: Judged, listed: str) -> list[str]:
    command = judged.install.command
    if anchor(command) is None:
        sudo = "" if judged.environment.as_root and not command.wrappers else "sudo "
        return [f"{sudo}apt-get install -y {listed}"]
    user = command.region.fact("user")
    if user is not None and user.value not in ("root", "0"):
        return []
    updated = any(
        c.region is command.region and any(w.value == "update" for w in c.words)
        for c in before(context, judged.install)
    )
    line = f"apt-get install -y --no-install-recommends {listed}"
    return [line] if updated else ["apt-get update", line]
