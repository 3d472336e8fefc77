"""Finds the modules of a plug-in folder: a new language, installer, rule or fix is one new file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@cache
def names(package: str) -> tuple[str, ...]:
    """The public modules of `package`, sorted; those that begin with `_` are shared helpers."""
    path = import_module(package).__path__
    return tuple(sorted(m.name for m in iter_modules(path) if not m.name.startswith("_")))


@cache
def load(package: str, name: str) -> ModuleType:
    return import_module(f"{package}.{name}")


def modules(package: str) -> Iterator[ModuleType]:
    """The public modules of `package`, imported, in the order of their names."""
    for name in names(package):
        yield load(package, name)
