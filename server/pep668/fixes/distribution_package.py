"""Install the distribution's own package instead, where all that the command asks for is there.

For Debian and Ubuntu the packages are known: their names, and for Debian 12 and 13 the versions, which must satisfy the
specifiers asked for. For other distributions the naming scheme is known and the command is shown, not edited.

Fix safety: unsafe, since the distribution's version is usually older.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Finding, Fix, Judged

from ._distribution import package_for, row_of
from ._image import anchor
from ._packages import before
from ._replace import plain_projects, replaced

RULES = ("EM001", "EM002", "EM003", "EM006", "EM007")
ORDER = 30
ID = "distribution-package"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or not plain_projects(judged.install):
        return
    install = judged.install
    row, release = row_of(context, judged.environment)
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
    packages = [package_for(request, suite) for request in install.requests]
    if None in packages:
        return
    listed = " ".join(dict.fromkeys(p for p in packages if p))
    edits = replaced(context, install, _commands(context, judged, listed))
    title = f"Install {listed} with apt instead"
    kind = Applicability.UNSAFE if edits else Applicability.DISPLAY_ONLY
    yield Fix(ID, title, edits or (), applicability=kind, explanation=f"sudo apt install {listed}")


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
        for c in before(context, judged.install.command)
    )
    line = f"apt-get install -y --no-install-recommends {listed}"
    return [line] if updated else ["apt-get update", line]
