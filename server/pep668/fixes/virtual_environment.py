"""Install into a virtual environment instead.

A script gets one line that makes the environment, idempotent and repairing a half-made one, and the command uses that
environment's own pip; sudo, `--user` and the override are dropped. An environment that the file makes, or that the
workspace has, is used under its name. A Dockerfile gets `ENV VIRTUAL_ENV`, the environment and `ENV PATH` before the
`RUN`, or, where the same `RUN` installs Python first, the environment inside its chain.

Fix safety: safe where the command is refused (what it would have installed is missing today) and nothing that follows
in the script runs `python` or an installed program by its bare name; otherwise what should use the packages needs a
look, and the fix is unsafe. Commands in strings, on other machines or as other users are shown, not edited; those in a
notebook's cells as well, since only another kernel would use the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Applicability, Edit, Finding, Fix, Install, Judged, Region, Verdict

from . import _docker
from ._creation import creation, inserted
from ._directory import place_of
from ._edits import Rewrite, combined, command_line, drop_overrides, drop_privileges, stays_here, use_environment
from ._later import relied_on
from ._packages import package_of, python_installer, system_packages

RULES = ("EM001", "EM002", "EM003", "EM006", "EM007")
ORDER = 10
ID = "virtual-environment"

_EDITED = ("shell", "fish")  # shells in which the line that makes the environment can be written
_BARE = re.compile(r"[\w./~-]+")  # needs no quotes, whatever quotes stand around it


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged) or not _about(finding, judged.install):
        return
    if judged.install.operation == "uninstall":
        return  # what is to go is not in a new environment
    if judged.environment.unused is not None and judged.environment.unused.pipless:
        return  # what the environment lacks is pip: `seed` answers that
    if judged.install.tool == "ansible-pip":
        title = "Install into a virtual environment instead, by the module's virtualenv"
        explanation = f"virtualenv: {_docker.DIRECTORY}\nvirtualenv_command: python3 -m venv"
        yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)
        return
    if in_cell(judged.install.command.region):
        place, _ = place_of(context, judged.install.command)
        yield _of_a_kernel(context, judged.install, place)
        return
    if _docker.anchor(judged.install.command) is not None:
        edits, explanation = _docker.rewrite(context, judged)
        title = "Install into a virtual environment in the image instead"
        safe = _docker.on_path(context, judged) or not relied_on(judged)
    else:
        edits, explanation, place = _script(context, judged)
        title = f"Install into {place} instead"
        safe = not relied_on(judged)
    if edits is None:
        yield Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)
        return
    safe = safe and judged.environment.verdict is Verdict.REFUSED
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    yield Fix(ID, title, edits, applicability=applicability, preferred=True, explanation=explanation)


def in_cell(region: Region) -> bool:
    """Whether a notebook's kernel runs the region's text, or gives it to a shell."""
    at: Region | None = region
    while at is not None and at.language != "ipython":
        at = at.parent
    return at is not None


def _of_a_kernel(context: Context, install: Install, place: str) -> Fix:
    """What makes a kernel of an environment: it is done once and outside, a cell cannot change its kernel."""
    program = "" if install.tool == "uv" else f"{place}/bin/{'python' if install.python.is_interpreter else 'pip'}"
    lines = (
        f"# In a terminal; then select {place} as the notebook's kernel:",
        creation(install, place, system_packages(context, install.command)),
        f"{place}/bin/pip install ipykernel",
        command_line(install, program),
    )
    title = f"Run the notebook with a kernel of {place} instead"
    return Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation="\n".join(lines))


def _about(finding: Finding, install: Install) -> bool:
    """Whether the finding is about the command itself, not about a setting made elsewhere."""
    return install.command.outer(install.command.span).touches(finding.span)


def _script(context: Context, judged: Judged) -> tuple[tuple[Edit, ...] | None, str, str]:
    install = judged.install
    place, made = place_of(context, install.command)
    line = creation(install, place, system_packages(context, install.command))
    rewrite = Rewrite(context.text, install.command)
    nested = install.command.region.origin is not None
    possible = (
        install.command.region.language in _EDITED
        and stays_here(install.command)
        and drop_privileges(rewrite)
        and not (nested and not _BARE.fullmatch(place))
    )
    drop_overrides(rewrite, install)
    use_environment(rewrite, install, place)
    name = "python" if install.python.is_interpreter else "pip"
    program = "" if install.tool == "uv" else f"{place}/bin/{name}"
    explanation = f"{line}\n{command_line(install, program)}"
    before = () if made else inserted(context, install.command, line, chained=_brings_python(context, install))
    edits = combined(before, rewrite.edits(), package_of(context, judged.install)) if possible else None
    return edits, explanation, place


def _brings_python(context: Context, install: Install) -> bool:
    """Whether the package manager brings Python in the same list of commands."""
    command, python = install.command, python_installer(context, install.command)
    return python is not None and python.region is command.region and python.span.start >= command.statement.start
