"""Names of projects."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")


def normalized(name: str) -> str:
    """A project's name as PEP 503 normalizes it."""
    return _SEPARATORS.sub("-", name).lower()
