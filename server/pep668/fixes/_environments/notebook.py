"""A notebook's cell: only another kernel would use the environment, so the way there is shown."""

from __future__ import annotations

import re
import shlex

from pep668.context import Context
from pep668.fixes._creation import creation
from pep668.fixes._directory import place_of
from pep668.fixes._edits import line_in_environment
from pep668.fixes._packages import system_packages
from pep668.fixes._way import Way
from pep668.model import Judged, Region

ORDER = 10

_NO_NAME = re.compile(r"[^\w.-]", re.ASCII)  # what a kernel's name may not hold


def answers(judged: Judged) -> bool:
    return _in_cell(judged.install.command.region)


def way(context: Context, judged: Judged) -> Way:
    """What makes a kernel of an environment: it is done once and outside, a cell cannot change its kernel."""
    install = judged.install
    place, _ = place_of(context, install.command)
    name = _NO_NAME.sub("-", shlex.split(place)[0].rpartition("/")[2]).strip(".-") or "venv"
    lines = (
        f"# In a terminal; then select {place} as the notebook's kernel, {name} in Jupyter:",
        creation(install, place, system_packages(context, install)),
        f"{place}/bin/pip install ipykernel",
        f"{place}/bin/python -m ipykernel install --user --name {name}",
        line_in_environment(install, place),
    )
    return Way(f"Run the notebook with a kernel of {place} instead", None, "\n".join(lines))


def _in_cell(region: Region) -> bool:
    """Whether a notebook's kernel runs the region's text, or gives it to a shell."""
    at: Region | None = region
    while at is not None and at.language != "ipython":
        at = at.parent
    return at is not None
