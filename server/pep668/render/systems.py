"""Where commands would fail: a table of commands by systems, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pep668.analysis import Analysis
from pep668.model import Environment, Judged, Verdict

from .text import printable, width

_OWN = ("image", "runner", "platform", "remote")
_COLORS = {"refused": "\x1b[1;31m", "fails": "\x1b[1;31m", "depends": "\x1b[1;33m", "ok": "\x1b[32m"}
_RESET = "\x1b[0m"
_LEGEND = {
    "refused": "ends with error: externally-managed-environment",
    "fails": "stops with a usage error, such as a flag that this pip does not know",
    "depends": "not decided by what the file says",
}


@dataclass(slots=True)
class Row:
    """A command, and what would happen to it by system. `own`: the file itself says where it runs."""

    path: str
    line: int
    column: int
    text: str
    own: bool
    found: dict[str, Environment] = field(default_factory=dict)


def rows(path: str, analyses: Mapping[str, Analysis]) -> list[Row]:
    """The commands of one document in its order, judged by each of its analyses."""
    out: dict[int, Row] = {}
    for system, analysis in analyses.items():
        for judged in analysis.context.judged:
            start = judged.install.command.outer(judged.install.program).start
            if start not in out:
                line, column = analysis.context.lines.position(start)
                out[start] = Row(path, line + 1, column + 1, _text(judged), _has_own(judged))
            out[start].found[system] = judged.environment
    return [out[start] for start in sorted(out)]


def _text(judged: Judged) -> str:
    region, span = judged.install.command.region, judged.install.span
    return " ".join(region.text[span.start : span.end].replace("\\\n", " ").split())


def _has_own(judged: Judged) -> bool:
    return any(judged.install.command.region.fact(kind) for kind in _OWN)


def said(environment: Environment | None) -> str:
    """One word for a cell."""
    if environment is None:
        return "-"
    if environment.usage_error:
        return "fails"
    return {Verdict.REFUSED: "refused", Verdict.ALLOWED: "ok", Verdict.DEPENDS: "depends"}[environment.verdict]


def fails(row: Row) -> bool:
    return any(said(e) in ("refused", "fails") for e in row.found.values())


def table(found: Sequence[Row], systems: Sequence[str], columns: int, color: bool = False) -> str:
    """A line for each command, a column for each system, then what was counted; `columns` are the terminal's."""
    if not found:
        return "No install commands.\n"
    widths = [max(len(system), 7) for system in systems]
    room = max(44, columns - sum(w + 2 for w in widths))
    lines = [" " * room + "".join(f"  {s:<{w}}" for s, w in zip(systems, widths, strict=True)).rstrip()]
    for row in found:
        place = f"{_short(printable(row.path), room // 2)}:{row.line}"
        lead = _cut(f"{place}{' (own)' if row.own else ''} {printable(row.text)}", room)
        cells = (said(row.found.get(system)) for system in systems)
        line = lead + " " * (room - width(lead))
        line += "".join(f"  {_painted(c, color)}{' ' * (w - len(c))}" for c, w in zip(cells, widths, strict=True))
        lines.append(line.rstrip())
    lines.append("")
    words = {said(e) for row in found for e in row.found.values()}
    lines += [f"{word}: {meaning}" for word, meaning in _LEGEND.items() if word in words]
    if any(row.own for row in found):
        lines.append("(own): the file says itself where the command runs")
    for system in systems:
        counts = [said(row.found.get(system)) for row in found]
        told = [f"{counts.count(w)} of {len(found)} {w}" for w in ("refused", "fails") if w in counts]
        lines.append(f"{system}: {', '.join(told) or 'none refused'}")
    return "\n".join(lines) + "\n"


def _painted(word: str, color: bool) -> str:
    return f"{_COLORS[word]}{word}{_RESET}" if color and word in _COLORS else word


def _short(path: str, most: int) -> str:
    """A path with its middle left out."""
    if width(path) <= most or most < 8:
        return path
    return f"{path[: most // 2 - 1]}…{path[len(path) - (most - most // 2) :]}"


def _cut(text: str, most: int) -> str:
    while width(text) > most:
        text = text[: most - 1] if width(text[: most - 1]) < most else text[:-2]
        text += "…"
        if len(text) < 2:
            break
    return text


def as_json(found: Sequence[Row], systems: Sequence[str]) -> dict[str, Any]:
    """The same as data; lines and columns count from 1."""
    return {
        "systems": list(systems),
        "commands": [
            {
                "path": row.path,
                "line": row.line,
                "column": row.column,
                "text": row.text,
                "own": row.own,
                "verdicts": {
                    system: {
                        "verdict": environment.verdict.value,
                        "usage_error": environment.usage_error,
                        "decides": environment.decides,
                        "evidence": [e.text for e in environment.evidence],
                    }
                    for system, environment in row.found.items()
                },
            }
            for row in found
        ],
    }
