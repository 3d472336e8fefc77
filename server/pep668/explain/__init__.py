"""From output, and what is known of the command that printed it, to the errors in it and what to do.

No IO: the machine is a snapshot. Nothing of the output becomes part of a command.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pep668.languages._needles import NEEDLES
from pep668.languages._recognizer import Recognizer, is_blank
from pep668.model import ErrorReport, Install, Judged, Machine
from pep668.settings import Settings
from pep668.text import Span

from . import _refused, _steps, _text
from ._files import Files
from ._model import EXPLAIN, MOST_ACTIONS, Action, Advice, Explanation, Plan
from ._road import Place
from ._shells import syntax
from ._text import plain
from ._typed import Typed, install_in

if TYPE_CHECKING:
    from ._source import Source

__all__ = ["NEEDLES", "Action", "Advice", "Explanation", "Files", "Recognizer", "Source", "explain", "plain"]

_REFUSED = "externally-managed"
_CODES_OF_REFUSALS = (1, 2)  # pip's and uv's; shells, make and interruptions have others


def explain(
    output: str,
    *,
    command: str = "",
    exit_code: int | None = None,
    cwd: str = "",
    shell: str = "",
    machine: Machine | None = None,
    settings: Settings | None = None,
    files: Files | None = None,
) -> Explanation:
    """The errors in `output` and the advice; no advice where there is nothing to say. Never raises.

    `command` is the command line as typed, `shell` the program that read it, `cwd` the
    folder it ran in. `machine` is the snapshot for that folder, None where the output comes from
    somewhere else: then nothing is assumed of it. `files` are those that the command may have read: what it
    runs of them is followed, and the line is found that was refused.
    """
    typed = Typed(command, machine)
    recognizer = Recognizer(typed.source(exit_code))
    recognizer.feed(output)
    found = recognizer.finish()
    if not found and exit_code in _CODES_OF_REFUSALS and machine is not None and typed.refused and is_blank(output):
        found = [_wordless(output)]
    place = Place(syntax(shell), cwd or (machine.folder if machine else ""), machine, settings or Settings())
    sources: Sequence[Source | None] = [None] * len(found)
    if files is not None and (found or (exit_code and machine is not None and not typed.judged and is_blank(output))):
        from ._source import tied

        sources = tied(output, found, typed, place, files, exit_code)
        found = found or [_wordless(output) for _ in sources]
    errors, subjects = _named(found, typed, sources)
    plan, judged, cause = _plan(errors, subjects, typed, place)
    markdown = _text.markdown(errors, plan, judged, command, place.folder, sources)
    if plan is None or cause is None:
        return Explanation(tuple(errors), None, markdown, tuple(sources))
    source = sources[errors.index(cause)]
    advice = _advice(plan, cause, command, place, markdown, source, away=typed.elsewhere)
    return Explanation(tuple(errors), advice, markdown, tuple(sources))


def _wordless(output: str) -> ErrorReport:
    return ErrorReport(_REFUSED, "", "", Span(0, len(output)), form="silent")


_Subject = tuple[Install | None, Judged | None, bool]


def _named(
    found: list[ErrorReport], typed: Typed, sources: Sequence[Source | None]
) -> tuple[list[ErrorReport], list[_Subject]]:
    """The reports with what was asked for; for each the install that it is about, and whether that was typed."""
    errors: list[ErrorReport] = []
    subjects: list[_Subject] = []
    counts: dict[bool, int] = {}
    for report, source in zip(found, sources, strict=True):
        if report.kind != _REFUSED:
            errors.append(report)
            subjects.append((None, None, False))
            continue
        candidates = typed.refused if report.form == "silent" else typed.candidates(report.tool)
        uv = report.tool == "uv"
        index = counts.get(uv, 0)
        counts[uv] = index + 1
        own = candidates[min(index, len(candidates) - 1)] if candidates and source is None else None
        judged = source.found.judged[0] if source is not None and source.found is not None else own
        install = install_in(report.command, report.tool) if report.command and own is None else None
        if install is None and judged is not None:
            install = judged.install
        if install is not None:
            report = replace(
                report,
                tool=report.tool or ("uv" if install.tool == "uv" else "pip"),
                operation=install.operation,
                packages=tuple(dict.fromkeys(install.packages)),
                requirements=tuple(install.requirement_files),
            )
        errors.append(report)
        subjects.append((install, judged, own is not None))
    return errors, subjects


def _plan(
    errors: list[ErrorReport], subjects: list[_Subject], typed: Typed, place: Place
) -> tuple[Plan | None, Judged | None, ErrorReport | None]:
    """What to do about the error that matters: the first refusal, else the first failure that has a next step."""
    for error, (install, judged, own) in zip(errors, subjects, strict=True):
        if error.kind == _REFUSED:
            return _refused.plan(error, install, own, typed, place), judged, error
    missing = frozenset(e.detail for e in errors if e.kind == "command-not-found")
    for error in errors:
        plan = _steps.plan(error, typed, place, missing)
        if plan is not None:
            return plan, None, error
    return None, None, None


def _advice(
    plan: Plan, cause: ErrorReport, command: str, place: Place, markdown: str, source: Source | None, *, away: bool
) -> Advice:
    seed = "\0".join((cause.kind, command.strip() or cause.command or plan.message, place.folder))
    key = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    actions = list(plan.actions)
    if source is not None:
        # Behind what can be run; where nothing can be run again, the line is where to begin.
        actions.insert(0 if away else 1, Action(f"Show in {_text.plain(source.title)}", kind="open", source=source))
    rest = (*actions[MOST_ACTIONS - 1 :], *plan.more)
    more = tuple(sorted(rest, key=lambda a: a.last_resort))
    shown = (*actions[: MOST_ACTIONS - 1], EXPLAIN)
    return Advice(key, _text.plain(plan.message), plan.severity, shown, more, markdown)
