"""Notebooks that are run from a command line: `jupyter nbconvert --execute`, `jupyter execute`, papermill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"jupyter(?:-nbconvert|-execute)?|papermill")
_VALUED = "--to --output --output-dir --template --config -p -r -f -y -b -k --kernel --cwd"


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _VALUED)
    converts = "nbconvert" in found.words or call.name.endswith("nbconvert")
    if converts and not found.has("--execute"):
        return
    for word in found.words:
        path = call.join(word) if word and word.endswith(".ipynb") else None
        if path is not None:
            yield Run(path, "notebook")
            return
