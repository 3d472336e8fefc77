"""Installers: one file a tool, that reads its command lines.

A module of this package has

- `PROGRAM`: a compiled pattern for the tool's name, `pip3.12` or, for what runs as
  `python -m NAME`, the module's name;
- `parse(invocation)`: the `Install` of an invocation, None where it installs nothing.

It knows nothing of where the command stands.
"""

from __future__ import annotations

from ..model import Command, Install


def parse(command: Command) -> Install | None:
    """What a command would install, uninstall or sync; None for every other command."""
    raise NotImplementedError
