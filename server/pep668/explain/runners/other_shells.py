"""Shells of another syntax: fish and PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"fish|pwsh|powershell")
_VALUED = (
    "-c --command -C --init-command -d --debug -f --features -File -file -Command -ExecutionPolicy -WorkingDirectory"
)


def runs(call: Call) -> Iterator[Run]:
    """`fish setup.fish`, `pwsh -File setup.ps1`."""
    found = arguments(call.arguments, _VALUED, first_ends=True)
    if found.has("-c", "--command", "-Command", "-n", "--no-execute"):
        return
    path = call.join(found.value("-File", "-file") or (found.words[0] if found.words else None))
    if path is not None:
        yield Run(path, "fish" if call.name == "fish" else "powershell")
