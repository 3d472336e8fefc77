"""An install that is shared out: others take some of what it asks for, the rest goes into an environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from pep668.model import Install, Request


@dataclass(frozen=True, eq=False)
class Part(Install):
    """What of an install stays with it.

    `moved` are the requests that others take, no longer among `requests`; `sees_system`: the environment must see the
    distribution's packages.
    """

    moved: tuple[Request, ...] = ()
    sees_system: bool = False


def part_of(install: Install, moved: Sequence[Request], *, sees_system: bool = False) -> Part:
    """The install without `moved`; its command is still the whole one."""
    known = {f.name: getattr(install, f.name) for f in fields(Install)}
    known["requests"] = tuple(r for r in install.requests if r not in moved)
    return Part(**known, moved=tuple(moved), sees_system=sees_system)
