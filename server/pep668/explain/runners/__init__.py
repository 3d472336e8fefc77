"""Runners: one file a program that runs what stands in files.

A module of this package has

- `PROGRAM`: a compiled pattern for the program's name;
- `runs(call)`: yields the `Run`s of a command line, in their order. It reads by `Call.read` alone, never raises, and
  knows nothing of where the command stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import cast

from pep668 import plugins

from ._call import Call, Run

__all__ = ["Call", "Run", "runs"]


def runs(call: Call) -> list[Run]:
    """What a command line runs of files: a script by its path, else what its program reads."""
    return list(_runs(call))


def _runs(call: Call) -> Iterator[Run]:
    if "/" in call.program and (path := call.join(call.program)) is not None:
        if call.read(path) is not None:
            yield Run(path, certain=True)
            return
        if not call.program.startswith("/"):
            yield Run(path)  # there, or not: it cannot be read
    module = _module(call.name)
    if module is not None:
        yield from cast(Iterable[Run], module.runs(call))


@cache
def _module(name: str) -> ModuleType | None:
    return next((m for m in plugins.modules(__name__) if m.PROGRAM.fullmatch(name)), None)
