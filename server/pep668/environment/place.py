"""What the hosts say about the place where a region runs: which system, which Python it would have."""

from __future__ import annotations

from dataclasses import dataclass

from pep668 import data
from pep668.model import Evidence, Managed, Region

from . import images


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """`managed` is the distribution's own Python's state there; `python` what comes first in PATH.

    `python` is `system`, `own`, `conda` or `none` (see `images.Image`). `known` is False for
    text without any context: somebody's machine.
    """

    known: bool
    managed: Managed = Managed.MAYBE
    distribution: str = ""
    label: str = ""
    release: str = ""
    python: str = "system"
    evidence: tuple[Evidence, ...] = ()
    decides: str = ""
    directory: str = ""
    container: bool = False


USER_MACHINE = PlaceInfo(False)


def place_of(region: Region) -> PlaceInfo:
    """The place of a region as its facts tell it."""
    directory = region.fact("directory")
    where = directory.value if directory and directory.value else ""
    image = region.fact("image")
    if image is None:
        return PlaceInfo(False, directory=where)
    return of_image(image.value or "", image.evidence, where)


def of_image(reference: str, evidence: Evidence, directory: str = "") -> PlaceInfo:
    """The place that a container image is; an empty reference is an unknown one."""
    if not reference or "$" in reference:
        return PlaceInfo(
            True, evidence=(evidence,), decides="which image it is built on", directory=directory, container=True
        )
    if reference == "scratch":
        return PlaceInfo(
            True, Managed.NO, label="an empty image", evidence=(evidence,), directory=directory, container=True
        )
    image = images.lookup(reference)
    if image is None:
        return PlaceInfo(
            True,
            evidence=(evidence,),
            decides=f"whether the Python in the image {reference} is marked",
            directory=directory,
            container=True,
        )
    family, _, release = image.suite.partition(":")
    family = next((f for f, prefix in _FAMILIES.items() if family.startswith(prefix)), family)
    if family == "debian" and release[:2].isdigit():
        release = release.partition(".")[0]
    managed = _managed(family, release)
    label = data.label(family, "" if release == "?" else release) if family else reference
    note = image.note
    if not note and image.python == "own":
        note = f"{reference} brings its own Python in /usr/local, which is not marked"
    elif not note and managed is Managed.YES:
        note = f"{label}'s Python is marked as externally managed"
    elif not note and managed is Managed.NO:
        note = f"{label}'s Python is not marked"
    found = Evidence(f"{evidence.text} ({note})" if note else evidence.text, evidence.span)
    decides = f"which base the image {reference} has" if managed is Managed.MAYBE else ""
    return PlaceInfo(True, managed, family, label, release, image.python, (found,), decides, directory, container=True)


# The suites of official images that are no os-release IDs: al2023, ubi9, oraclelinux9.
_FAMILIES = {"amzn": "al2", "rhel": "ubi", "ol": "oraclelinux"}


def _managed(family: str, release: str) -> Managed:
    if not family:
        return Managed.MAYBE
    known = data.marked(family, "edge" if release == "?" else release)
    if known is None:
        return Managed.MAYBE
    return Managed.YES if known else Managed.NO
