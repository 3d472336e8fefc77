"""What a distribution's package manager has to install so that `python3 -m venv` works there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pep668.context import Context
from pep668.environment.packages import installs
from pep668.environment.place import place_of
from pep668.model import Command, Edit, Install, Judged, ScopeKind, Word
from pep668.text import Span, newline_of

from ._edits import is_plain
from ._index import index
from ._parts import Part

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
SYSTEM_PACKAGES = "--system-site-packages"
_LINE_REST = re.compile(r"[ \t]*(?:\\[ \t]*)?(?=[\r\n]|\Z)")
_NEEDS_PACKAGE = ("Debian", "Ubuntu", "Raspberry", "Kali", "Linux Mint", "Pop!_OS")


def python_installer(context: Context, wanted: Command, *, apt_only: bool = False) -> Command | None:
    """The last command before another, on the same system, by which the package manager brings Python."""
    found = None
    for command in before(context, wanted):
        if (not apt_only or command.name in _APT) and any(_PYTHON.fullmatch(_name(w)) for w in words(command)):
            found = command
    return found


def before(context: Context, command: Command) -> list[Command]:
    """The installs of package managers that stand before another, on its system or one that it is built on."""
    return [c for c in managers_before(context, command) if installs(words(c))]


def managers_before(context: Context, command: Command) -> list[Command]:
    """All commands of package managers that stand before another, on its system or one that it is built on."""
    known = index(context)
    here = command.outer(command.span).start
    systems = known.systems(command.region.place.system)
    return [c for c in known.managers if c.region.place.system in systems and c.outer(c.span).start < here]


def words(command: Command) -> list[str]:
    return [w.pattern for w in command.words[1:]]


def brings_python(package: str) -> bool:
    """Whether a package of a distribution's brings Python or its pip."""
    return _PYTHON.fullmatch(_name(package)) is not None


def _name(word: str) -> str:
    return word.partition("=")[0]


def has_venv(context: Context, command: Command) -> bool:
    """Whether an earlier command installs what `python3 -m venv` needs on Debian and Ubuntu."""
    return any(_VENV.fullmatch(_name(w)) for c in before(context, command) if c.name in _APT for w in words(c))


def makes_later(context: Context, command: Command) -> bool:
    """Whether `python3 -m venv` runs later on the same system, and nothing brings what it needs there on Debian."""
    here = command.outer(command.span).start
    return any(
        made.maker == "venv"
        and made.command.outer(made.command.span).start > here
        and command.region.place.system in index(context).systems(made.command.region.place.system)
        and not has_venv(context, made.command)
        for made in context.made
    )


def lacks_venv(context: Context, judged: Judged) -> bool:
    """Whether an image brings Debian's or Ubuntu's Python itself, without what `python3 -m venv` needs."""
    install = judged.install
    needs = (judged.environment.distribution or "").startswith(_NEEDS_PACKAGE)
    if not needs or install.tool == "uv" or has_venv(context, install.command):
        return False
    if place_of(install.command.region).python == "own":
        return False
    return python_installer(context, install.command, apt_only=True) is None  # else that line gets the package


def apt_venv() -> str:
    """The command that installs it."""
    return f"apt-get update && apt-get install -y --no-install-recommends {PACKAGE}"


def lacks_ensurepip(context: Context, judged: Judged) -> bool:
    """Whether this machine's Python makes no environment with a pip, and the document changes nothing about that."""
    install, python = judged.install, judged.environment.interpreter
    if not judged.environment.local or python is None or python.virtual or python.ensurepip or install.tool == "uv":
        return False
    if context.machine is not None and any(e.complete and e.seeded for e in context.machine.environments):
        return False  # that one is used
    return not has_venv(context, install.command) and not venv_package(context, install.command)


def apt_here(judged: Judged) -> str:
    """The command that installs it on this machine, whose package lists are there; "" where apt has no such package."""
    if not (judged.environment.distribution or "").startswith(_NEEDS_PACKAGE):
        return ""
    return f"{'' if judged.environment.as_root else 'sudo '}apt-get install -y {PACKAGE}"


def system_packages(context: Context, *installs: Install) -> str:
    """`--system-site-packages` where the package manager brings libraries that an environment would hide.

    `installs` are those that go into it, in order.
    """
    if any(isinstance(install, Part) and install.sees_system for install in installs):
        return f" {SYSTEM_PACKAGES}"
    for command in before(context, installs[-1].command):
        if any(_LIBRARY.match(w) and not _NO_LIBRARY.fullmatch(_name(w)) for w in words(command)):
            return f" {SYSTEM_PACKAGES}"
    return ""


def package_of(context: Context, install: Install) -> tuple[Edit, ...]:
    """The edit that adds what the environment of an install needs; none for uv, which brings its own."""
    return () if install.tool == "uv" else venv_package(context, install.command)


def venv_package(context: Context, wanted: Command, package: str = PACKAGE) -> tuple[Edit, ...]:
    """The edit that adds python3-venv to the apt line that brings Python; none where there is no such line."""
    if has_venv(context, wanted):
        return ()
    earlier = [*reversed(before(context, wanted))]
    earlier.sort(key=lambda command: not _surely_before(command, wanted))
    for brings in (_PYTHON.fullmatch, _LIBRARY.match):  # a library brings Python along
        for command in earlier:
            named = [w for w in command.words[1:] if command.name in _APT and brings(_name(w.pattern))]
            if named and is_plain(context.text, command):
                return (behind(context.text, command, named[-1], package),)
    return ()


def _surely_before(command: Command, wanted: Command) -> bool:
    """Whether a command that stands before another has run whenever that does."""
    shared = wanted.scope if command.region is wanted.region else ()
    own = command.scope
    while own and own[-1].kind is ScopeKind.BRANCH and own[-1].name == "&&":
        own = own[:-1]  # `apt-get update &&` before it
    return own == shared[: len(own)]


def behind(text: str, command: Command, word: Word, *packages: str) -> Edit:
    """The edit that names further packages behind one: on lines of their own where that one has its own."""
    outer = command.outer(word.span)
    begin = max(text.rfind("\n", 0, outer.start), text.rfind("\r", 0, outer.start)) + 1
    lead, newline = text[begin : outer.start], newline_of(text)
    follows = _LINE_REST.match(text, outer.end)
    alone = not lead.strip() and _continued(text, begin) and follows is not None
    gap = f" \\{newline}{lead}" if alone else " "
    return Edit(Span(outer.end, outer.end), "".join(f"{gap}{package}" for package in packages))


def _continued(text: str, begin: int) -> bool:
    """Whether the line that begins at an offset goes on with a shell's command of the line above."""
    return text[:begin].rstrip("\r\n").endswith("\\")


def added(context: Context, wanted: Command, packages: Sequence[str]) -> tuple[Edit, ...] | None:
    """The edit that adds packages to the apt line that brings Python for a command; None where none surely does."""
    command = python_installer(context, wanted, apt_only=True)
    if command is None or not is_plain(context.text, command) or not _surely_before(command, wanted):
        return None
    new = [p for p in packages if p not in words(command)]
    last = [w for w in command.words[1:] if _PYTHON.fullmatch(_name(w.pattern))][-1]
    return (behind(context.text, command, last, *new),) if new else ()
