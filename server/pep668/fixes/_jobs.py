"""A CI job whose steps are processes of their own: one step makes the environment and hands it to those behind it.

It stands before the first step that installs. Where that step itself brings Python (a container's apt line) or the
environment, the lines stand in it, behind that. So the installs and whatever uses them keep their names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pep668.context import Context
from pep668.model import Edit, Judged, Region

from ._edits import combined
from ._session import Session, Unit, brings_python, entered, goes_round, makes, members_of, root_of, session
from ._way import Way
from ._workflow import Place, Value, place_of, raw, step_before

NAME = "Create a virtual environment"


@dataclass(frozen=True)
class Dialect:
    """How a CI system writes it.

    `hand` gives the lines that hand an environment on, and what uv needs if it is to use it; `step` the keys of a step,
    from its name, a condition ("" for none), the step before which it is to stand, and its lines; `condition` is the
    key of a step's condition, `outside` the variable of a folder that lasts as long as the job, `empties` tells of a
    step whether it empties the job's own.
    """

    hand: Callable[[str, bool], tuple[str, ...]]
    step: Callable[[str, str, Place, tuple[str, ...]], list[tuple[str, Value]] | None]
    condition: str
    outside: str
    empties: Callable[[Place], bool]


def way(context: Context, judged: Judged, dialect: Dialect) -> Way | None:
    """The way of an install in a job; None where one of the job's installs cannot go it."""
    return _way(context, members_of(context, judged, Unit.SYSTEM), dialect)


@lru_cache(maxsize=32)
def _way(context: Context, installs: tuple[Judged, ...], dialect: Dialect) -> Way | None:
    places = [place_of(root_of(m.install.command)) for m in installs]
    members = [place for place in places if place is not None]
    if not members or len(members) < len(places) or len({id(m.job.tree) for m in members}) > 1:
        return None
    first = members[0]
    later = [Place(first.job, at) for at in range(first.index + 1, len(first.job.steps))]
    found = session(context, installs, dialect.outside if any(map(dialect.empties, later)) else "")
    if found is None or any(root_of(m.install.command).language != "shell" for m in installs):
        return None
    title = f"Install into {found.place} instead, first in PATH for the rest of the job"
    handed = dialect.hand(found.path, found.uv)
    explanation = "\n".join((*found.create, *handed))
    conditions = {raw(m.job, m.step, dialect.condition) for m in members}
    mixed = len(conditions) > 1 and "windows" in first.job.text.lower()
    if mixed or any(_windows(root_of(m.install.command)) for m in found.members):
        return Way(title, None, explanation)  # the folder has another name there
    if brings_python(context, found.first) is not None or makes(context, found.first):
        known = any(line.rpartition(">> ")[2] in root_of(found.first).text for line in handed)
        lines = (*found.create, found.activate, *(handed if later and not known else ()))
        added = entered(context, found.first, lines)
    else:
        added = _step(context, found, first, conditions, (*found.create, *handed), dialect)
    edits = combined(added, found.edits)
    if edits is None:
        return None
    return Way(title, edits, explanation, serves_later=not goes_round(first.job.text, found.members))


def _step(
    context: Context,
    found: Session,
    first: Place,
    conditions: set[str | None],
    lines: tuple[str, ...],
    dialect: Dialect,
) -> tuple[Edit, ...] | None:
    if None in conditions:
        return None
    condition = conditions.pop() if len(conditions) == 1 else ""
    entries = dialect.step(NAME if found.create else "Use the virtual environment", condition or "", first, lines)
    return None if entries is None else step_before(context, first, entries)


def _windows(region: Region) -> bool:
    """Whether the step may run on Windows as well."""
    facts = [region.fact("runner"), region.fact("platform")]
    return any("windows" in (fact.value or "").lower() for fact in facts if fact is not None)
