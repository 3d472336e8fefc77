"""hatch.toml: what hatch's environments run."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language, _pyproject_scripts

LANGUAGE = Language("hatch", names=("hatch.toml",))


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.toml import parse

    yield from _pyproject_scripts.hatch(region, parse(region.text))
