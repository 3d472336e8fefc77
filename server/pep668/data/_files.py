"""Reads the data files beside this module. No pathlib: its import costs more than the reading."""

from __future__ import annotations

import os.path
from functools import cache
from typing import Any


def load_bytes(name: str) -> bytes:
    with open(os.path.join(os.path.dirname(__file__), name), "rb") as file:
        return file.read()


@cache
def load_json(name: str) -> Any:
    """The parsed content of a data file; it is shared, do not change it."""
    import json

    return json.loads(load_bytes(name))
