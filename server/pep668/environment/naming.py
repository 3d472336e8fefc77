"""What the words of a command say of the Python that they name, before anything is known of the place."""

from __future__ import annotations

import re
from functools import lru_cache

from pep668.model import Install, Word

from .state import UNKNOWN, Shell

WINDOWS = re.compile(r"[A-Za-z]:/|%\w+%/")
NAMES_PYTHON = re.compile(r"^\$\{_*(?:PY|PYTHON|PIP|PYBIN)[\d_]*(?:BIN|CMD|EXE|INTERPRETER|COMMAND)?\}$", re.IGNORECASE)
_NAME = re.compile(r"\$\{(\w+)\}")
_LONGEST_SHOWN = 120  # characters of a path as written


def named_by_variable(install: Install, shell: Shell) -> str | None:
    """The Python that PIP_PYTHON or UV_PYTHON names, as `--python` would."""
    name = {"pip": "PIP_PYTHON", "uv": "UV_PYTHON"}.get(install.tool)
    variable = shell.exported(name) if name and install.option("--isolated") is None else None
    return variable.text if variable is not None and variable.text else None


def program_word(install: Install) -> Word | None:
    return next((w for w in install.command.words if w.span.start == install.program.start), None)


def option_word(install: Install) -> Word | None:
    """The word that holds the value of `--python`, or the option with it (`--python=x`)."""
    option = install.option("--python")
    inside = [w for w in install.command.words if option is not None and option.span.covers(w.span)]
    return inside[-1] if inside else None


def option_path(option: str, install: Install, shell: Shell) -> str:
    word = option_word(install)
    if "\0" not in option or word is None:
        return option.replace("\0", UNKNOWN)
    path = shell.symbolic(word)
    return path.partition("=")[2] if path.startswith("--") else path


def in_a_project(folder: str) -> bool:
    """Whether no value of a path's unknown beginning makes it a folder where a distribution keeps its Python."""
    parts = folder.split("/")[1:]
    if parts[-1:] == ["bin"]:
        parts.pop()
    while parts and parts[-1] in ("usr", "local"):
        parts.pop()
    return (
        bool(parts) and "${" not in parts[-1] and not parts[-1].startswith(("opt", "homebrew", "linuxbrew", "python"))
    )


def in_environment(folder: str) -> bool:
    return any("env" in part.lower() for part in folder.split("/"))


def as_written(path: str, word: Word | None, install: Install) -> str:
    """A symbolic path for people: as the document writes it where a name in it is none that the document has.

    Hosts put such names (`${__steps_x_outputs_y}`) for their templates and expressions.
    """
    names = _NAME.findall(path)
    if not names or word is None:
        return path
    outer, document = install.command.region.outer(word.span), install.command.region
    while document.parent is not None:
        document = document.parent
    written = document.text[outer.start : outer.end].strip("\"' ")
    made_up = any(name.startswith("__") or not _refers(document.text, name) for name in names)
    return written if made_up and written and "\n" not in written and len(written) <= _LONGEST_SHOWN else path


@lru_cache(maxsize=256)
def _refers(document: str, name: str) -> bool:
    """Whether a document has a shell's or make's variable of that name."""
    return re.search(rf"[$%!][({{]?(?:env:)?{name}\b", document) is not None
