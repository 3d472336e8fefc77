"""The change of a file as a unified diff, as `git apply` and `patch` read it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def diff(path: str, before: str, after: str, color: bool = False) -> str:
    """ "" where nothing changes. Lines end as they do in the texts."""
    return "".join(_colored(line) if color else line for line in _lines(path, before, after))


def _lines(path: str, before: str, after: str) -> Iterator[str]:
    name = path.removeprefix("./")
    old, new = (f"a/{name}", f"b/{name}") if not name.startswith("/") else (name, name)
    for line in unified_diff(_split(before), _split(after), old, new):
        # difflib puts no line end behind a last line that has none.
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _split(text: str) -> list[str]:
    """The lines with their ends, as diff counts them: ended by `\\n` and nothing else."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _colored(line: str) -> str:
    style = _BOLD if line.startswith(("---", "+++")) else _COLORS.get(line[0], "")
    return f"{style}{line[:-1]}{_RESET}\n" if style else line
