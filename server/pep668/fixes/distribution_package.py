"""Install the distribution's own packages instead, as far as they are what the command asks for.

For Debian and Ubuntu the packages are known: their names, and for Debian 12 and 13 the versions, which must satisfy the
specifiers asked for; where they do not, the fix says which version there is. A list is split: what the distribution
does not have goes into a virtual environment that sees the distribution's packages. For other distributions the naming
scheme is known and the command is shown, not edited. On this machine an editor asks the package manager itself when
the fix is chosen.

Fix safety: unsafe, since the distribution's version is usually older.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pep668.context import Context
from pep668.data.applications import is_application
from pep668.model import Applicability, Finding, Fix, Judged, Query, Verdict

from ._distribution import Offer, Target, offers, target_of
from ._index import index
from ._managers import KNOWN, bringing, installing
from ._packages import PACKAGE, makes_later
from ._replace import movable, replaced
from ._split import shared_out

RULES = ("EM001", "EM002", "EM003", "EM006", "EM007")
ORDER = 30
ID = "distribution-package"


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged):
        return
    requests, target = movable(judged.install), target_of(context, judged.environment)
    if target is None or not requests or not judged.environment.of_distribution:
        return
    found = offers(target, requests)
    query = _query(target, found)
    for fix in _proposed(context, finding, target, found):
        yield replace(fix, query=query)


def _query(target: Target, found: Sequence[Offer]) -> Query | None:
    """What this machine's package manager could still be asked."""
    names = dict.fromkeys(c for offer in found if not offer.asked for c in offer.candidates)
    return Query(target.manager, tuple(names)) if target.local and names and target.manager in KNOWN else None


def _proposed(context: Context, finding: Finding, target: Target, found: Sequence[Offer]) -> Iterator[Fix]:
    judged = finding.subject
    assert isinstance(judged, Judged)
    taken = [offer for offer in found if offer.package and offer.enough]
    others = [offer for offer in found if offer not in taken]
    if not taken:
        if target.manager == "apt" or any(offer.asked for offer in found):
            yield from _excluded(target, others)
        elif len(found) == len(judged.install.requests):
            yield from _by_scheme(judged, target, found)
        return
    packages = list(dict.fromkeys(offer.package for offer in taken))
    if target.manager == "apt" and makes_later(context, judged.install.command):
        packages.append(PACKAGE)
    if len(taken) == len(judged.install.requests):
        yield _whole(context, judged, target, packages, taken)
    else:
        yield _split(context, finding, target, packages, (taken, others))


def _whole(context: Context, judged: Judged, target: Target, packages: list[str], taken: list[Offer]) -> Fix:
    commands = installing(context, judged, target.row, packages)
    edits = None if _twice(context, judged, taken) else replaced(context, judged.install, commands)
    version = f" {taken[0].version}" if len(packages) == 1 and taken[0].asked else ""
    title = f"Install {' '.join(packages)}{version} with {target.manager} instead"
    kind = Applicability.UNSAFE if edits else Applicability.DISPLAY_ONLY
    by_hand = target.row.install_command(packages, root=judged.environment.as_root)
    lines = [by_hand, *(offer.said(target) for offer in taken if offer.version)]
    return Fix(ID, title, edits or (), applicability=kind, explanation="\n".join(lines))


def _split(
    context: Context, finding: Finding, target: Target, packages: list[str], shares: tuple[list[Offer], list[Offer]]
) -> Fix:
    judged = finding.subject
    assert isinstance(judged, Judged)
    taken, others = shares
    moved = [offer.request for offer in taken]
    libraries = not all(is_application(request.name or "") for request in moved)
    by = bringing(context, judged, target.row, packages)
    edits, lines = shared_out(context, finding, moved, by, sees_system=libraries)
    title = f"Install {' '.join(packages)} with {target.manager}, the rest into a virtual environment"
    if _twice(context, judged, taken):
        edits = None
    kind = Applicability.UNSAFE if edits else Applicability.DISPLAY_ONLY
    said = [offer.said(target) for offer in (*others, *(o for o in taken if o.version))]
    return Fix(ID, title, edits or (), applicability=kind, explanation="\n".join([lines, *said]))


def _twice(context: Context, judged: Judged, taken: Sequence[Offer]) -> bool:
    """Whether pip installs one of the projects into the same Python elsewhere: two package managers would have it."""
    names = {offer.request.name for offer in taken}
    system = judged.install.command.region.place.system
    known = index(context)
    return any(
        other is not judged
        and other.environment.verdict is Verdict.ALLOWED
        and other.environment.of_distribution
        and other.install.operation == "install"
        and names.intersection(other.install.packages)
        and system in known.systems(other.install.command.region.place.system)
        for other in context.judged
    )


def _excluded(target: Target, others: Sequence[Offer]) -> Iterator[Fix]:
    """What the distribution has, where nothing of it is what is asked for."""
    said = [offer.said(target) for offer in others if offer.package or offer.asked]
    if said:
        title = said[0][0].upper() + said[0][1:] if others[0].enough is None else said[0]
        look = [f"apt-cache policy {offer.package}" for offer in others if offer.package and not offer.version]
        explanation = "\n".join([*said, *look])
        yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)


def _by_scheme(judged: Judged, target: Target, found: Sequence[Offer]) -> Iterator[Fix]:
    row = target.row
    names = [offer.candidates[0] if offer.candidates else "" for offer in found]
    line = row.install_command([n for n in names if n], root=judged.environment.as_root)
    if line and all(names):
        note = f"The names follow {row.label}'s scheme; whether the packages exist was not checked."
        yield Fix(
            ID, f"Show {row.label}'s packages", applicability=Applicability.DISPLAY_ONLY, explanation=f"{line}\n{note}"
        )
