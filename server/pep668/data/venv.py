"""Which packages of Debian and Ubuntu bring what `python3 -m venv` needs."""

from __future__ import annotations

import re
from functools import cache

from ._files import load_json


@cache
def _bringing() -> tuple[re.Pattern[str], frozenset[str]]:
    known = load_json("venv_packages.json")
    return re.compile(known["pattern"]), frozenset(known["packages"])


def brings_venv(package: str) -> bool:
    """Whether apt brings it with a package: the package itself, or one that depends on it or recommends it."""
    pattern, names = _bringing()
    return package in names or pattern.fullmatch(package) is not None
