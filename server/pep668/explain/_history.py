"""What was typed before in a terminal, as far as it counts for what is typed next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Command, ScopeKind

from ._typed import Past, all_commands, region_of

_MOST = 64
_LONGEST = 4096  # characters of a line
# A line without any of these changes nothing; most lines are told apart by this alone.
_MATTERS = re.compile(
    r"activate|\bPATH\b|VIRTUAL_ENV|CONDA|PIP_|UV_|PYTHON|\b(?:source|alias|abbr|eval|exec|pyenv|conda|mamba|workon|module"
    r"|ml|use|rehash|direnv|mise|asdf|spack|function|unalias|overlay|load-env|Set-Alias|Invoke-Expression|iex)\b"
    r"|\(\)\s*\{|(?:^|[;&|]\s*)\.\s|conda|mkvirtualenv",
    re.IGNORECASE,
)
_OWN_VARIABLES = ("PIP_", "UV_")  # what the engine knows the meaning of
_ACTIVATE = re.compile(r"(?:^|[/\\])activate(?:\.(?:csh|fish|nu|ps1|bat))?\Z", re.IGNORECASE)
_SETTERS = frozenset(("export", "set", "setenv", "unset", "unsetenv", "declare", "typeset", "local", "readonly"))


class History:
    """The last lines of one terminal that matter; bounded.

    `sure` is False where one of them did something that is not known: what `pip` is after it nobody can tell.
    """

    def __init__(self) -> None:
        self._lines: list[tuple[Past, bool]] = []
        self._cut = False

    def note(self, line: str, exit_code: int | None = None, cwd: str = "", shell: str = "") -> None:
        """A command line has ended. One that failed did nothing, unless some part of it may have."""
        line = line.strip()
        if not _MATTERS.search(line):
            return
        if len(line) > _LONGEST:
            self._cut = True
            return
        commands = all_commands(region_of(line, shell))
        telling = list(map(_sure, commands))
        if not any(known is not None for known in telling):
            return
        failed = exit_code not in (None, 0)
        if failed and len(commands) == 1:
            return
        sure = not failed and all(known is not False for known in telling) and "\n" not in line
        if len(self._lines) == _MOST:
            del self._lines[0]
            self._cut = True
        self._lines.append((Past(line, cwd, shell), sure))

    def before(self, line: str) -> History:
        """Without the line itself, which may have been noted already."""
        if not self._lines or self._lines[-1][0].line != line.strip():
            return self
        found = History()
        found._lines, found._cut = self._lines[:-1], self._cut
        return found

    @property
    def sure(self) -> bool:
        return not self._cut and all(sure for _, sure in self._lines)

    def __iter__(self) -> Iterator[Past]:
        return (past for past, _ in self._lines)


def _sure(command: Command) -> bool | None:
    """Whether what a command changes is known; None where it changes nothing that counts."""
    functions = [part.name for part in command.scope if part.kind is ScopeKind.FUNCTION]
    if functions:  # what it does it does where it is called
        return False if _PROGRAM.match(functions[0]) or _known(command) is not None else None
    return _known(command)


def _known(command: Command) -> bool | None:
    names = {a.name for a in command.assignments}
    first = (command.words[0].value or "") if command.words else ""
    if first in _SETTERS:
        names |= {(w.value or "").partition("=")[0].lstrip("$") for w in command.words[1:]}
    elif command.words:
        names = set()  # a variable of that one command
    names = {n.removeprefix("env:") for n in names if not n.startswith("-")}
    counting = {n for n in names if n in _VARIABLES or n.startswith(_PREFIXES)}
    if counting:
        return first not in _UNREAD and all(n.startswith(_OWN_VARIABLES) for n in counting)
    words = [w.value or "" for w in command.words]
    name = words[0].replace("\\", "/").rpartition("/")[2].lower() if words else ""
    if name in (".", "source") or _ACTIVATE.search(words[0] if words else ""):
        if name not in (".", "source"):  # a process of its own, where it is not PowerShell's
            return False if name.endswith(".ps1") else None
        file = next(iter(words[1:]), "")
        return bool(_ACTIVATE.search(file) and "/" in file.replace("\\", "/") and "conda" not in file)
    if name == "deactivate":
        return True
    if name in ("conda", "mamba", "micromamba"):
        return words[1:2] in (["activate"], ["deactivate"]) or None
    if name in ("poetry", "pdm", "hatch", "pipenv"):
        return None
    return False if name in _UNKNOWN else None


_VARIABLES = frozenset(("PATH", "path", "fish_user_paths", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"))
_UNREAD = frozenset(("set", "setenv", "unsetenv"))  # unless the shell's own reader made assignments of it
_PROGRAM = re.compile(r"pip|python|uv|sudo")
_PREFIXES = ("PIP_", "UV_", "PYENV_")
_UNKNOWN = frozenset(
    "alias abbr unalias eval exec pyenv workon mkvirtualenv module ml use direnv mise asdf spack function overlay"
    " load-env set-alias invoke-expression iex fish_add_path rehash".split()
)
