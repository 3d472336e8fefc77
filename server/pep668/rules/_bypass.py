"""Where a document switches the externally-managed check off, other than by the flag."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from pep668.context import Context
from pep668.environment.files import FALSE, may_switch_off
from pep668.model import Assignment, Bypass, Command, Install, Region
from pep668.text import Span

VARIABLES = {"PIP_BREAK_SYSTEM_PACKAGES": "pip", "UV_BREAK_SYSTEM_PACKAGES": "uv"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A place that overrides.

    `name` is the variable's, or what to call the setting; `span` is in the document;
    `dropped_by` names a sudo that the variable does not pass.
    """

    name: str
    span: Span
    command: Command
    dropped_by: str = ""


def _truthy(value: str | None) -> bool:
    return value is None or value.strip().lower() not in FALSE


def _overrides(assignment: Assignment) -> bool:
    return assignment.name in VARIABLES and _truthy(assignment.value.value)


def prefix_settings(install: Install) -> Iterator[Setting]:
    """Variables given for this command alone: `VAR=1 pip`, `env VAR=1 pip`, `sudo VAR=1 pip`."""
    command = install.command
    stripping = next((w for w in command.wrappers if w.name in ("sudo", "doas")), None)
    keeps = stripping is None or stripping.has("-E", "--preserve-env") or _preserves(stripping.words)
    for assignment in (*command.assignments, *(a for w in command.wrappers for a in w.assignments)):
        if _overrides(assignment):
            outside = stripping is not None and assignment.span.start < stripping.span.start
            dropped = stripping.name if stripping and outside and not keeps else ""
            yield Setting(assignment.name, command.outer(assignment.span), command, dropped)


def _preserves(words: tuple[object, ...]) -> bool:
    return any((getattr(w, "value", None) or "").startswith("--preserve-env=") for w in words)


def standing_settings(context: Context) -> Iterator[Setting]:
    """What holds for everything that follows: ENV, export, `pip config set`, a pip.conf written; each place once."""
    seen: set[Span] = set()
    installs = {(j.install.command.region, j.install.command.span) for j in context.judged}
    for setting in (*_of_hosts(context), *_of_commands(context, installs)):
        if setting.span not in seen:
            seen.add(setting.span)
            yield setting


def _of_hosts(context: Context) -> Iterator[Setting]:
    """Variables that the hosts of the commands set (Dockerfile ENV), and files that they write (COPY <<EOF)."""
    for command in context.commands:
        for fact in command.region.facts:
            written = fact.kind == "file" and fact.value is not None and fact.name.endswith("pip.conf")
            if written and fact.evidence.span and may_switch_off(fact.value):
                yield Setting("This configuration of pip", fact.evidence.span, command)
            if fact.kind == "variable" and fact.name in VARIABLES and fact.evidence.span and _truthy(fact.value):
                yield Setting(fact.name, fact.evidence.span, command)


def _of_commands(context: Context, installs: Container[tuple[Region, Span]]) -> Iterator[Setting]:
    for override in context.overrides:
        command, span = override.command, override.evidence.span
        if command is None or span is None or (command.region, command.span) in installs:
            continue
        if override.bypass is Bypass.VARIABLE:
            given = [a for a in command.assignments if a.name == override.name]
            if all(_truthy(a.value.value) for a in given):
                yield Setting(override.name, span, command)
        elif override.bypass is Bypass.PIP_CONFIG:
            yield Setting("This configuration of pip", span, command)
