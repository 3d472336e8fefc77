"""From output, and what is known of the command that printed it, to the errors in it and what to do.

No IO: the machine is a snapshot. Nothing of the output becomes part of a command.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from pep668.languages._needles import NEEDLES
from pep668.languages._recognizer import Recognizer, encoding, is_blank
from pep668.model import ErrorReport, Install, Judged, Machine
from pep668.settings import Settings
from pep668.text import Span

from . import _refused, _steps, _text
from ._model import EXPLAIN, MOST_ACTIONS, Action, Advice, Explanation, Plan
from ._road import Place
from ._shells import syntax
from ._typed import Typed, install_in, is_vague

__all__ = ["NEEDLES", "Action", "Advice", "Explanation", "Recognizer", "encoding", "explain"]

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
) -> Explanation:
    """The errors in `output` and the advice; no advice where there is nothing to say. Never raises.

    `command` is the command line as typed, `shell` the program that read it, `cwd` the
    folder it ran in. `machine` is the snapshot for that folder, None where the output comes from
    somewhere else: then nothing is assumed of it.
    """
    typed = Typed(command, machine)
    recognizer = Recognizer(typed.source(exit_code))
    recognizer.feed(output)
    found = recognizer.finish()
    if not found and exit_code in _CODES_OF_REFUSALS and machine is not None and typed.refused and is_blank(output):
        found = [ErrorReport(_REFUSED, "", "", Span(0, len(output)), form="silent")]
    errors, subjects = _named(found, typed)
    place = Place(syntax(shell), cwd or (machine.folder if machine else ""), machine, settings or Settings())
    plan, judged, cause = _plan(errors, subjects, typed, place)
    markdown = _text.markdown(errors, plan, judged, command, place.folder)
    advice = None if plan is None or cause is None else _advice(plan, cause, command, place, markdown)
    return Explanation(tuple(errors), advice, markdown)


_Subject = tuple[Install | None, Judged | None]


def _named(found: list[ErrorReport], typed: Typed) -> tuple[list[ErrorReport], list[_Subject]]:
    """The reports with what was asked for, and for each the install that it is about."""
    errors: list[ErrorReport] = []
    subjects: list[_Subject] = []
    counts: dict[bool, int] = {}
    for report in found:
        if report.kind != _REFUSED:
            errors.append(report)
            subjects.append((None, None))
            continue
        candidates = typed.refused if report.form == "silent" else typed.candidates(report.tool)
        uv = report.tool == "uv"
        index = counts.get(uv, 0)
        counts[uv] = index + 1
        judged = candidates[min(index, len(candidates) - 1)] if candidates else None
        install = judged.install if judged else None
        if report.command and (install is None or is_vague(install)):  # a trace has what `"$@"` and xargs stood for
            install = install_in(report.command, report.tool) or install
        if install is not None:
            report = replace(
                report,
                tool=report.tool or ("uv" if install.tool == "uv" else "pip"),
                operation=install.operation,
                packages=tuple(dict.fromkeys(install.packages)),
                requirements=tuple(install.requirement_files),
            )
        errors.append(report)
        subjects.append((install, judged))
    return errors, subjects


def _plan(
    errors: list[ErrorReport], subjects: list[_Subject], typed: Typed, place: Place
) -> tuple[Plan | None, Judged | None, ErrorReport | None]:
    """What to do about the error that matters: the first refusal, else the first failure that has a next step."""
    for error, (install, judged) in zip(errors, subjects, strict=True):
        if error.kind == _REFUSED:
            return _refused.plan(error, install, judged is not None, typed, place), judged, error
    missing = frozenset(e.detail for e in errors if e.kind == "command-not-found")
    for error in errors:
        plan = _steps.plan(error, typed, place, missing)
        if plan is not None:
            return plan, None, error
    return None, None, None


def _advice(plan: Plan, cause: ErrorReport, command: str, place: Place, markdown: str) -> Advice:
    seed = "\0".join((cause.kind, command.strip() or cause.command or plan.message, place.folder))
    key = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    actions = plan.actions[: MOST_ACTIONS - 1]
    rest = (*plan.actions[MOST_ACTIONS - 1 :], *plan.more)
    more = tuple(sorted(rest, key=lambda a: a.last_resort))
    return Advice(key, _text.plain(plan.message), plan.severity, (*actions, EXPLAIN), more, markdown)
