"""Python: the program that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"(?:python|pypy)[\d.]*|py|invoke|inv")


def runs(call: Call) -> Iterator[Run]:
    """`python3 setup.py`; `invoke` runs the tasks of tasks.py."""
    if call.name in ("invoke", "inv"):
        path = call.find(call.folder, ("tasks.py", "tasks/__init__.py"))
    else:
        found = arguments(call.arguments, "-m -c -W -X", first_ends=True)
        if found.has("-m", "-c") or not found.words or found.words[0] == "-":
            return
        path = call.join(found.words[0])
    if path is not None:
        yield Run(path, "python")
