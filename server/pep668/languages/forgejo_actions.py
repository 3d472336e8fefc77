"""Workflows of Forgejo and Gitea: GitHub's language, run by runners whose labels each installation defines."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language
from ._github_workflow import commands

LANGUAGE = Language(
    "forgejo-actions",
    patterns=tuple(
        f"{folder}/workflows/{under}*.{ending}"
        for folder in (".forgejo", ".gitea")
        for under in ("", "*/")
        for ending in ("yml", "yaml")
    ),
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of all steps; what their runner is nobody says."""
    yield from commands(region, hosted=False)
