"""An explanation for the command line: as text, and as the JSON that `pep668 explain` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pep668.explain import Explanation

from .text import printable

if TYPE_CHECKING:
    from pep668.explain import Source

NOTHING = "No refusal and no failure on the way to an environment was found in this output.\n"


def as_json(explanation: Explanation, output: str) -> dict[str, Any]:
    """`{"errors": [...], "advice": {...}}`; lines count from 1, the advice is empty where there is none.

    An error's `source` is the place in a file that issued the command, null where none is known.
    """
    sources = explanation.sources or (None,) * len(explanation.errors)
    errors = [
        {
            "kind": error.kind,
            "tool": error.tool,
            "operation": error.operation,
            "packages": list(error.packages),
            "requirements": list(error.requirements),
            "prefix": error.prefix,
            "line": _line(output, error.span.start),
            "end_line": _line(output, max(error.span.start, error.span.end - 1)),
            "form": error.form,
            "detail": error.detail,
            "source": _place(source),
        }
        for error, source in zip(explanation.errors, sources, strict=True)
    ]
    return {"errors": errors, "advice": explanation.advice.to_json() if explanation.advice else {}}


def _place(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    line, column = source.position
    return {"path": source.shown, "line": line + 1, "column": column + 1}


def _line(output: str, offset: int) -> int:
    """Lines of output end with a newline only: a lone carriage return writes over the line."""
    return output.count("\n", 0, offset) + 1


def as_text(explanation: Explanation) -> str:
    """What happened and what to do, the best first, for a terminal."""
    advice = explanation.advice
    if advice is None:
        found = [f"{error.kind.replace('-', ' ')}: {error.detail}" for error in explanation.errors]
        return "".join(f"{printable(line)}\n" for line in found) or NOTHING
    steps = (a for a in (*advice.actions, *advice.more) if a.kind == "terminal")
    known = [s for s in dict.fromkeys(explanation.sources) if s is not None]
    places = "".join(f"{printable(s.title)}: {printable(' '.join(s.written.split()))}\n" for s in known)
    shown = (f"\n{printable(a.title)}:\n    {printable(a.text)}\n" for a in steps)
    return f"{printable(advice.message)}\n{places}{''.join(shown)}"
