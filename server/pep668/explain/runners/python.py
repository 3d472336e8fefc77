"""Python: the program that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
PROGRAM = re.compile(r"(?:python|pypy)[\d.]*|py|invoke|inv")


def runs(call: Call) -> Iterator[Run]:
    """`python3 setup.py`, `python3 -m tools.setup`; `invoke` runs the tasks of tasks.py."""
    if call.name in ("invoke", "inv"):
        path = call.find(call.folder, ("tasks.py", "tasks/__init__.py"))
    else:
        found = arguments(call.arguments, "-m -c -W -X", first_ends=True)
        ends = next((option for option in found.values if option in ("-c", "-m")), "")  # what follows is not Python's
        if ends == "-c":
            return
        if ends:
            module = found.values[ends][0]
            name = module.replace(".", "/") if module and _MODULE.fullmatch(module) else ""
            path = call.find(call.folder, (f"{name}/__main__.py", f"{name}.py")) if name else None
        elif found.words and found.words[0] != "-":
            path = call.join(found.words[0])
        else:
            return
    if path is not None:
        yield Run(path, "python")
