"""CMake: what it runs while it configures, and what its targets run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"cmake")
_VALUED = "-S -B -D -U -G -T -A -C --build -t --target -j --parallel --config --preset --install -P"
_SOURCE = re.compile(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.+)$", re.MULTILINE)


def runs(call: Call) -> Iterator[Run]:
    """`cmake -S . -B build`, `cmake --build build`: a build's folder says where its sources are."""
    found = arguments(call.arguments, _VALUED)
    script = found.value("-P")
    build = found.value("--build")
    path: str | None
    if script:
        path = call.join(script)
    elif build:
        cache = call.join(f"{build}/CMakeCache.txt")
        home = _SOURCE.search(call.read(cache) or "") if cache is not None else None
        path = call.join(f"{home[1].strip()}/CMakeLists.txt") if home else None
    else:
        source = found.value("-S") or next((w for w in found.words if w), None)
        path = call.join(f"{source}/CMakeLists.txt") if source else None
    if path is not None:
        yield Run(path, "cmake")
