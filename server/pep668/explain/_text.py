"""An explanation in Markdown. Text from output is shown as code, without anything that could pretend to be more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pep668.model import ErrorReport, Judged

from ._model import Action, Plan
from ._unseen import shown

if TYPE_CHECKING:
    from ._source import Source

_LONGEST = 200


def plain(text: str) -> str:
    """A sentence that may name what output holds, without characters that change how it is shown."""
    return shown(text)


def code(text: str) -> str:
    """Foreign text as inline code."""
    clean = shown(text.strip()).replace("`", "?")
    return f"`{clean if len(clean) <= _LONGEST else clean[: _LONGEST - 3] + '...'}`"


def fence(text: str) -> str:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}console\n{text}\n{ticks}"


def markdown(
    errors: Sequence[ErrorReport],
    plan: Plan | None,
    judged: Judged | None,
    command: str,
    folder: str,
    sources: Sequence[Source | None] = (),
) -> str:
    if not errors and plan is None:
        return "No refusal and no failure on the way to an environment was found in this output.\n"
    parts = ["## What happened"]
    if plan is not None:
        parts.append(plain(plan.message))
    if plan is None or len(errors) > 1 or errors[0].command:  # a single event is what the plan's message says
        parts += [_event(e) for e in errors[:5]]
    if len(errors) > 5:
        parts.append(f"And {len(errors) - 5} more.")
    known = [s for s in dict.fromkeys(sources) if s is not None]
    parts += [f"{code(s.title)} issued it: {code(' '.join(s.written.split()))}." for s in known[:5]]
    if command:
        where = f" in {code(folder)}" if folder else ""
        parts.append(f"The command was {code(command)}{where}.")
    reasons = list(plan.why) if plan else []
    if judged is not None:
        reasons += [e.text for e in judged.environment.evidence]
    if any(e.kind == "externally-managed" for e in errors):
        reasons.append(
            "PEP 668: the distribution marks its Python with a file named EXTERNALLY-MANAGED; pip and uv then "
            "install nothing there, so that programs of the system keep working. `--user` is refused as well."
        )
    if reasons:
        parts += ["## Why", "\n".join(f"- {r}" for r in dict.fromkeys(reasons))]
    if plan is not None and (plan.actions or plan.more):
        parts.append("## What to do")
        for action in (*plan.actions, *plan.more):
            parts += _action(action)
    return "\n\n".join(parts) + "\n"


def _event(error: ErrorReport) -> str:
    if error.kind == "externally-managed":
        asked = [*error.packages, *error.requirements]
        subject = f" {', '.join(code(a) for a in asked[:5])}" if asked else ""
        place = f" in {code(error.prefix)}" if error.prefix else ""
        by = f", called by {code(error.command)}" if error.command else ""
        seen = " without a word" if error.form == "silent" else ""
        return f"- {error.tool} refused to {error.operation or 'install'}{subject}{place}{seen}{by}."
    detail = f": {code(error.detail)}" if error.detail else ""
    return f"- {error.kind.replace('-', ' ')}{detail}."


def _action(action: Action) -> list[str]:
    warning = " Programs of the system may stop working." if action.last_resort else ""
    return [f"{action.title}.{warning}", fence(action.text)] if action.kind == "terminal" else []
