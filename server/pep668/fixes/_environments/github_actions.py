"""A job of GitHub Actions, Forgejo or Gitea, and a composite action: one step that makes the environment.

It stands before the first step that installs, and hands the environment's programs to all steps behind it
(GITHUB_PATH), so that the installs and whatever uses them keep their names. Where the step itself brings Python
(a container's apt line), the lines stand in it, behind that.

This way is preferred to `actions/setup-python` (`setup-python`): it works in containers and on everybody's runners too,
with the Python that is there. Where the workflow uses that action already, that one is.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._edits import combined
from pep668.fixes._session import Session, brings_python, entered, goes_round, makes, members_of, root_of, session
from pep668.fixes._way import Way
from pep668.fixes._workflow import HOSTS, Place, Value, place_of, raw, step_before
from pep668.model import Edit, Judged, Region

ORDER = 30
NAME = "Create a virtual environment"


def answers(judged: Judged) -> bool:
    host = root_of(judged.install.command).parent
    return host is not None and host.language in HOSTS


def way(context: Context, judged: Judged) -> Way | None:
    root = root_of(judged.install.command)
    here = place_of(root)
    if here is None:
        return None
    installs = members_of(context, judged, lambda region: region.place.system == root.place.system)
    places = [place_of(root_of(m.install.command)) for m in installs]
    members = [place for place in places if place is not None]
    if not members or len(members) < len(places):
        return None
    first = members[0]
    found = session(context, installs, "$RUNNER_TEMP" if _emptied_later(first) else "")
    if found is None:
        return None
    title = f"Install into {found.place} instead, first in PATH for the rest of the job"
    lines = _lines(found)
    explanation = f"- name: {NAME}\n  run: |\n" + "".join(f"    {line}\n" for line in lines)
    conditions = {raw(m.job, m.step, "if") for m in members}
    if (len(conditions) > 1 and "windows" in first.job.text.lower()) or any(
        _windows(root_of(m.install.command)) for m in found.members
    ):
        return Way(title, None, explanation)  # the folder has another name there
    if brings_python(context, found.first) is not None or makes(context, found.first):
        added = _inside(context, found, first)
    else:
        added = _step(context, found, first, conditions, lines)
    edits = combined(added, found.edits)
    if edits is None:
        return None
    return Way(title, edits, explanation, serves_later=not goes_round(first.job.text, found.members))


def _lines(found: Session) -> tuple[str, ...]:
    return (*found.create, *_handed(found))


def _handed(found: Session) -> tuple[str, ...]:
    """What hands the environment to the steps behind: uv is told by a variable, whatever folder it runs in."""
    where = found.place if found.place.startswith(("/", "$")) else f"$PWD/{found.place}"
    variable = (f'echo "VIRTUAL_ENV={where}" >> "$GITHUB_ENV"',) if found.uv else ()
    return (f'echo "{where}/bin" >> "$GITHUB_PATH"', *variable)


def _inside(context: Context, found: Session, place: Place) -> tuple[Edit, ...] | None:
    """The lines in the step that brings Python, which activate the environment there as well."""
    more = place.job.steps[place.index + 1 :] and "GITHUB_PATH" not in root_of(found.first).text
    handed = _handed(found) if more else ()
    return entered(context, found.first, (*found.create, found.activate, *handed))


def _step(
    context: Context, found: Session, first: Place, conditions: set[str | None], lines: tuple[str, ...]
) -> tuple[Edit, ...] | None:
    shell = raw(first.job, first.step, "shell")
    if None in conditions or shell is None:
        return None
    condition = conditions.pop() if len(conditions) == 1 else ""
    entries: list[tuple[str, Value]] = [("name", NAME if found.create else "Use the virtual environment")]
    entries += [("if", condition)] if condition else []
    entries += [("shell", shell)] if shell else []
    return step_before(context, first, [*entries, ("run", lines)])


def _emptied_later(place: Place) -> bool:
    """Whether a step behind it checks the repository out, which empties a folder that is none yet."""
    return any(
        (step.text("uses") or "").startswith("actions/checkout@") and step.get("with", "path") is None
        for step in place.job.steps[place.index + 1 :]
    )


def _windows(region: Region) -> bool:
    """Whether the step may run on Windows as well."""
    facts = [region.fact("runner"), region.fact("platform")]
    return any("windows" in (fact.value or "").lower() for fact in facts if fact is not None)
