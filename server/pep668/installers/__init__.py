"""Installers: one file a tool, that reads its command lines.

A module of this package has

- `PROGRAM`: a compiled pattern for the tool's name, `pip3.12` or, for what runs as
  `python -m NAME`, the module's name;
- `parse(invocation)`: the `Install` of an `_invocation.Invocation`, None where it installs nothing.

It knows nothing of where the command stands.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from pep668 import plugins
from pep668.model import Command, Install

from . import _invocation


def parse(command: Command) -> Install | None:
    """What a command would install, uninstall or sync; None for every other command."""
    if not command.words:
        return None
    for invocation in _invocation.readings(command, _known):
        module = _tool(invocation.name)
        if module is not None:
            install: Install | None = module.parse(invocation)
            return install
    return None


@lru_cache(maxsize=1024)
def _tool(name: str) -> ModuleType | None:
    """The module that reads the command lines of a program or a Python module of that name."""
    for module in plugins.modules(__name__):
        if module.PROGRAM.fullmatch(name):
            return module
    return None


def _known(name: str) -> bool:
    return _tool(name) is not None
