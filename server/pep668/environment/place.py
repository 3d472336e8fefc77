"""What the hosts say about the place where a region runs: which system, which Python it would have."""

from __future__ import annotations

from dataclasses import dataclass

from pep668 import data
from pep668.model import Evidence, Managed, Region

from . import images, runners


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """`managed` is the distribution's own Python's state there; `python` what comes first in PATH.

    `python` is `system`, `own`, `conda` or `none` (see `images.Image`). `known` is False for
    text without any context: somebody's machine. `programs` are the names that reach the
    system's Python (empty: all); `pip_config` is why pip passes although it is marked;
    `alternatives` are the places that it may be (a matrix), each with all of this; `environment` a folder
    whose programs come first in PATH, once a virtual environment is made there.
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
    programs: tuple[str, ...] = ()
    pip_config: Evidence | None = None
    alternatives: tuple[PlaceInfo, ...] = ()
    environment: str = ""

    @property
    def ships(self) -> data.Shipped:
        """What the distribution's release there ships, where its own Python is meant."""
        row = data.distribution(self.distribution) if self.distribution and self.python == "system" else None
        return (row.shipped(self.release) if row else None) or data.Shipped()


USER_MACHINE = PlaceInfo(False)


def place_of(region: Region) -> PlaceInfo:
    """The place of a region as its facts tell it."""
    directory = region.fact("directory")
    where = directory.value if directory and directory.value else ""
    for kind, of in (("image", of_image), ("runner", of_runner), ("platform", of_platform), ("remote", _of_remote)):
        fact = region.fact(kind)
        if fact is not None:
            places = [of(value.strip(), fact.evidence, where) for value in (fact.value or "").split("|")]
            if len(places) == 1:
                platform = region.fact("platform") if places[0].managed is Managed.MAYBE else None
                return (
                    of_platform(platform.value, platform.evidence, where) if platform and platform.value else places[0]
                )
            return PlaceInfo(True, evidence=(fact.evidence,), directory=where, alternatives=tuple(places))
    system = region.fact("system")
    if system is not None and system.value:
        from .systems import resolve

        return resolve(system.value, where) or PlaceInfo(False, directory=where)
    return PlaceInfo(False, directory=where)


def of_runner(label: str, evidence: Evidence, directory: str) -> PlaceInfo:
    runner = runners.lookup(label) if label else None
    if runner is None:
        decides = f"what the runner {label} has" if label else "what the runner is"
        return PlaceInfo(True, evidence=(evidence,), decides=decides, directory=directory)
    managed = managed_by(runner.distribution, runner.release)
    if runner.python == "own":
        managed = Managed.NO
    system = data.label(runner.distribution, runner.release)
    note = runner.note or (f"{system}'s Python is {'' if managed is Managed.YES else 'not '}marked" if system else "")
    found = Evidence(f"{evidence.text} ({note})" if note else evidence.text, evidence.span)
    return PlaceInfo(
        True,
        managed,
        runner.distribution,
        system or label,
        runner.release,
        runner.python,
        (found,),
        f"what the runner {label} has" if managed is Managed.MAYBE else "",
        directory,
        programs=runner.programs,
        pip_config=Evidence(runner.pip_config, evidence.span) if runner.pip_config else None,
    )


def _of_remote(which: str, evidence: Evidence, directory: str) -> PlaceInfo:
    return PlaceInfo(True, evidence=(evidence,), decides=which, directory=directory)


def of_platform(platform: str, evidence: Evidence, directory: str) -> PlaceInfo:
    if platform == "windows":
        found = Evidence(f"{evidence.text}: Python for Windows is not marked", evidence.span)
        return PlaceInfo(True, Managed.NO, label="Windows", evidence=(found,), directory=directory)
    decides = "which Python comes first in PATH: Homebrew's is marked"
    return PlaceInfo(True, evidence=(evidence,), decides=decides, directory=directory)


def of_image(reference: str, evidence: Evidence, directory: str = "") -> PlaceInfo:
    """The place that a container image is; an empty reference is an unknown one."""
    known = images.by_repository(reference) if "$" in reference else None
    if not reference or ("$" in reference and known is None):
        return PlaceInfo(
            True, evidence=(evidence,), decides="which image it is built on", directory=directory, container=True
        )
    if reference == "scratch":
        return PlaceInfo(
            True, Managed.NO, label="an empty image", evidence=(evidence,), directory=directory, container=True
        )
    image = known or images.lookup(reference)
    if image is None:
        return PlaceInfo(
            True,
            evidence=(evidence,),
            decides=f"whether the Python in the image {reference} is marked",
            directory=directory,
            container=True,
        )
    if image.suite == "unmarked":
        found = Evidence(f"{evidence.text} (what it stands on does not mark its Python)", evidence.span)
        return PlaceInfo(True, Managed.NO, label=reference, evidence=(found,), directory=directory, container=True)
    family, release = images.family(image.suite), image.suite.partition(":")[2]
    if family == "debian" and release[:2].isdigit():
        release = release.partition(".")[0]
    managed = managed_by(family, release)
    label = data.label(family, "" if release == "?" else release) if family else reference
    note = image.note
    if not note and image.python == "own":
        note = f"{reference} brings its own Python in /usr/local, which is not marked"
    elif not note and managed is Managed.YES:
        note = f"{label}'s Python is marked as externally managed"
    elif not note and managed is Managed.NO:
        note = f"{label}'s Python is not marked"
    if note and image.by_name:
        note = f"{label} by its name; {note}"
    found = Evidence(f"{evidence.text} ({note})" if note else evidence.text, evidence.span)
    decides = f"which base the image {reference} has" if managed is Managed.MAYBE else ""
    return PlaceInfo(
        *(True, managed, family, label, release, image.python, (found,), decides, directory),
        container=True,
        environment=image.environment,
    )


def managed_by(family: str, release: str) -> Managed:
    if not family:
        return Managed.MAYBE
    known = data.marked(family, "edge" if release == "?" else release)
    if known is None:
        return Managed.MAYBE
    return Managed.YES if known else Managed.NO
