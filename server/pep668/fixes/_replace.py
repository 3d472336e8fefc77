"""Replacing a whole install command by others, in whatever list it stands."""

from __future__ import annotations

from pep668.context import Context
from pep668.model import Edit, Install, Request, RequestKind
from pep668.text import Span

from ._edits import is_plain, start

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
_WRAPPERS = ("sudo", "doas", "env", "command", "exec")


def written(context: Context, install: Install, request: Request) -> str:
    """A request as it stands in the document, quotes included."""
    outer = install.command.outer(request.span)
    return context.text[outer.start : outer.end]


def plain_projects(install: Install) -> bool:
    """Whether the command asks for named projects only, with options that something else can do without."""
    return (
        install.operation == "install"
        and bool(install.requests)
        and all(r.kind is RequestKind.PROJECT and r.name for r in install.requests)
        and all(o.name.lstrip("-") in _DROPPED for o in install.options)
    )


def replaced(context: Context, install: Install, commands: list[str]) -> tuple[Edit, ...] | None:
    """The edit that puts `commands`, joined by `&&`, in the place of the install; None where it cannot be made."""
    command = install.command
    if not commands or not is_plain(context.text, command):
        return None
    if any(w.name not in _WRAPPERS for w in command.wrappers) or command.region.origin is not None:
        return None
    span = command.outer(Span(start(command), command.words[-1].span.end))
    if "\n" in context.text[span.start : span.end] and "#" in context.text[span.start : span.end]:
        return None  # a comment between continued lines would be lost
    new = " && ".join(commands)
    follows = context.text[span.end : span.end + 80].lstrip(" \t")
    piped = command.operator in ("|", "||") or (follows.startswith("|") and not follows.startswith("||"))
    if len(commands) > 1 and (piped or (follows.startswith("&") and not follows.startswith("&&"))):
        new = f"{{ {new}; }}"
    written_as = command.region.written(new)
    return None if written_as is None else (Edit(span, written_as),)
