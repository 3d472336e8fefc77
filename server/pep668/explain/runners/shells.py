"""Shells: a script as an argument, from standard input, or read into the shell that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"(?:ba|da|z|k|mk|a|yash|r)?sh|\.|source")


def runs(call: Call) -> Iterator[Run]:
    """`bash -x setup.sh`, `sh < setup.sh`, `. ./lib.sh`; what `-c` holds is read where the command stands."""
    found = arguments(call.arguments, "-o -O +o +O --rcfile --init-file -c", first_ends=True)
    if found.has("-c", "-n"):
        return
    named = bool(found.words) and not found.has("-s")
    path = call.join(found.words[0]) if named else call.stdin
    reads = call.name in (".", "source")
    stops = found.has("-e") or "errexit" in found.values.get("-o", ())
    if path is not None:
        yield Run(path, "shell", stops=stops, certain=not reads and not found.has("-u"))
