"""From output, and what is known of the command that printed it, to the errors in it and what to do.

No IO: the machine is a snapshot. Nothing of the output becomes part of a command.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pep668.languages._decoding import Decoder
from pep668.languages._needles import ASIDES, LINKS, NEEDLES
from pep668.languages._recognizer import Recognizer
from pep668.model import ErrorReport, Install, Judged, Machine, ScopeKind
from pep668.settings import Settings
from pep668.text import Span

from . import _message, _moves, _refused, _steps, _text
from ._files import Files
from ._history import History
from ._listener import Listener
from ._model import EXPLAIN, MOST_ACTIONS, Action, Advice, Explanation, Plan
from ._place import Place
from ._shells import on_windows, syntax
from ._text import plain
from ._typed import Past, Typed, install_in, is_vague
from ._unseen import is_plain

if TYPE_CHECKING:
    from ._source import Source

__all__ = [
    "ASIDES",
    "LINKS",
    "NEEDLES",
    "Action",
    "Advice",
    "Decoder",
    "Explanation",
    "Files",
    "History",
    "Listener",
    "Past",
    "Recognizer",
    "explain",
    "plain",
]

_REFUSED = "externally-managed"
_CODES_OF_REFUSALS = (1, 2)  # pip's and uv's; shells, make and interruptions have others


def explain(
    output: str | Listener,
    *,
    command: str = "",
    exit_code: int | None = None,
    cwd: str = "",
    shell: str = "",
    machine: Machine | None = None,
    settings: Settings | None = None,
    history: History | None = None,
    interpreter: str | None = None,
    walked: Collection[str] = (),
    root: str = "",
    look: Callable[[str], Machine] | None = None,
    files: Files | None = None,
) -> Explanation:
    """The errors in `output` and the advice; no advice where there is nothing to say. Never raises.

    `output` is the whole, or a Listener of the same command that has heard it.
    `command` is the command line as typed, `shell` the program that read it, `cwd` the
    folder it ran in. `machine` is the snapshot for that folder, None where the output comes from
    somewhere else: then nothing is assumed of it. `history` is what was typed before in the terminal, `interpreter`
    the Python that the editor has chosen, `walked` the steps that were taken before, `root` the workspace folder;
    `look` gives this machine as seen from another folder of it. `files` are those that the command may have read: what
    it runs of them is followed, and the line is found that was refused.
    """
    history = (history or History()).before(command)
    typed = Typed(command, machine, history, shell)
    heard = output if isinstance(output, Listener) else Listener(command, exit_code)
    if isinstance(output, str):
        heard.feed(output)
    found = heard.finish(exit_code)
    is_sure = machine is not None and history.sure and is_plain(command.strip()) and _system(interpreter, machine)
    if not found and exit_code in _CODES_OF_REFUSALS and is_sure and typed.surely_refused and heard.blank:
        found = [_wordless(heard)]
    folder = cwd or (machine.folder if machine else "")
    sources: Sequence[Source | None] = [None] * len(found)
    is_quiet = bool(exit_code) and is_sure and not typed.judged and not typed.past and heard.blank
    if files is not None and (found or is_quiet):
        from ._source import tied

        sources = tied(heard, found, typed, folder, files, settings or Settings(), exit_code)
        found = found or [_wordless(heard) for _ in sources]
    rest = _moves.left(typed, folder, machine, look) if found else _moves.Left(typed, folder, machine)
    errors, subjects = _named(found, rest.typed, sources)
    written = syntax(shell, windows=on_windows(rest.machine, rest.folder))
    place = Place(written, rest.folder, rest.machine, settings or Settings(), root, look)
    plan, judged, cause = _plan(errors, subjects, rest.typed, place)
    if plan is not None:
        plan = _message.told(_message.taken(plan, written, rest.machine), walked)
    markdown = _text.markdown(errors, plan, judged, command, folder, sources)
    if plan is None or cause is None:
        return Explanation(tuple(errors), None, markdown, tuple(sources))
    ties = zip(errors, sources, strict=True)
    alike = [s for e, s in ties if e is cause or (s is not None and e.kind == cause.kind)]
    source = next((s for s in alike if s is not None), None)
    advice = _advice(plan, cause, command, place, markdown, source, away=typed.elsewhere)
    return Explanation(tuple(errors), advice, markdown, tuple(sources))


def _wordless(heard: Listener) -> ErrorReport:
    return ErrorReport(_REFUSED, "", "", Span(0, heard.length), form="silent")


def _system(interpreter: str | None, machine: Machine) -> bool:
    """Whether the editor has chosen no Python of an environment: it activates those in new terminals."""
    known = [i for i in machine.programs.values() if i is not None and not i.virtual]
    return not interpreter or any(interpreter in (i.path, i.real) for i in known)


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
        candidates = typed.surely_refused if report.form == "silent" else typed.candidates(report.tool)
        uv = report.tool == "uv"
        index = counts.get(uv, 0)
        counts[uv] = index + 1
        own = candidates[min(index, len(candidates) - 1)] if candidates and source is None else None
        judged = source.found.judged[0] if source is not None and source.found is not None else own
        install = install_in(report.command, report.tool) if report.command and own is None else None
        if install is None and judged is not None:
            install = judged.install
        named = install
        if report.command and own is not None and is_vague(own.install):
            # A trace says what `"$@"` and xargs stood for; it is shown, no command is made of it.
            named = install_in(report.command, report.tool) or install
        if named is not None:
            report = replace(
                report,
                tool=report.tool or ("uv" if named.tool == "uv" else "pip"),
                operation=named.operation,
                packages=tuple(dict.fromkeys(named.packages)),
                requirements=tuple(named.requirement_files),
            )
        errors.append(report)
        subjects.append((install, judged, own is not None))
    return errors, subjects


def _plan(
    errors: list[ErrorReport], subjects: list[_Subject], typed: Typed, place: Place
) -> tuple[Plan | None, Judged | None, ErrorReport | None]:
    """What to do about the error that matters: the first refusal, else the first failure that has a next step."""
    forged = not is_plain(typed.text.strip())
    buildable = typed.visible if forged else typed
    why = (_message.UNSEEN,) if forged else ()
    pairs = list(zip(errors, subjects, strict=True))
    for error, (install, judged, typed_itself) in pairs:
        if error.kind == _REFUSED and typed.elsewhere:
            return _refused.elsewhere(error, install), judged, error
        if error.kind == _REFUSED:
            own = typed_itself and not forged
            inner = any(e.kind == _REFUSED and j is not None and not t for e, (_, j, t) in pairs) or _more(
                errors, typed
            )
            plan = _refused.plan(error, install, own, buildable, place, inner=inner)
            return replace(plan, why=why), judged, error
    missing = frozenset(e.detail for e in errors if e.kind == "command-not-found")
    for error in errors:
        step = _steps.plan(error, buildable, place, missing)
        if step is not None:
            return replace(step, why=why), None, error
    return None, None, None


def _more(errors: list[ErrorReport], typed: Typed) -> bool:
    """Whether more was refused than the typed installs can account for: something that the line runs was, too."""
    found = typed.candidates("pip")
    commands = [j.install.command for j in found]
    again = (ScopeKind.LOOP, ScopeKind.FUNCTION)  # those may run more than once, as what a wrapper (xargs) runs may
    repeated = any(c.wrappers or c.region.origin or any(s.kind in again for s in c.scope) for c in commands)
    return not repeated and sum(e.kind == _REFUSED and e.tool != "uv" for e in errors) > len(found) > 0


def _advice(
    plan: Plan, cause: ErrorReport, command: str, place: Place, markdown: str, source: Source | None, *, away: bool
) -> Advice:
    seed = "\0".join((cause.kind, command.strip() or cause.command or plan.message, place.folder))
    key = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    first, others = (
        [replace(a, cwd=place.folder or None, done=plain(a.done)) for a in some] for some in (plan.actions, plan.more)
    )
    if source is not None:
        # Behind what can be run; where nothing can be run again, the line is where to begin.
        first.insert(0 if away else 1, Action(f"Show in {plain(source.title)}", kind="open", source=source))
    actions = first[: MOST_ACTIONS - 1]
    rest = (*first[MOST_ACTIONS - 1 :], *others)
    more = tuple(sorted(rest, key=lambda a: a.last_resort))
    return Advice(key, _text.plain(plan.message), plan.severity, (*actions, EXPLAIN), more, markdown)
