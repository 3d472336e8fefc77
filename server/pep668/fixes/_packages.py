"""What a distribution's package manager has to install so that `python3 -m venv` works there."""

from __future__ import annotations

import re

from ..context import Context
from ..model import Command, Edit, Install, Judged
from ..text import Span
from ._edits import is_plain

_APT = ("apt", "apt-get", "aptitude")
_INSTALLERS = (*_APT, "apk", "dnf", "yum", "microdnf", "zypper", "pacman")
_PYTHON = re.compile(
    r"(?:lib)?python3?(?:\.\d+)?(?:-(?:pip|dev|minimal|setuptools|wheel))?|py3-pip|python3\d+(?:-pip)?"
)
_VENV = re.compile(r"python3?(?:\.\d+)?-(?:venv|full)|(?:python3-)?virtualenv")
PACKAGE = "python3-venv"


def python_installer(context: Context, install: Install, *, apt_only: bool = False) -> Command | None:
    """The last command before an install, on the same system, by which the package manager brings Python."""
    found = None
    for command in before(context, install):
        if command.name in (_APT if apt_only else _INSTALLERS) and any(
            _PYTHON.fullmatch(_name(w)) for w in words(command)
        ):
            found = command
    return found


def before(context: Context, install: Install) -> list[Command]:
    """The commands on the same system that stand before an install in the document."""
    region = install.command.region
    here = install.command.outer(install.program).start
    return [
        c for c in context.commands if c.region.place.system == region.place.system and c.outer(c.span).start < here
    ]


def words(command: Command) -> list[str]:
    return [w.pattern for w in command.words[1:]]


def _name(word: str) -> str:
    return word.partition("=")[0]


def has_venv(context: Context, install: Install) -> bool:
    """Whether an earlier command installs what `python3 -m venv` needs on Debian and Ubuntu."""
    return any(_VENV.fullmatch(_name(w)) for c in before(context, install) if c.name in _APT for w in words(c))


def venv_package(context: Context, judged: Judged) -> tuple[Edit, ...]:
    """The edit that adds python3-venv to the apt line that brings Python; none where there is no such line."""
    install = judged.install
    if install.tool == "uv" or has_venv(context, install):
        return ()
    command = python_installer(context, install, apt_only=True)
    if command is None or not is_plain(context.text, command):
        return ()
    last = [w for w in command.words[1:] if _PYTHON.fullmatch(_name(w.pattern))][-1]
    end = command.outer(Span(last.span.start, last.span.end)).end
    return (Edit(Span(end, end), f" {PACKAGE}"),)
