"""What a distribution's package manager has to install so that `python3 -m venv` works there."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.model import Command, Edit, Install, Judged
from pep668.text import Span

from ._edits import is_plain
from ._index import index

_APT = ("apt", "apt-get", "aptitude")
_PYTHON = re.compile(
    r"(?:lib)?python3?(?:\.\d+)?(?:-(?:pip|dev|minimal|setuptools|wheel))?|py3-pip|python3\d+(?:-pip)?"
)
_VENV = re.compile(r"python3?(?:\.\d+)?-(?:venv|full)|(?:python3-)?virtualenv")
_LIBRARY = re.compile(r"python3?-|py3-|python3\d+-")
_NO_LIBRARY = re.compile(
    r"(?:python3?|py3|python3\d+)-"
    r"(?:pip|dev|devel|venv|full|minimal|setuptools|wheel|virtualenv|distutils|apt|pip-whl|software-properties|poetry)"
)
PACKAGE = "python3-venv"


def python_installer(context: Context, install: Install, *, apt_only: bool = False) -> Command | None:
    """The last command before an install, on the same system, by which the package manager brings Python."""
    found = None
    for command in before(context, install):
        if (not apt_only or command.name in _APT) and any(_PYTHON.fullmatch(_name(w)) for w in words(command)):
            found = command
    return found


def before(context: Context, install: Install) -> list[Command]:
    """The package managers' commands that stand before an install, on its system or one that it is built on."""
    known = index(context)
    here = install.command.outer(install.program).start
    systems = known.systems(install.command.region.place.system)
    return [c for c in known.managers if c.region.place.system in systems and c.outer(c.span).start < here]


def words(command: Command) -> list[str]:
    return [w.pattern for w in command.words[1:]]


def _name(word: str) -> str:
    return word.partition("=")[0]


def has_venv(context: Context, install: Install) -> bool:
    """Whether an earlier command installs what `python3 -m venv` needs on Debian and Ubuntu."""
    return any(_VENV.fullmatch(_name(w)) for c in before(context, install) if c.name in _APT for w in words(c))


def system_packages(context: Context, install: Install) -> str:
    """`--system-site-packages` where the package manager brings libraries that an environment would hide."""
    for command in before(context, install):
        if any(_LIBRARY.match(w) and not _NO_LIBRARY.fullmatch(_name(w)) for w in words(command)):
            return " --system-site-packages"
    return ""


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
