"""Where a document switches the externally-managed check off, other than by the flag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..context import Context
from ..model import Assignment, Command, Install
from ..text import Span

VARIABLES = {"PIP_BREAK_SYSTEM_PACKAGES": "pip", "UV_BREAK_SYSTEM_PACKAGES": "uv"}
# What pip's own parser takes as false; uv's is the same for these.
_FALSE = frozenset({"", "0", "false", "no", "off", "f", "n"})
_PIP = re.compile(r"pip[\d.]*")
_KEY = re.compile(
    r"(?:global|install)\.break-system-packages|break-system-packages\s*=\s*(?:true|1|yes|on)\b", re.IGNORECASE
)
_CONFIG_FILE = re.compile(r"(?:^|/)\.?pip(?:\.conf|\.ini|/pip\.conf)$")


@dataclass(frozen=True, slots=True)
class Setting:
    """A place that overrides. `span` is in the document; `dropped_by` names a sudo that the variable does not pass."""

    name: str
    span: Span
    command: Command | None = None
    dropped_by: str = ""


def _truthy(value: str | None) -> bool:
    return value is None or value.strip().lower() not in _FALSE


def _overrides(assignment: Assignment) -> bool:
    return assignment.name in VARIABLES and _truthy(assignment.value.value)


def prefix_settings(install: Install) -> Iterator[Setting]:
    """Variables given for this command alone: `VAR=1 pip`, `env VAR=1 pip`, `sudo VAR=1 pip`."""
    command = install.command
    stripping = next((w for w in command.wrappers if w.name in ("sudo", "doas")), None)
    keeps = stripping is None or stripping.has("-E", "--preserve-env") or _preserves(stripping.words)
    for assignment in command.assignments:
        if _overrides(assignment):
            before = stripping is not None and assignment.span.start < stripping.span.start
            dropped = stripping.name if stripping and before and not keeps else ""
            yield Setting(assignment.name, command.outer(assignment.span), command, dropped)
    for wrapper in command.wrappers:
        for assignment in wrapper.assignments:
            if _overrides(assignment):
                before = stripping is not None and assignment.span.start < stripping.span.start
                dropped = stripping.name if stripping and before and not keeps else ""
                yield Setting(assignment.name, command.outer(assignment.span), command, dropped)


def _preserves(words: tuple[object, ...]) -> bool:
    return any((getattr(w, "value", None) or "").startswith("--preserve-env=") for w in words)


def standing_settings(context: Context) -> Iterator[Setting]:
    """What holds for everything that follows: ENV, export, `pip config set`, a pip.conf written; each place once."""
    seen: set[Span] = set()
    installs = {j.install.command for j in context.judged}
    regions = [j.install.command.region for j in context.judged] + [c.region for c in context.commands]
    for region in dict.fromkeys(regions):
        for fact in region.facts:
            span = fact.evidence.span
            if fact.kind == "variable" and fact.name in VARIABLES and _truthy(fact.value) and span and span not in seen:
                seen.add(span)
                owner = next((c for c in context.commands if c.region is region), None)
                yield Setting(fact.name, span, owner)
    for command in context.commands:
        if command in installs:
            continue
        for setting in _of_command(command):
            if setting.span not in seen:
                seen.add(setting.span)
                yield setting


def _of_command(command: Command) -> Iterator[Setting]:
    if not command.words or command.name in ("export", "declare", "typeset", "set"):
        for assignment in command.assignments:
            if _overrides(assignment):
                yield Setting(assignment.name, command.outer(assignment.span), command)
        for word in command.words[1:]:
            name, equals, value = word.pattern.partition("=")
            if equals and name in VARIABLES and _truthy(value):
                yield Setting(name, command.outer(word.span), command)
        return
    words = [w.value or "" for w in command.words]
    if "config" in words and "set" in words and _is_pip(words) and any(_KEY.fullmatch(w) for w in words):
        value = words[-1]
        if _truthy(value):
            key = next(w for w in words if _KEY.fullmatch(w))
            yield Setting(f"pip config set {key}", command.outer(command.span), command)
        return
    written = [r for r in command.redirects if r.operator in (">", ">>") and _CONFIG_FILE.search(r.target.value or "")]
    if written or (command.name == "tee" and any(_CONFIG_FILE.search(w) for w in words[1:])):
        bodies = [command.region.text[r.body.start : r.body.end] for r in command.redirects if r.body]
        source = command.region.text[command.statement.start : command.statement.end]
        if any(_KEY.search(text) for text in (*words, *bodies, source)):
            yield Setting("break-system-packages in pip.conf", command.outer(command.span), command)


def _is_pip(words: list[str]) -> bool:
    return any(_PIP.fullmatch(w.rpartition("/")[2]) for w in words[:4])
