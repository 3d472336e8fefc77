"""Where writing or running was denied: what to do depends on whose the path is.

The path is one of the output: it is compared and never shown, and nothing is made of it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from enum import Enum

from pep668.model import Machine

from . import _refused
from ._missing import Situation
from ._model import Action, Plan
from ._place import Target, within
from ._road import activated, create, into_environment
from ._shells import absolute

_ELSEWHERE = "make the environment on a file system that allows it"


class Owner(Enum):
    """Whose a path is that was denied."""

    FOLDER = "the folder's or its environment's"
    SYSTEM = "the system's Python's"
    OTHER = "another's"
    UNKNOWN = "not known"


def owner(detail: str, folder: str, target: Target, machine: Machine | None) -> Owner:
    """Whose the path `detail` is, as seen from `folder`. What a symbolic link leads to is not known here."""
    path = absolute(detail, folder) if detail and not detail.startswith("/") else posixpath.normpath(detail or ".")
    if path is None or not path.startswith("/"):
        return Owner.UNKNOWN
    path = re.sub(r"\A/+", "/", path)
    if any(within(path, own) for own in (folder, target.path) if own and own != "/"):
        return Owner.FOLDER
    programs = machine.programs.values() if machine is not None else ()
    prefixes = {"/usr", *(p.prefix.rstrip("/") for p in programs if p is not None and not p.virtual)} - {""}
    return Owner.SYSTEM if any(within(path, prefix) for prefix in prefixes) else Owner.OTHER


def _owner(s: Situation) -> Owner:
    return owner(s.report.detail, s.place.folder, s.place.target(s.install), s.place.machine)


def read_only(s: Situation) -> Plan:
    """A file system that is mounted read-only; uv does not say which path it was."""
    whose = _owner(s)
    if whose is Owner.SYSTEM:
        return _system(s, "is on a read-only file system")
    if whose is Owner.OTHER:
        return Plan("What it writes to is on a read-only file system, and is not in this folder.")
    event = "This folder cannot be written to" if whose is Owner.FOLDER else "A file system here is read-only"
    return _home(s, event)


def denied(s: Situation) -> Plan:
    """A path without the permission to write there."""
    whose = _owner(s)
    if whose is Owner.SYSTEM:
        return _system(s, "belongs to the system")
    if whose is Owner.FOLDER:
        return _home(s, "This folder may not be written to")
    return Plan("What it writes to may not be written to by this user, and is not in this folder.")


def not_run(s: Situation) -> Plan:
    """A program of an environment that the system does not run: why, the output does not say."""
    return _home(s, "This program may not be run, its file system (noexec) or its mode forbids that")


def _system(s: Situation, why: str) -> Plan:
    """What pip without a virtual environment meets: the ordinary way is one."""
    actions = into_environment(s.typed, s.install, s.place) if s.install is not None else []
    actions = actions or activated(s.typed, s.place, None)
    made = create(s.place) if not actions else None
    actions += [made] if made is not None else []
    label = _refused.owner(s.packages)
    event = f"What {label} Python installs to {why}"
    return Plan(f"{event}: install {_refused.what(s.install)} into {s.place.directory}.", tuple(actions), event=event)


def _home(s: Situation, event: str) -> Plan:
    """An environment in the home directory."""
    name = posixpath.basename(s.place.folder.rstrip("/"))
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,60}", name) or s.place.syntax.shell in ("nu", "powershell"):
        return Plan(f"{event}: {_ELSEWHERE}.")
    home = f"~/.venvs/{name}"
    make = f"python3 -m venv --prompt {name} {home}"
    moved = _moved(s, home)
    says = f"make it in your home directory{' and install there' if moved else ''}"
    title = f"Create {home}{' and install' if moved else ''}"
    done = f"Created {home}; to undo that, delete the folder {home}."
    text = s.place.syntax.chain(*(line for line in (make, moved) if line))
    action = Action(title, text=text, step="home", says=says, done=done)
    return Plan(f"{event}: {_ELSEWHERE}.", (action,), event=event)


def _moved(s: Situation, home: str) -> str:
    """The typed install by the pip of an environment in the home directory; "" where it cannot be."""
    if s.install is None or s.install.tool != "pip" or not s.repeats:
        return ""
    rewritten = into_environment(s.typed, s.install, replace(s.place, machine=None, folder="/\0", root=""))
    if not rewritten:
        return ""
    _, _, line = rewritten[0].text.rpartition(f"{s.place.settings.environment_directory}/bin/")
    return f"{home}/bin/{line}" if line else ""
