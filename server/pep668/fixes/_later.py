"""What of a script relies on the Python that its installs reached so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pep668 import languages, shell
from pep668.data.applications import applications_among
from pep668.data.names import normalized
from pep668.model import Command, Expansion, Judged, Region, ScopeKind

from ._index import last_runs

_READ = ("shell", "fish")
_PYTHON = re.compile(r"python3?(?:\.\d+)?")
_BY_PIP = frozenset(("list", "show", "freeze", "check"))
# Programs that run others with the PATH that they have themselves.
_SAME_PATH = frozenset(("time", "nohup", "nice", "ionice", "timeout", "command", "exec", "xargs", "stdbuf", "env"))
_DECLARATIONS = frozenset(("export", "declare", "typeset", "local", "readonly"))


@dataclass(frozen=True, slots=True)
class Later:
    """What runs after an install and would use what it installs.

    `runs` are commands of the same text; `elsewhere`: something else does, which cannot be seen here.
    """

    runs: tuple[Command, ...]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.runs) or self.elsewhere


def relied_on(judged: Judged) -> bool:
    """Whether what follows in the text runs Python or an installed program by its bare name."""
    return bool(later(judged))


def later(judged: Judged) -> Later:
    """What follows in the text and runs Python, or a program of the projects that are installed."""
    install = judged.install
    region, packages = install.command.region, {normalized(name) for name in install.packages}
    applications = set(applications_among(install.packages))
    if region.language not in _READ:
        end = install.command.span.end
        last = last_runs(region).items()
        runs = any(at >= end and (_PYTHON.fullmatch(n) or normalized(n) in packages) for n, at in last)
        return Later((), runs or bool(applications))
    found = tuple(_following(install.command, packages))
    return Later(found, bool(applications - {normalized(c.name or "") for c in found}))


def _following(install: Command, packages: set[str]) -> Iterator[Command]:
    known = _by_name(install.region)
    for command in (c for name in (_OF_PYTHON, *sorted(packages)) for c in known.get(name, ())):
        again = any(s.kind is ScopeKind.FUNCTION and s not in install.scope for s in command.scope)
        if command.span.start >= install.span.end or again:
            yield command


_OF_PYTHON = ""  # the commands that run Python, or ask its pip what is there


@lru_cache(maxsize=64)
def _by_name(region: Region) -> dict[str, list[Command]]:
    """The commands of a text by the normalized name of what they run."""
    found: dict[str, list[Command]] = {}
    for command in commands(region):
        name = command.name or ""
        by_pip = name.startswith("pip") and any(w.value in _BY_PIP for w in command.words[1:3])
        if by_pip or (_PYTHON.fullmatch(name) and not _sets_up(command)):
            found.setdefault(_OF_PYTHON, []).append(command)
        elif name:
            found.setdefault(normalized(name), []).append(command)
    return found


def _sets_up(command: Command) -> bool:
    """Whether a Python is run for itself alone (`python3 -m venv`), so that it imports nothing that was installed."""
    words = [w.value for w in command.words[1:]]
    return "-m" in words[:-1] and words[words.index("-m") + 1] in ("venv", "virtualenv", "ensurepip")


def reached(install: Command, runs: tuple[Command, ...], version: str | None, at: int) -> list[Command]:
    """Those of the commands that an environment serves which is activated at an offset before an install.

    `version` is the Python's, as far as the install names it.
    """
    region = install.region
    until = min((at for at in _left(region) if at >= install.span.end), default=len(region.text))
    inside = [s for s in install.scope if s.kind is ScopeKind.SUBSHELL and s.key < at]
    return [
        c for c in runs if c.span.start < until and all(s in c.scope for s in inside) and _finds_by_path(c, version)
    ]


def _finds_by_path(command: Command, version: str | None) -> bool:
    """Whether the command looks for its program in the shell's own PATH, and an environment has one of that name."""
    name = command.words[0].value or "/"
    number = name.removeprefix("python") if _PYTHON.fullmatch(name) else ""
    return (
        "/" not in name
        and number in ("", "3", version)
        and all(w.name in _SAME_PATH and not w.has("-i", "--ignore-environment") for w in command.wrappers)
    )


@lru_cache(maxsize=64)
def _left(region: Region) -> tuple[int, ...]:
    """Where a text leaves its environments."""
    return tuple(c.span.start for c in commands(region) if leaves(c))


def leaves(command: Command) -> bool:
    """Whether the command leaves an environment, or sets another PATH for what follows."""
    if command.name == "deactivate":
        return True
    lasting = not command.words or command.words[0].value in _DECLARATIONS
    return lasting and any(
        a.name == "PATH" and not any(isinstance(p, Expansion) and p.name == "PATH" for p in a.value.parts)
        for a in command.assignments
    )


@lru_cache(maxsize=64)
def commands(region: Region) -> tuple[Command, ...]:
    """All commands of a shell text."""
    if region.language == "shell":
        return tuple(shell.parse(region))
    extract = languages.extractor(region.language)
    found = extract(region) if extract is not None else ()
    return tuple(c for c in found if isinstance(c, Command) and c.region is region)
