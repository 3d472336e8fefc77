"""How each host writes a virtual environment for an install: one file a host.

A module of this package has

- `ORDER`: which is asked first, lowest first;
- `answers(judged)`: whether the install stands in its host;
- `way(context, judged)`: the `Way`, or None where its host has no way of its own for this install.

The first module that answers and has a way gives it.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._way import Way
from pep668.model import Judged
from pep668.plugins import modules


def way(context: Context, judged: Judged) -> Way:
    """How the install comes to use an environment where it stands."""
    asked = sorted(modules(__name__), key=lambda m: m.ORDER)
    ways = (m.way(context, judged) for m in asked if m.answers(judged))
    found: Way = next(way for way in ways if way is not None)
    return found
