"""tox.ini: what tox runs in its environments. setup.cfg and pyproject.toml may hold the same."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language
from ._tox import ini_regions

LANGUAGE = Language("tox", names=("tox.ini",), patterns=("tox-*.ini", "*.tox.ini"), comments=("#", "^;"))


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.ini import parse

    yield from ini_regions(region, parse(region.text))
