"""tox and nox: what they run in their environments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"tox|nox")
_TOX = ("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml")  # in tox's order
_VALUED = "-c --conf -e --env -s --session --sessions -f --noxfile -k --keywords -t --tags -p --python --workdir"


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    if call.name == "nox":
        named = found.value("-f", "--noxfile") or "noxfile.py"
        path = call.find(call.folder, (named,))
        if path is not None:
            yield Run(path, "python")
        return
    conf = found.value("-c", "--conf")
    for name in (conf,) if conf else _TOX:
        path = call.find(call.folder, (name,))
        if path is not None and (name == "tox.ini" or "tox" in (call.read(path) or "")):
            yield Run(path)
            return
