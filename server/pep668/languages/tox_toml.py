"""tox.toml: what tox runs in its environments."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language
from ._tox import toml_regions

LANGUAGE = Language("tox-toml", names=("tox.toml",))


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.toml import parse

    yield from toml_regions(region, parse(region.text))
