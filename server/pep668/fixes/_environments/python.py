"""A Python program that calls pip: what makes an environment in Python, and the same call by its interpreter.

It is shown, never applied: a program that installs something usually imports it next, and an environment made while it
runs does not change which Python it runs in. `sys.executable` needs no other code, only another Python to run it; what
a string gives to a shell is edited as any other text of a shell.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
from collections.abc import Iterator

from pep668.context import Context
from pep668.fixes._directory import place_of
from pep668.fixes._edits import is_override
from pep668.fixes._way import Way
from pep668.model import Command, Install, Judged, Word

ORDER = 50

_NEEDS_PACKAGE = ("Debian", "Ubuntu", "Raspberry", "Linux Mint", "Kali", "Pop!_OS")
_NAMED = re.compile(r"\{[A-Za-z_]\w*\}")


def answers(judged: Judged) -> bool:
    region = judged.install.command.region
    if region.parent is None or region.parent.language != "python" or region.language not in ("shell", "cmd"):
        return False
    verbatim = all(region.map.is_verbatim(word.span) for word in judged.install.command.words)
    return region.written("x") is None or not verbatim


def way(context: Context, judged: Judged) -> Way:
    place = shlex.split(place_of(context, judged.install.command)[0])[0]
    lines = "\n".join((*_explained(context, judged, place), *_code(context, judged, place)))
    return Way(f"Install into {place} instead", None, lines)


def _explained(context: Context, judged: Judged, place: str) -> Iterator[str]:
    install = judged.install
    file = posixpath.basename(context.path.replace("\\", "/"))
    program = shlex.quote(file) if file.endswith(".py") else "PROGRAM"
    python = f"{place}/bin/python"
    if "sys_executable" in install.command.region.text:
        yield "# sys.executable is the Python that runs the program. Run by an environment's Python, this call"
        yield "# installs into that environment, where the program finds what it imports:"
        yield f"#   {_python_of(install)} -m venv {shlex.quote(place)}"
        yield f"#   {shlex.quote(python)} {program}"
        yield "# Or make the environment here, for programs that are run by its Python:"
    else:
        yield "# For programs that are run by the environment's Python: this one has to be as well to import the"
        yield f"# packages (`{shlex.quote(python)} {program}`)."
    if (judged.environment.distribution or "").startswith(_NEEDS_PACKAGE) and install.tool != "uv":
        yield "# It needs the distribution's python3-venv."


def _python_of(install: Install) -> str:
    return f"python{install.python.version or '3'}"


def _code(context: Context, judged: Judged, place: str) -> Iterator[str]:
    install = judged.install
    uv = install.tool == "uv"
    yield "import subprocess"
    if not uv:
        yield "import venv"
    yield "from pathlib import Path"
    yield ""
    yield f"environment = Path({_literal(place)})"
    yield f'if not (environment / "bin" / {_literal("python" if uv else "pip")}).exists():'
    if uv:
        yield '    subprocess.run(["uv", "venv", "--seed", environment], check=True)'
    else:
        yield "    venv.EnvBuilder(with_pip=True).create(environment)"
    words, unknown = _arguments(context, install)
    if not words:
        return  # ensurepip: the environment has a pip
    python = 'environment / "bin" / "python"'
    first = f'"uv", "pip", "{install.operation}", "--python", {python}' if uv else f'{python}, "-m", "pip"'
    if unknown:
        yield f"# and what the call has for {', '.join(unknown)}"
    yield f"subprocess.run([{', '.join([first, *words])}], check=True)"


def _arguments(context: Context, install: Install) -> tuple[list[str], list[str]]:
    """The words behind the program as Python writes them, and those that cannot be written."""
    command = install.command
    values = [w.value for w in command.words]
    last = install.operation if install.tool == "uv" else "pip"
    by_name = install.tool == "uv" or install.python.is_interpreter
    if by_name and last not in values:
        return [], []
    begin = values.index(last) + 1 if by_name else 1
    dropped = [o.span for o in install.options if is_override(o) or o.name.lstrip("-") in ("system", "python")]
    words: list[str] = []
    unknown: list[str] = []
    for word in command.words[begin:]:
        if any(span.covers(word.span) for span in dropped):
            continue
        written = _word(context, command, word)
        if written is None:
            unknown.append(command.region.text[word.span.start : word.span.end])
        else:
            words.append(written)
    return words, unknown


def _word(context: Context, command: Command, word: Word) -> str | None:
    if word.value is not None:
        return _literal(word.value)
    outer = command.outer(word.span)
    source = context.text[outer.start : outer.end]
    around = context.text[outer.start - 1 : outer.start] + context.text[outer.end : outer.end + 1]
    inside = around in ('""', "''") and source[:1] not in "\"'"
    if inside or command.region.map.is_verbatim(command.words[0].span):  # `{name}` of an f-string
        if _NAMED.fullmatch(source):
            return source[1:-1]
        written = f'f"{source}"' if "{" in source and '"' not in source and "\\" not in source else ""
        return written if _parses(written) else None
    if source.startswith("*"):
        return source if _parses(f"[{source}]") else None
    if not _parses(source):
        return None
    return source if word.quoted else f"*{source}"


def _parses(source: str) -> bool:
    try:
        ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(source)


def _literal(text: str) -> str:
    """A string in double quotes where it holds none."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written.startswith("'") and '"' not in written else written
