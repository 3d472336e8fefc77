"""pixi.toml: the tasks that pixi runs in its environments of conda packages."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language, _pyproject_scripts

LANGUAGE = Language("pixi", names=("pixi.toml",))


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.toml import parse

    yield from _pyproject_scripts.pixi(region, parse(region.text))
