"""The line of a script that makes the environment: once, idempotent, where its directory is right."""

from __future__ import annotations

import posixpath
import re
import shlex

from ..context import Context
from ..model import Command, Install
from ..text import Edit, Span, newline_of
from ._edits import start

MOVES = re.compile(r"(?:^|[;&|({\s])(?:cd|pushd|popd)(?:[ \t;]|$)", re.MULTILINE)
_MAKERS = ("virtualenv", "venv", "pyvenv")


def created(command: Command) -> str | None:
    """The directory where a command makes an environment: `python3 -m venv D`, `virtualenv D`, `uv venv D`."""
    words = [w.pattern for w in command.words]
    name = command.name or ""
    if name.rstrip("0123456789.") == "python" and len(words) > 3 and "-m" in words[:3]:
        at = words.index("-m") + 1
        if words[at] not in _MAKERS:
            return None
        arguments = words[at + 1 :]
    elif name in _MAKERS:
        arguments = words[1:]
    elif name == "uv" and words[1:2] == ["venv"]:
        arguments = words[2:] or [".venv"]
    else:
        return None
    paths = [a for a in arguments if not a.startswith("-")]
    return posixpath.normpath(paths[-1]) if paths and "\0" not in paths[-1] else None


def creation(install: Install, directory: str, options: str) -> str:
    """The command that makes the environment unless it works already, also behind a half-made try."""
    place = shlex.quote(directory)
    if install.tool == "uv":
        return f"test -x {place}/bin/python || uv venv --seed{options} {place}"
    return f"test -x {place}/bin/pip || {interpreter(install)} -m venv{options} {place}"


def interpreter(install: Install) -> str:
    """The Python that makes the environment: the one that the install named."""
    program = install.python.program
    if install.python.is_interpreter and program.startswith("/") and "\0" not in program:
        return shlex.quote(program)
    return f"python{install.python.version or '3'}"


def inserted(context: Context, command: Command, line: str) -> tuple[Edit, ...] | None:
    """Edits that run `line` before a command: on a line of its own, in front of its list, or inside its chain."""
    region, text = command.region, context.text
    first = start(command)
    statement = command.statement
    if not region.map.is_verbatim(Span(statement.start, min(statement.start + 1, len(region.text)))):
        return None
    if MOVES.search(region.text, statement.start, first):
        if command.operator not in ("&&", ";", "", "&"):
            return None
        return (Edit(_at(command, first), f"{{ {line}; }} && "),)
    place = _at(command, statement.start)
    begin = max(text.rfind("\n", 0, place.start), text.rfind("\r", 0, place.start)) + 1
    lead = text[begin : place.start]
    inner = region.text.rfind("\n", 0, statement.start) + 1
    if lead.strip() == "" and region.text[inner : statement.start] == lead:
        return (Edit(place, f"{line}{newline_of(text)}{lead}"),)
    return (Edit(place, f"{line}; "),)


def _at(command: Command, offset: int) -> Span:
    return command.outer(Span(offset, offset))
