"""The line of a script that makes the environment: once, idempotent, where its directory is right."""

from __future__ import annotations

import posixpath
import re
import shlex

from pep668.context import Context
from pep668.environment.creation import making
from pep668.model import Command, Install, Word
from pep668.text import Edit, Span, newline_of

from ._edits import start

MOVES = re.compile(r"(?:^|[;&|({\s])(?:cd|pushd|popd)(?:[ \t;]|$)", re.MULTILINE)


def created(command: Command) -> str | None:
    """The place where a command makes an environment, as shell text: `python3 -m venv D`, `virtualenv D`, `uv venv D`.

    A word with a variable is taken as written; one that cannot be written again (`$(mktemp -d)`) gives None.
    """
    made = making([w.pattern for w in command.words])
    if made is None:
        return None
    return _as_shell(command, command.words[made.places[0]]) if made.places else ".venv"


def has_pip(maker: Command) -> bool:
    """Whether pip is in the environment that a command makes."""
    made = making([w.pattern for w in maker.words])
    return made is not None and made.brings_pip


def _as_shell(command: Command, word: Word) -> str | None:
    if word.value is not None:
        return quoted(posixpath.normpath(word.value))
    if all(isinstance(part, str) or part.name for part in word.parts):
        return command.region.text[word.span.start : word.span.end].rstrip("/")
    return None


def quoted(directory: str) -> str:
    """A directory as one shell word; the home directory's `~` keeps its meaning."""
    if directory.startswith("~/"):
        return f"~/{shlex.quote(directory[2:])}"
    return shlex.quote(directory)


def creation(install: Install, place: str, options: str) -> str:
    """The command that makes the environment unless it works already, also behind a half-made try."""
    otherwise = "; or" if install.command.region.language == "fish" else " ||"
    if install.tool == "uv":
        return f"test -x {place}/bin/python{otherwise} uv venv --seed{options} {place}"
    return f"test -x {place}/bin/pip{otherwise} {interpreter(install)} -m venv{options} {place}"


def interpreter(install: Install) -> str:
    """The Python that makes the environment: the one that the install named."""
    program = install.python.program
    if install.python.is_interpreter and program.startswith("/") and "\0" not in program:
        return shlex.quote(program)
    return f"python{install.python.version or '3'}"


def activation(command: Command, place: str) -> str:
    """The command that activates an environment in the shell that reads the text.

    The scripts of the Pythons that can be marked (3.11 and newer) do not mind `set -u` and `set -e`.
    """
    return f"source {place}/bin/activate.fish" if command.region.language == "fish" else f". {place}/bin/activate"


def insertion(command: Command, *, chained: bool = False) -> int:
    """Where lines before a command are put in its region: before its whole list, or inside it."""
    first = start(command)
    inside = chained or MOVES.search(command.region.text, command.statement.start, first)
    return first if inside else command.statement.start


def inserted(
    context: Context, command: Command, *lines: str, chained: bool = False, joint: str = "; "
) -> tuple[Edit, ...] | None:
    """Edits that run `lines` before a command: on lines of their own, in front of its list, or inside its chain.

    `chained`: what stands before it in its list has to run first. `joint` stands behind them in front of its list.
    """
    if not lines:
        return ()
    region = command.region
    first = start(command)
    statement = command.statement
    if not region.map.is_verbatim(Span(statement.start, min(statement.start + 1, len(region.text)))):
        return None
    if insertion(command, chained=chained) == first != statement.start:
        if command.operator not in ("&&", ";", "", "&") or region.language == "fish":
            return None
        return _written(command, first, "".join(f"{{ {x}; }} && " if " || " in x else f"{x} && " for x in lines))
    begin = region.text.rfind("\n", 0, statement.start) + 1
    lead = region.text[begin : statement.start]
    if lead.strip() == "" and _begins_its_line(context.text, command, lead):
        new = "".join(f"{line}\n{lead}" for line in lines)
        on_its_own = _written(command, statement.start, new, newline_of(context.text))
        if on_its_own is not None:
            return on_its_own
    return _written(command, statement.start, "".join(f"{line}{joint}" for line in lines))


def _begins_its_line(text: str, command: Command, lead: str) -> bool:
    """Whether the host puts nothing before the statement's line that a new line would need as well (`run: `, `@`)."""
    place = _at(command, command.statement.start).start
    begin = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    return "\n" + text[begin:place] == command.region.written("\n" + lead)


def _written(command: Command, offset: int, new: str, newline: str = "\n") -> tuple[Edit, ...] | None:
    """The edit that inserts `new` as the command's hosts write it; None where they cannot."""
    written = command.region.written(new)
    return None if written is None else (Edit(_at(command, offset), written.replace("\n", newline)),)


def _at(command: Command, offset: int) -> Span:
    return command.outer(Span(offset, offset))
