"""Systems that a document can be judged as if run on: `debian:13`, `macos`, a runner's label, a container image."""

from __future__ import annotations

from dataclasses import replace

from pep668 import data
from pep668.model import Evidence, Managed

from . import images, runners
from .place import PlaceInfo, managed_by, of_image, of_platform, of_runner

# What a maintainer's readers have; `--on common`.
COMMON = ("debian:12", "debian:13", "ubuntu:22.04", "ubuntu:24.04", "alpine", "arch", "fedora", "macos", "windows")
_NEWEST = "latest"


def resolve(name: str, directory: str = "") -> PlaceInfo | None:
    """What is known of a system by its name, None for an unknown one.

    A distribution with or without its release, as people have it on their machine; `macos` is one with Homebrew's
    Python, `windows` one with python.org's; then the labels of CI runners, then images.
    """
    evidence = Evidence(f"judged as on {name}")
    id, _, release = name.strip().lower().partition(":")
    if id in ("macos", "darwin") and not release:
        found = of_runner("macos-latest", evidence, directory)
        return replace(found, label="macOS", evidence=(Evidence("judged as on macOS with Homebrew's Python"),))
    if id == "windows":
        return of_platform("windows", evidence, directory)
    row = data.distribution(id)
    if row is not None and row.id != "macos":
        return _distribution(row, release, evidence, directory)
    if runners.lookup(name) is not None:
        return of_runner(name, evidence, directory)
    return of_image(name, evidence, directory) if images.lookup(name) is not None else None


def _distribution(row: data.DistributionData, release: str, evidence: Evidence, directory: str) -> PlaceInfo | None:
    number = row.release(release or _NEWEST)
    if release and not number and row.releases:
        return None
    named = number or ("edge" if row.marked.startswith(">") else "")
    managed = managed_by(row.id, named)
    label = data.label(row.id, release or (_NEWEST if number else "")) or row.label
    said = {Managed.YES: "is marked", Managed.NO: "is not marked", Managed.MAYBE: "may be marked"}[managed]
    return PlaceInfo(
        True,
        managed,
        row.id,
        label,
        named,
        evidence=(Evidence(f"{evidence.text} ({label}'s Python {said})"),),
        decides=f"whether the Python of {label} is marked" if managed is Managed.MAYBE else "",
        directory=directory,
    )


def names_like(name: str) -> list[str]:
    """Names that are spelled alike, for a slip of the finger."""
    from difflib import get_close_matches

    known = sorted({*data.distributions(), "macos", "windows", *COMMON})
    return get_close_matches(name.lower(), known, n=3, cutoff=0.6)
