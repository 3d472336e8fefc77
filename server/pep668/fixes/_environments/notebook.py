"""A notebook's cell: only another kernel would use the environment, so the way there is shown."""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._creation import creation
from pep668.fixes._directory import place_of
from pep668.fixes._edits import command_line
from pep668.fixes._packages import system_packages
from pep668.fixes._way import Way
from pep668.model import Judged, Region

ORDER = 10


def answers(judged: Judged) -> bool:
    return _in_cell(judged.install.command.region)


def way(context: Context, judged: Judged) -> Way:
    """What makes a kernel of an environment: it is done once and outside, a cell cannot change its kernel."""
    install = judged.install
    place, _ = place_of(context, install.command)
    program = "" if install.tool == "uv" else f"{place}/bin/{'python' if install.python.is_interpreter else 'pip'}"
    lines = (
        f"# In a terminal; then select {place} as the notebook's kernel:",
        creation(install, place, system_packages(context, install)),
        f"{place}/bin/pip install ipykernel",
        command_line(install, program),
    )
    return Way(f"Run the notebook with a kernel of {place} instead", None, "\n".join(lines))


def _in_cell(region: Region) -> bool:
    """Whether a notebook's kernel runs the region's text, or gives it to a shell."""
    at: Region | None = region
    while at is not None and at.language != "ipython":
        at = at.parent
    return at is not None
