"""Whether a command searches the PATH that its host gives it."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.model import Command

from ._index import index

_LOGIN = re.compile(r"-\w*l\w*$")


def own_path(context: Context, command: Command) -> bool:
    """Whether the command does not search the PATH of its host: it, or its shell, sets another."""
    earlier = [c for c in index(context).setters if c.region is command.region and c.span.start < command.span.start]
    own = any(a.name == "PATH" for a in (*command.assignments, *(a for w in command.wrappers for a in w.assignments)))
    empty = any(w.name == "env" and w.has("-i", "--ignore-environment") for w in command.wrappers)
    return own or bool(earlier) or empty or _at_login(command)


def _at_login(command: Command) -> bool:
    """Whether a login shell reads the command: /etc/profile may set PATH anew."""
    login = command.region.fact("login")
    if login is not None and login.value:
        return True
    origin = command.region.origin
    options = (w.value or "" for w in origin.words[1:]) if origin is not None else ()
    return any(o == "--login" or _LOGIN.match(o) for o in options) or (origin is not None and _at_login(origin))
