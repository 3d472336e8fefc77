"""Taking out what switches the check off, with an environment for each install that rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pep668.context import Context
from pep668.environment.files import FALSE, may_switch_off
from pep668.model import Applicability, Bypass, Command, Finding, Fix
from pep668.text import Edit, Span

from ._draft import MOST_INSTALLS, Draft, affordable
from ._edits import BYPASS_VARIABLES, Rewrite
from ._image import anchor
from ._index import index
from ._lines import lines_of
from ._removal import removed
from ._structured import without_entry

ID = "virtual-environment"
_DECLARATIONS = ("export", "declare", "typeset", "local", "readonly", "set", "setenv")
_INSTRUCTION = re.compile(r"[ \t]*(?:ONBUILD[ \t]+)?(ENV|ARG|COPY|ADD)[ \t]+", re.IGNORECASE)
_ASSIGNED = re.compile(r"[\w.-]+=(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\[^\r\n]|[^\s\"'\\])*", re.DOTALL)
_KEY = re.compile(r"(?:^|\\n|[\"'])[ \t]*([A-Za-z][\w-]*)[ \t]*=", re.MULTILINE)
_OWN_KEY = re.compile(r"break[-_]system[-_]packages", re.IGNORECASE)


def cure(context: Context, finding: Finding) -> Iterator[Fix]:
    """The fix for a command or a host's line that switches the check off."""
    if not isinstance(finding.subject, Command) or context.again is None:
        return
    what = "marker" if finding.rule == "EM004" else "override"
    system = finding.subject.region.place.system
    every = _places(context, system, what)
    own = next((p for p in every if p.span == finding.span), None)
    if own is None:
        return
    # One of several alone keeps nothing from being let through.
    draft, moved = _of_system(context, system, what)
    if draft is None:
        draft, moved = _cured(context, tuple(p for p in every if _together(p, own)), _count(context))
    if draft is None:
        yield _shown(f"{_DONE[what]} and use virtual environments", _BY_HAND[what])
    elif not moved:
        yield _shown(_title(what, draft), draft.by_hand[-1] if draft.by_hand else _BY_HAND[what])
    else:
        yield Fix(ID, _title(what, draft), draft.edits, preferred=True, explanation="\n".join(draft.by_hand))


@lru_cache(maxsize=16)
def _of_system(context: Context, system: str, what: str) -> tuple[Draft | None, bool]:
    return _cured(context, _places(context, system, what), 1)


def _cured(context: Context, places: tuple[_Place, ...], times: int) -> tuple[Draft | None, bool]:
    """The document without some places, and whether all that rests on them has an environment.

    `times`: how often that is asked of the document.
    """
    if not affordable(context, times * (len(places) + min(len(context.judged), MOST_INSTALLS))):
        return None, False
    draft = _without(context, places)
    return draft, draft is not None and draft.move_installs()


def _shown(title: str, explanation: str) -> Fix:
    return Fix(ID, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)


_DONE = {"marker": "Leave the marker alone", "override": "Drop the override"}
_BY_HAND = {
    "marker": "Leave EXTERNALLY-MANAGED where it is.\nInstall into a virtual environment: python3 -m venv .venv",
    "override": "Leave the override out.\nInstall into a virtual environment: python3 -m venv .venv",
}


def _title(what: str, draft: Draft) -> str:
    done, titles = _DONE[what], list(dict.fromkeys(draft.titles))
    return f"{done}; {titles[0][:1].lower()}{titles[0][1:]}" if titles else f"{done}: no install here rests on it alone"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something switches the check off: a command, or a line of its host's (`host`) that sets a variable."""

    span: Span
    command: Command
    host: bool = False


@lru_cache(maxsize=16)
def _places(context: Context, system: str, what: str) -> tuple[_Place, ...]:
    """All places that do it to a system, or to those below it."""
    return tuple(_found(context, system, what))


def _found(context: Context, system: str, what: str) -> Iterator[_Place]:
    systems = index(context).systems(system)
    bypasses = (Bypass.MARKER_REMOVED,) if what == "marker" else (Bypass.VARIABLE, Bypass.PIP_CONFIG)
    installs = {id(j.install.command) for j in context.judged}
    seen: set[Span] = set()
    for override in context.overrides:
        command, span = override.command, override.evidence.span
        if command is None or span is None or span in seen or id(command) in installs:
            continue
        if override.bypass in bypasses and command.region.place.system in systems:
            seen.add(span)
            yield _Place(span, command)
    if what == "override":
        for command in context.commands:
            for span in _of_facts(command) if command.region.place.system in systems else ():
                if span not in seen:
                    seen.add(span)
                    yield _Place(span, command, host=True)


def _of_facts(command: Command) -> Iterator[Span]:
    """The host's lines that switch the check off for a command."""
    for fact in command.region.facts:
        by_variable = fact.kind == "variable" and fact.name in BYPASS_VARIABLES
        by_file = fact.kind == "file" and fact.name.endswith("pip.conf") and fact.value is not None
        if fact.evidence.span is None or not (by_variable or by_file):
            continue
        off = (fact.value or "").strip().lower() in FALSE if by_variable else not may_switch_off(fact.value)
        if not off or (by_variable and fact.value is None):
            yield fact.evidence.span


def _together(one: _Place, other: _Place) -> bool:
    """Whether they are one place, or stand in one list: what writes one file line by line."""
    if one.host or other.host:
        return one.span == other.span
    return one.command.region is other.command.region and one.command.statement == other.command.statement


def _without(context: Context, places: tuple[_Place, ...]) -> Draft | None:
    """The document without some places; None where one cannot be taken out."""
    draft = Draft(context)
    for place in sorted(places, key=lambda p: p.span):
        found = _now(draft, place)
        if found is None:
            continue  # it went with another
        edits = _of_host(draft.context, *found) if place.host else _edits(draft.context, found[0])
        if not edits:
            return None
        draft.apply(edits)
    return draft if draft.edits and _count(draft.context) < _count(context) else None


@lru_cache(maxsize=16)
def _count(context: Context) -> int:
    """How many places of the document switch the check off."""
    spans = {o.evidence.span for o in context.overrides}
    return len(spans | {s for c in context.commands for s in _of_facts(c)})


def _now(draft: Draft, place: _Place) -> tuple[Command, Span] | None:
    """A place in the text as it is now."""
    if place.host:
        spans = ((c, s) for c in draft.context.commands for s in _of_facts(c))
        return next(((c, s) for c, s in spans if draft.original(s.start) == place.span.start), None)
    at, words = place.command.outer(place.command.span).start, [w.pattern for w in place.command.words]
    for command in draft.context.commands:
        span = command.outer(command.span)
        if draft.original(span.start) == at and [w.pattern for w in command.words] == words:
            return command, span
    return None


def _edits(context: Context, command: Command) -> tuple[Edit, ...] | None:
    if any(o.command is command and o.bypass is Bypass.VARIABLE for o in context.overrides):
        return _without_variables(context, command)
    if any(_other_keys(text) for text in _texts(command)):
        return None
    return removed(context, command)


def _without_variables(context: Context, command: Command) -> tuple[Edit, ...] | None:
    """`export X=1` goes as a whole; of `export A=1 X=1` and of `X=1 make` the variable does."""
    gone = [a for a in command.assignments if a.name in BYPASS_VARIABLES]
    declares = bool(command.words) and command.words[0].value in _DECLARATIONS
    named = [w for w in command.words[1:] if w.pattern[:1] not in ("-", "")]
    rest = [w for w in named if not any(a.span.covers(w.span) for a in gone)]
    if (declares and not rest) or (not command.words and len(gone) == len(command.assignments)):
        return removed(context, command)
    if declares or not command.words:
        words = [w.span for w in command.words] or [a.span for a in command.assignments]
        return _without_words(command, words, [a.span for a in gone])
    rewrite = Rewrite(context.text, command)
    for assignment in (*gone, *(a for w in command.wrappers for a in w.assignments if a.name in BYPASS_VARIABLES)):
        rewrite.drop_before(assignment.span)
    return rewrite.edits()


def _without_words(command: Command, words: list[Span], gone: list[Span]) -> tuple[Edit, ...] | None:
    """Each with the blanks between it and its neighbour."""
    if not all(command.region.map.is_verbatim(s) for s in words):
        return None
    cuts = []
    for span in gone:
        at = words.index(span)
        begin, end = (words[at - 1].end, span.end) if at else (span.start, words[1].start)
        cuts.append(Edit(command.outer(Span(begin, end)), ""))
    return tuple(cuts)


def _texts(command: Command) -> Iterator[str]:
    """What a command writes, as far as its text says it."""
    region = command.region
    yield region.text[command.statement.start : command.statement.end]
    for redirect in command.redirects:
        if redirect.body is not None:
            yield region.text[redirect.body.start : redirect.body.end]


def _other_keys(text: str) -> bool:
    """Whether a text of pip's configuration sets more than the override."""
    if not _OWN_KEY.search(text):
        return False
    return any(not _OWN_KEY.fullmatch(key) for key in _KEY.findall(text))


def _of_host(context: Context, command: Command, span: Span) -> tuple[Edit, ...] | None:
    """What a host sets for its commands: an instruction of a Dockerfile, an entry of a YAML file."""
    text = context.text[span.start : span.end]
    instruction = _INSTRUCTION.match(text) if anchor(command) is not None else None
    if instruction is None:
        return without_entry(context, span.start)
    if instruction[1].upper() in ("COPY", "ADD"):
        return None if _other_keys(text) else (lines_of(context.text, span),)
    words = [m.span() for m in _ASSIGNED.finditer(text, instruction.end())]
    gone = [i for i, (at, _) in enumerate(words) if text[at:].startswith(tuple(f"{n}=" for n in BYPASS_VARIABLES))]
    if len(gone) == len(words) or not words:
        return (lines_of(context.text, span),)
    cuts = [(words[i - 1][1], words[i][1]) if i else (words[0][0], words[1][0]) for i in gone]
    if any("#" in text[a:b] for a, b in cuts):
        return None
    return tuple(Edit(Span(span.start + a, span.start + b), "") for a, b in cuts)
