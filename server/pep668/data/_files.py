"""Reads the data files beside this module."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_json(name: str) -> Any:
    """The parsed content of a data file; it is shared, do not change it."""
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
