"""Any other text of a shell: a line that makes the environment, and the environment's own pip."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.fixes._creation import creation, inserted
from pep668.fixes._directory import place_of
from pep668.fixes._edits import (
    Rewrite,
    combined,
    command_line,
    drop_overrides,
    drop_privileges,
    stays_here,
    use_environment,
)
from pep668.fixes._later import relied_on
from pep668.fixes._packages import package_of, python_installer, system_packages
from pep668.fixes._way import Way
from pep668.model import Install, Judged
from pep668.text import Edit

ORDER = 100  # what no other file here answers

_EDITED = ("shell", "fish")  # shells in which the line that makes the environment can be written
_BARE = re.compile(r"[\w./~-]+")  # needs no quotes, whatever quotes stand around it


def answers(judged: Judged) -> bool:
    return True


def way(context: Context, judged: Judged) -> Way:
    edits, explanation, place = _script(context, judged)
    return Way(f"Install into {place} instead", edits, explanation, serves_later=not relied_on(judged))


def _script(context: Context, judged: Judged) -> tuple[tuple[Edit, ...] | None, str, str]:
    install = judged.install
    place, made = place_of(context, install.command)
    line = creation(install, place, system_packages(context, install))
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
