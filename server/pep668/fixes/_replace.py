"""Replacing a whole install command by others, in whatever list it stands."""

from __future__ import annotations

from collections.abc import Sequence

from pep668.context import Context
from pep668.model import Edit, Install, Option, Request, RequestKind
from pep668.text import Span, newline_of

from ._blocks import in_sentence
from ._edits import is_plain, start
from ._lists import joined

# Options of pip that mean nothing to what takes its place.
_DROPPED = frozenset(
    [
        "break-system-packages",
        "cache-dir",
        "default-timeout",
        "disable-pip-version-check",
        "force-reinstall",
        "ignore-installed",
        "no-cache-dir",
        "no-color",
        "no-input",
        "no-warn-script-location",
        "prefer-binary",
        "progress-bar",
        "quiet",
        "require-virtualenv",
        "retries",
        "root-user-action",
        "system",
        "timeout",
        "upgrade",
        "upgrade-strategy",
        "user",
        "verbose",
        "yes",
    ]
)
# Options that are requests themselves: they stay where they are.
_REQUESTS = frozenset(["requirement", "requirements", "editable"])
_WRAPPERS = ("sudo", "doas", "env", "command", "exec")


def written(context: Context, install: Install, request: Request) -> str:
    """A request as it stands in the document, quotes included."""
    outer = install.command.outer(request.span)
    return context.text[outer.start : outer.end]


def meaningless(option: Option) -> bool:
    """Whether an option of pip means nothing to what takes its place."""
    return option.name.lstrip("-") in _DROPPED


def is_request(option: Option) -> bool:
    """Whether an option is among the requests itself (`-r`, `-e`)."""
    return option.name.lstrip("-") in _REQUESTS


def movable(install: Install) -> list[Request]:
    """The named projects that something else can install as well, whatever the command's options; none with a
    constraint, which may be about each of them."""
    names = {o.name.lstrip("-") for o in install.options}
    if install.operation != "install" or not names <= _DROPPED | _REQUESTS:
        return []
    if any(r.kind is RequestKind.CONSTRAINT for r in install.requests):
        return []
    return [r for r in install.requests if r.kind is RequestKind.PROJECT and r.name]


def replaced(context: Context, install: Install, commands: Sequence[str]) -> tuple[Edit, ...] | None:
    """The edit that puts `commands` in the place of the install; None where it cannot be made."""
    command = install.command
    if not commands or not is_plain(context.text, command) or in_sentence(context, command.region):
        return None
    if any(w.name not in _WRAPPERS for w in command.wrappers) or command.region.origin is not None:
        return None
    span = command.outer(Span(start(command), command.words[-1].span.end))
    if "\n" in context.text[span.start : span.end] and "#" in context.text[span.start : span.end]:
        return None  # a comment between continued lines would be lost
    new = joined(context, command, commands)
    written_as = None if new is None else command.region.written(new)
    return None if written_as is None else (Edit(span, written_as.replace("\n", newline_of(context.text))),)
