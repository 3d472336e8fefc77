"""An explanation for the command line: as text, and as the JSON that `pep668 explain` promises."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pep668.explain import Action, Advice, Explanation
from pep668.explain._shells import syntax

from .text import printable

if TYPE_CHECKING:
    from pep668.explain._source import Source

NOTHING = "No refusal and no failure on the way to an environment was found in this output.\n"
_BOLD, _DIM, _GREEN, _YELLOW, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[1;33m", "\x1b[0m"


def as_json(explanation: Explanation, output: str | Iterable[str]) -> dict[str, Any]:
    """`{"errors": [...], "advice": {...}}`; lines count from 1, the advice is empty where there is none.

    `output` is what was explained, whole or in any pieces. An error's `source` is the place in a file that issued the
    command, null where none is known.
    """
    sources = explanation.sources or (None,) * len(explanation.errors)
    ends = [max(e.span.start, e.span.end - 1) for e in explanation.errors]
    numbers = _line_numbers(
        (output,) if isinstance(output, str) else output, {*ends, *(e.span.start for e in explanation.errors)}
    )
    errors = [
        {
            "kind": error.kind,
            "tool": error.tool,
            "operation": error.operation,
            "packages": list(error.packages),
            "requirements": list(error.requirements),
            "prefix": error.prefix,
            "line": numbers[error.span.start],
            "end_line": numbers[end],
            "form": error.form,
            "detail": error.detail,
            "source": _place(source),
        }
        for error, end, source in zip(explanation.errors, ends, sources, strict=True)
    ]
    return {"errors": errors, "advice": explanation.advice.to_json() if explanation.advice else {}}


def _place(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    line, column = source.position
    return {"path": source.shown, "line": line + 1, "column": column + 1}


def _line_numbers(output: Iterable[str], offsets: set[int]) -> dict[int, int]:
    """The lines of offsets, from 1. Lines of output end with a newline only: a lone carriage return writes over one."""
    wanted = sorted(offsets)
    found: dict[int, int] = {}
    at, line = 0, 1
    for piece in output:
        if len(found) == len(wanted):
            break
        for offset in wanted[len(found) : bisect_right(wanted, at + len(piece))]:
            found[offset] = line + piece.count("\n", 0, offset - at)
        line += piece.count("\n")
        at += len(piece)
    return {offset: found.get(offset, line) for offset in wanted}


def as_text(explanation: Explanation, *, folder: str = "", shell: str = "", color: bool = False) -> str:
    """What happened and what to do, the best first, the last resort last, for people in that folder and shell."""
    advice = explanation.advice
    if advice is None:
        found = [f"{error.kind.replace('-', ' ')}: {error.detail}" for error in explanation.errors]
        return "".join(f"{printable(line)}\n" for line in dict.fromkeys(found)) or NOTHING
    steps = [a for a in (*advice.actions, *advice.more) if a.kind == "terminal"]
    steps.sort(key=lambda a: a.last_resort)
    known = [s for s in dict.fromkeys(explanation.sources) if s is not None]
    places = [f"{printable(s.title)}: {printable(' '.join(s.written.split()))}" for s in known]
    parts = ["\n".join((_painted(_BOLD, printable(_message(advice, steps)), color), *places))]
    parts += [_step(action, color) for action in steps]
    if steps and steps[0].environment and "activate" not in steps[0].text:
        parts[1] += "\n" + _afterwards(steps[0].environment, folder, shell, color)
    return "\n\n".join(parts) + "\n"


def _message(advice: Advice, steps: Sequence[Action]) -> str:
    """The message without the line that stands below it."""
    return advice.message.replace(f" with `{steps[0].text}`", "", 1) if steps else advice.message


def _step(action: Action, color: bool) -> str:
    style = _YELLOW if action.last_resort else _DIM
    # A button's title may be the line itself, with the version that it brings.
    version = action.title.removeprefix(action.text).strip(" ()") if action.title.startswith(action.text) else None
    shown = action.title if version is None else f"Or, in version {version}" if version else "Or"
    title = _painted(style, f"{printable(shown)}:", color)
    commands = "\n".join(f"    {_painted(_GREEN, printable(line), color)}" for line in action.text.split("\n"))
    return f"{title}\n{commands}"


def _afterwards(environment: str, folder: str, shell: str, color: bool) -> str:
    """How to use what the first step makes."""
    near = folder and environment.startswith(folder.rstrip("/") + "/")
    shown = os.path.relpath(environment, folder) if near else environment
    written = syntax(shell)
    python, activate = written.program(f"{shown}/bin/python"), written.activate(shown)
    return _painted(_DIM, printable(f"Then run programs with {python}, or activate it first: {activate}"), color)


def _painted(style: str, text: str, color: bool) -> str:
    return f"{style}{text}{_RESET}" if color else text
