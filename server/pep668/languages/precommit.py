"""pre-commit's files. What they install goes into environments that pre-commit makes for itself: nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language

LANGUAGE = Language(
    "pre-commit",
    names=(
        *(".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", ".pre-commit-hooks.yml"),
        *("pre-commit-config.yaml", "prek.yaml"),
    ),
    patterns=(".pre-commit-config*.yaml", ".pre-commit-config*.yml"),
)


def extract(region: Region) -> Iterator[Region]:
    """Nothing."""
    del region
    yield from ()
