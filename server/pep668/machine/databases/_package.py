"""An installed package, and the projects among its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.machine._installed import distributions

LARGEST = 1 << 27  # bytes of a database that are read
_METADATA = re.compile(
    rb"^/?(usr/lib(?:64)?/python(\d(?:\.\d{1,2})?)/(?:dist|site)-packages/([^/\n]+\.(?:dist|egg)-info))"
    rb"(/|/METADATA|/PKG-INFO)?$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Project:
    """What a folder of Python packages says is installed: normalized name, version ("" where it has none).

    `python` is the version of Python that the folder belongs to ("3.12"; "3" for all), `path` the file that says so.
    """

    name: str
    version: str
    python: str = "3"
    path: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """`depends`: what it needs, each as the names that would do, the preferred first; `provides`: its other names.

    `listed` tells whether its files were known, so that no projects means that it holds none.
    """

    name: str
    version: str
    depends: tuple[tuple[str, ...], ...] = ()
    provides: tuple[str, ...] = ()
    projects: tuple[Project, ...] = ()
    listed: bool = True

    @property
    def upstream(self) -> str:
        """The version without epoch and the distribution's revision."""
        return self.version.rpartition(":")[2].partition("-")[0].partition("+")[0]


def projects_among(paths: bytes) -> tuple[Project, ...]:
    """The projects whose metadata is among paths, one a line."""
    found: dict[tuple[str, str], Project] = {}
    if b"-packages/" not in paths:
        return ()
    for match in _METADATA.finditer(paths):
        folder, python, base, file = (part.decode("utf-8", "replace") for part in (m or b"" for m in match.groups()))
        for name, version in distributions([base]):
            project = Project(name, version, python, f"/{folder}{file}" if len(file) > 1 else "")
            before = found.get((name, python))
            if before is None or (not before.version, not before.path) > (not version, not project.path):
                found[name, python] = project
    return tuple(found.values())


def stanzas(text: str) -> Iterator[str]:
    """The paragraphs of a text that empty lines divide."""
    yield from (part for part in text.split("\n\n") if part)
