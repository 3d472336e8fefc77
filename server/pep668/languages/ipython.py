"""The code of a notebook's cell: Python, and between it commands for a shell and for the kernel's own pip."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Region

from . import Language

LANGUAGE = Language("ipython", ids=("ipython",), patterns=("*.ipy",), shebangs=("ipython",))


def extract(region: Region) -> Iterator[Region]:
    """The commands of a cell, each in its own language."""
    from ._ipython import regions

    yield from regions(region)
