"""In which folder each command of a shell text runs, as far as that is plain."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pep668.model import Command, ScopeKind, Word

# `$(dirname "$0")` and its like: the folder of the script itself.
_OWN_FOLDER = re.compile(r"dirname\b.{0,80}(?:\$\{?0|BASH_SOURCE)|\$\{(?:0|BASH_SOURCE[^}]{0,10})%/\*\}")
_ABOVE = re.compile(r"(?:/\.\.)+")
Join = Callable[[str, "str | None"], "str | None"]


class Folders:
    """The folder of each subshell, and what variables hold."""

    def __init__(self, folder: str, script: str) -> None:
        self._at: dict[tuple[int, ...], str] = {(): folder}
        self._own = posixpath.dirname(script)
        self._variables: dict[str, str | None] = {}

    def at(self, command: Command) -> str:
        keys = _subshells(command)
        while keys not in self._at:
            keys = keys[:-1]
        return self._at[keys]

    def enter(self, keys: tuple[int, ...], name: str | None, join: Join) -> None:
        above = keys
        while above not in self._at:
            above = above[:-1]
        self._at[keys] = join(self._at[above], name) or ""

    def visit(self, command: Command, join: Join) -> None:
        """Takes in what the command leaves behind."""
        if not command.words:
            for assignment in command.assignments:
                self._variables[assignment.name] = self._value(assignment.value, command)
        elif command.name in ("cd", "pushd"):
            target = next((w for w in command.words[1:] if not (w.value or "").startswith("-")), None)
            self.enter(_subshells(command), self._value(target, command) if target else None, join)

    def words(self, command: Command) -> tuple[str | None, ...]:
        return tuple(self._value(w, command) for w in command.words)

    def _value(self, word: Word, command: Command) -> str | None:
        if word.value is not None:
            return word.value
        source = command.region.text[word.span.start : word.span.end]
        own = _OWN_FOLDER.search(source)
        if own is not None and self._own:
            above = _ABOVE.search(source, own.end())
            behind = source.rpartition(")")[2].strip("\"'") if source.rstrip("\"'")[-1:] != ")" else ""
            inside = above[0] if above and not behind.startswith("/..") else ""
            return posixpath.normpath(f"{self._own}{inside}{behind}") if "$" not in behind else None
        parts = []
        for part in word.parts:
            value = part if isinstance(part, str) else self._variables.get(part.name or "")
            if value is None:
                return None
            parts.append(value)
        return "".join(parts)


def _subshells(command: Command) -> tuple[int, ...]:
    return tuple(s.key for s in command.scope if s.kind is ScopeKind.SUBSHELL)
