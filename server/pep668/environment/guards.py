"""Tests that decide where the commands behind them can run: for the marker itself, for an active environment."""

from __future__ import annotations

import re

from pep668.model import Command, Evidence, Scope, ScopeKind
from pep668.text import Span

from .run import short

MARKER = re.compile(r"EXTERNALLY[-*?]|EXTERNALLY\b|/EXTERN\*", re.IGNORECASE)
_NEGATED = re.compile(r"(?:^|[\s(\[])!(?=\s)")
# `[ -n "$VIRTUAL_ENV" ]`, `[[ -z ${VIRTUAL_ENV:-} ]]`, `test "$VIRTUAL_ENV"`, `[ "$VIRTUAL_ENV" = "" ]`
_ACTIVE = re.compile(
    r"(?:\[\[?|test)\s+(?P<no>!\s+)?(?P<option>-[nzv]\s+)?[\"']?\$?\{?VIRTUAL_ENV\b[^\"'\s\]]*[\"']?(?P<empty>\s*==?\s*(?:\"\"|''))?"
)


def condition(scope: Scope, command: Command) -> str:
    """The text of the test that a branch hangs on."""
    text = command.region.text[scope.owner : command.span.start]
    return re.split(r"\bthen\b", text, maxsplit=1)[0]


def without_marker(scope: Scope, command: Command) -> Evidence | None:
    """The test behind which there is no marker: the `else` of one for it, or the `then` of one for its absence."""
    if scope.kind is not ScopeKind.BRANCH or scope.name not in ("then", "else"):
        return None
    tested = condition(scope, command)
    if not _single(tested) or not MARKER.search(tested):
        return None
    if (scope.name == "then") is not bool(_NEGATED.search(tested)):
        return None
    return _evidence(scope.owner, tested, "only where there is no marker", command)


def environment_active(scope: Scope, command: Command) -> tuple[bool, Evidence] | None:
    """Whether an environment is active behind a test of VIRTUAL_ENV (or surely none), and that test."""
    if scope.kind is not ScopeKind.BRANCH:
        return None
    if scope.name in ("then", "else"):
        start, tested = scope.owner, condition(scope, command)
        if not _single(tested):
            return None
    elif scope.name in ("&&", "||"):
        start = command.statement.start
        tested = command.region.text[start : command.span.start].partition(scope.name)[0]
        if "&&" in tested or "||" in tested:
            return None
    else:
        return None
    found = _ACTIVE.search(tested)
    if found is None:
        return None
    empty = (found["option"] or "").startswith("-z") or bool(found["empty"])
    holds = scope.name in ("then", "&&")
    active = (empty is bool(found["no"])) is holds
    return active, _evidence(start, tested, "only where an environment is active", command)


def _single(tested: str) -> bool:
    """Whether it is one `if` with one test: `A || B` and `A && B` say less."""
    return tested.startswith("if") and not any(word in tested for word in ("&&", "||", "elif"))


def _evidence(start: int, tested: str, what: str, command: Command) -> Evidence:
    written = " ".join(tested.removeprefix("if").strip(" ;\n").split())
    return Evidence(f"`{short(written)}`: {what}", command.outer(Span(start, start + len(tested.rstrip()))))
