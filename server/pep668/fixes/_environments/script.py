"""Any other text of a shell: a line that makes the environment, and the environment's own pip.

Where what follows runs Python or an installed program by its bare name, a line that activates the environment instead.
"""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.fixes._creation import activation, creation, inserted, insertion, quoted
from pep668.fixes._directory import is_active, place_of
from pep668.fixes._edits import (
    ROOT,
    Rewrite,
    combined,
    drop_overrides,
    drop_privileges,
    line_in_environment,
    stays_here,
    use_environment,
)
from pep668.fixes._later import later, reached
from pep668.fixes._packages import apt_here, lacks_ensurepip, package_of, python_installer, system_packages
from pep668.fixes._way import Way
from pep668.model import Install, Judged, Missed, Region

ORDER = 100  # what no other file here answers

_EDITED = ("shell", "fish")  # shells in which the line that makes the environment can be written
_PROGRAM = re.compile(r"(?:pip|python)(?:3(\.\d+)?)?")  # an environment has it; a version only one of that Python
_BARE = re.compile(r"[\w./~-]+")  # needs no quotes, whatever quotes stand around it


def answers(judged: Judged) -> bool:
    return True


def way(context: Context, judged: Judged) -> Way:
    install = judged.install
    command = install.command
    place, made = place_of(context, command)
    left = _left_by_sudo(judged)
    if left:
        place, made = left, True
    creating = creation(install, place, system_packages(context, install))
    follows = later(judged)
    chained = _brings_python(context, install)
    served = reached(command, follows.runs, install.python.version, insertion(command, chained=chained))
    active = bool(left) or (bool(served) and command.operator not in ("|", "||"))
    rewrite = Rewrite(context.text, command)
    nested = command.region.origin is not None
    possible = (
        _editable(command.region)
        and stays_here(command)
        and drop_privileges(rewrite)
        and not (nested and not _BARE.fullmatch(place))
    )
    drop_overrides(rewrite, install)
    if not active or not _keeps_program(rewrite, install, made):
        use_environment(rewrite, install, place)
    package = apt_here(judged) if lacks_ensurepip(context, judged) else ""
    activating = activation(command, place) if active and not (left or is_active(command, place)) else ""
    lines = [line for line in (*(() if made else (package, creating)), activating) if line]
    before = inserted(context, command, *lines, chained=chained)
    edits = combined(before, rewrite.edits(), package_of(context, install)) if possible else None
    reaches_all = active and not follows.elsewhere and len(served) == len(follows.runs)
    serves_later = (not follows or reaches_all) and not _in_program(command.region)
    explanation = f"{creating}\n{line_in_environment(install, place)}"
    return Way(f"Install into {place} instead", edits, explanation, serves_later)


def _in_program(region: Region) -> bool:
    """Whether a Python program runs the text: it may import what is installed, and keeps its own Python."""
    at = region.parent
    while at is not None and at.language != "python":
        at = at.parent
    return at is not None


def _left_by_sudo(judged: Judged) -> str:
    """The environment that is active but for a sudo before the command, as shell text; "" for none."""
    unused = judged.environment.unused
    if unused is None or unused.reason is not Missed.WRAPPED:
        return ""
    path = unused.path.removeprefix("${CURDIR}/")
    wrappers = judged.install.command.wrappers
    return quoted(path) if "${" not in path and wrappers and all(w.name in ROOT for w in wrappers) else ""


def _editable(region: Region) -> bool:
    shell = region.fact("shell")
    return region.language in _EDITED and (shell is None or not (shell.value or "").endswith("csh"))


def _keeps_program(rewrite: Rewrite, install: Install, made: bool) -> bool:
    """Whether the command reaches the environment as it is once that is active."""
    system = install.option("--system", "system")
    if install.tool == "uv":
        if system is not None:
            rewrite.drop(system.span)
        region = install.command.region
        return install.option("--python", "python") is None and region.fact("variable", "UV_SYSTEM_PYTHON") is None
    named = _PROGRAM.fullmatch(install.command.words[0].value or "")
    return named is not None and (not named[1] or not made)


def _brings_python(context: Context, install: Install) -> bool:
    """Whether the package manager brings Python in the same list of commands."""
    command, python = install.command, python_installer(context, install.command)
    return python is not None and python.region is command.region and python.span.start >= command.statement.start
