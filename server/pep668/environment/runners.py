"""CI runners: which system's Python a hosted runner has, by its label.

`data/runners.json` holds one row a label, or a pattern that ends in `*`. Labels of other
systems than GitHub's begin with the system's name (`travis:jammy`); Azure's hosted
pools run GitHub's images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pep668.data._files import load_json


@dataclass(frozen=True, slots=True)
class Runner:
    """`distribution` and `release` as in distributions.json, "" where not known.

    `python` is `system` or `own`, as an image's (see `images.Image`); `programs` those names
    that reach the system's Python for sure, empty: all. `pip_config` says why pip passes there
    although the Python is marked, "" where it does not.
    """

    distribution: str = ""
    release: str = ""
    python: str = "system"
    programs: tuple[str, ...] = ()
    pip_config: str = ""
    note: str = ""


@cache
def _rows() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = load_json("runners.json")["runners"]
    return rows


def lookup(label: str) -> Runner | None:
    """What is known of a runner's label, None for an unknown one."""
    name = label.lower().removeprefix("azure:")
    rows = _rows()
    row = rows.get(name)
    if row is None:
        patterns = [p for p in rows if p.endswith("*") and name.startswith(p[:-1])]
        if not patterns:
            return None
        row = rows[max(patterns, key=len)]
    values = {key: row[key] for key in ("distribution", "release", "python", "pip_config", "note") if key in row}
    return Runner(programs=tuple(row.get("programs", ())), **values)
