"""docker-compose and podman-compose, the programs of that name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import _compose
from ._call import Call, Run

PROGRAM = re.compile(r"(?:docker|podman)-compose")


def runs(call: Call) -> Iterator[Run]:
    yield from _compose.runs(call, call.arguments)
