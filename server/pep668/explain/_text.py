"""An explanation in Markdown. Text from output is shown as code, without anything that could pretend to be more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pep668.model import ErrorReport, Judged

from ._model import Action, Plan
from ._unseen import shown

if TYPE_CHECKING:
    from ._source import Source

_LONGEST = 200
_PAIRS = re.compile("(`[^`]+`)")
_TICKS = re.compile("`+")
_BEGINS = re.compile(r"\A(\d{0,9})(?=[-+=.)])")
# What is markup anywhere, or makes a link of a bare address.
_SPECIAL = re.compile(r"[\\*_{}\[\]<>#|!~&$@^]|:(?=\S)|/(?=/)|(?<=www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """A sentence that may name what output holds, without characters that change how it is shown.

    A notification makes a link of `[x](command:y)`, and runs the command: here it has none.
    """
    return shown(text).replace("](", "] (")


def code(text: str) -> str:
    """Foreign text as inline code, at most 200 characters of it."""
    clean = shown(text.strip())
    return _span(clean if len(clean) <= _LONGEST else clean[: _LONGEST - 3] + "...")


def _span(text: str) -> str:
    """Text as inline code that no backtick of it ends."""
    if "`" not in text:
        return f"`{text or ' '}`"
    ticks = "`" * (max(map(len, _TICKS.findall(text))) + 1)
    return f"{ticks} {text} {ticks}"


def prose(text: str, lines: Iterable[str] = ()) -> str:
    """A sentence in which only backticks are markup, those around one of `lines` first, whatever that holds.

    However they pair, what stands between two is code, and all else is escaped.
    """
    text = text.strip()
    known = sorted({re.escape(f"`{line}`") for line in lines if line}, key=len, reverse=True)
    whole = re.split(f"({'|'.join(known)})", text) if known else [text]
    parts = [part for i, piece in enumerate(whole) for part in ([piece] if i % 2 else _PAIRS.split(piece))]
    # Every second one stands between ticks, of `whole` and of each piece of it.
    parts[2:-1:2] = [part or " " for part in parts[2:-1:2]]  # ticks that meet would be one longer run
    out = "".join(_span(shown(part[1:-1])) if i % 2 else _escaped(part) for i, part in enumerate(parts))
    return _BEGINS.sub(r"\1\\", out)  # it would be a list


def _escaped(text: str) -> str:
    """Plain text; a backtick as a reference, which is never a part of the ticks beside it."""
    return _SPECIAL.sub(r"\\\g<0>", shown(text)).replace("`", "&#96;")


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
    lines = [a.text for a in (*plan.actions, *plan.more)] if plan else []
    if plan is not None:
        parts.append(prose(plan.message, lines))
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
        parts += ["## Why", "\n".join(f"- {prose(' '.join(r.split()))}" for r in dict.fromkeys(reasons))]
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
        tool, operation = prose(error.tool), prose(error.operation or "install")
        return f"- {tool} refused to {operation}{subject}{place}{seen}{by}."
    detail = f": {code(error.detail)}" if error.detail else ""
    return f"- {prose(error.kind.replace('-', ' '))}{detail}."


def _action(action: Action) -> list[str]:
    warning = " Programs of the system may stop working." if action.last_resort else ""
    return [f"{prose(action.title, [action.text])}.{warning}", fence(action.text)] if action.kind == "terminal" else []
