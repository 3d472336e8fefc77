"""Install into a Python of `actions/setup-python`, which no distribution manages.

The step stands before the first one of the job that installs; all that follows keeps its names, since that Python comes
first in PATH. Its version and the action's are those that the workflow has elsewhere, the version else the one that the
commands name, or `3.x`. A step of it that stands too late is moved. Where it stands early enough, `sudo` or a path
leads past it: then those go.

It is preferred where the job uses the action already, where a job runs on Windows too, and where UV_SYSTEM_PYTHON
keeps uv out of virtual environments; else `virtual-environment` is: it keeps the Python that is there, needs no
download, and works in containers as well. The action has Pythons for the systems of GitHub's own runners only: it is
not offered in a container (never on Alpine, and on Debian it finds none), nor in workflows of Forgejo and Gitea, whose
jobs run in containers.

Fix safety: safe where the command is refused, the runner is GitHub's, the package manager brings no Python libraries
that another Python would not see, and nothing in the job runs the system's Python past PATH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pep668.context import Context
from pep668.environment.runners import lookup
from pep668.model import Applicability, Edit, Finding, Fix, Judged, Region, Verdict
from pep668.syntax.node import Mapping, Scalar

from ._edits import combined
from ._packages import system_packages
from ._session import Unit, goes_round, members_of, rewritten, root_of
from ._workflow import Place, Value, comment_behind, jobs, moved_before, place_of, raw, step_before

RULES = ("EM001", "EM002", "EM003", "EM006")  # EM007 has an environment that is meant
ORDER = 9  # before the virtual environment, which is preferred unless this is
ID = "setup-python"
TITLE = "Install into a Python of actions/setup-python instead"
ACTION = "actions/setup-python"
# The newest major version at the time of writing (2026-11); see the action's releases.
CURRENT = "actions/setup-python@v7"

_BREW = re.compile(r"\bbrew\s+(?:re)?install\b")  # which may bring a Python's libraries by any name
_MATRIX = re.compile(r"python(?:[-_]?versions?)?|py(?:[-_]?ver(?:sion)?)?", re.IGNORECASE)


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    judged = finding.subject
    if not isinstance(judged, Judged):
        return
    command = judged.install.command
    root = root_of(command)
    host = root.parent
    if host is None or host.language != "github-actions" or not command.outer(command.span).touches(finding.span):
        return
    members = members_of(context, judged, Unit.SYSTEM)
    first = place_of(root_of(members[0].install.command)) if members else None
    edits = _edits(context, members)
    if first is None or not edits:
        return
    libraries = bool(system_packages(context, members[-1].install)) or _BREW.search(first.job.text) is not None
    safe = judged.environment.verdict is Verdict.REFUSED and not libraries
    safe = safe and not goes_round(first.job.text, members)
    used = any(_uses(step) for step in first.job.steps)
    no_other = any(not _has_environments(root_of(m.install.command)) for m in members)
    yield Fix(
        ID,
        TITLE,
        edits,
        applicability=Applicability.SAFE if safe else Applicability.UNSAFE,
        preferred=(used or no_other) and not libraries,
    )


@lru_cache(maxsize=32)
def _edits(context: Context, members: tuple[Judged, ...]) -> tuple[Edit, ...] | None:
    places = [place_of(root_of(m.install.command)) for m in members]
    first = next(iter(places), None)
    if first is None or None in places or not all(_hosted(root_of(m.install.command), first) for m in members):
        return None
    step = _step(context, first, members)
    return combined(step, *(rewritten(context, m.install, system=True) for m in members))


def _hosted(region: Region, place: Place) -> bool:
    """Whether a step runs on a runner for which the action has Pythons, outside of containers."""
    runner = region.fact("runner")
    if region.fact("image") is not None or runner is None:
        return False
    names = (runner.value or "").split("|")
    return place.job.composite or all(name and lookup(name) is not None for name in names)


def _has_environments(region: Region) -> bool:
    """Whether the other way is open: not on Windows, where its folders have other names, nor with UV_SYSTEM_PYTHON."""
    runner = region.fact("runner")
    windows = runner is not None and "windows" in (runner.value or "")
    return not windows and region.fact("variable", "UV_SYSTEM_PYTHON") is None


def _uses(step: Mapping) -> bool:
    return (step.text("uses") or "").partition("@")[0].lower() == ACTION


def _step(context: Context, first: Place, members: tuple[Judged, ...]) -> tuple[Edit, ...] | None:
    """The edits that bring the action before the first install; none where it is there, None where it cannot be."""
    job, steps = first.job, first.job.steps
    if any(_uses(step) and step.get("if") is None for step in steps[: first.index]):
        return ()
    late = [index for index, step in enumerate(steps) if index > first.index and _uses(step)]
    if late:
        return moved_before(context, first, late[0]) if _needs_nothing(steps[late[0]]) else None
    versions = {m.install.python.version for m in members if m.install.tool != "uv"}
    conditions = {raw(job, place.step, "if") for m in members if (place := place_of(root_of(m.install.command)))}
    if len(versions) > 1 or None in conditions:
        return None
    uses, version = _elsewhere(first)
    named = versions.pop() if versions else None
    version = f'"{named}"' if named else _of_matrix(first) or version
    condition = conditions.pop() if len(conditions) == 1 else ""
    entries: list[tuple[str, Value]] = [("if", condition)] if condition else []
    return step_before(context, first, [("uses", uses), *entries, ("with", {"python-version": version})])


def _needs_nothing(step: Mapping) -> bool:
    """Whether a step may stand further up: it asks for no output, no file and no condition."""
    given = step.mapping("with")
    files = any(given.get(key) is not None for key in ("python-version-file", "cache", "cache-dependency-path"))
    return step.get("if") is None and not files and "steps." not in (given.text("python-version") or "")


def _elsewhere(place: Place) -> tuple[str, str]:
    """The action and the version of Python that another job uses, as written there."""
    for job in jobs(place.job.host):
        for step in job.steps:
            uses, version = step.get("uses"), step.get("with", "python-version")
            if not _uses(step) or not isinstance(uses, Scalar):
                continue
            written = job.source(version) if isinstance(version, Scalar) else ""
            fixed = written and "\n" not in written and "${{" not in written
            return job.source(uses) + comment_behind(job, uses), written if fixed else '"3.x"'
    return CURRENT, '"3.x"'


def _of_matrix(place: Place) -> str:
    """The version that the job's matrix has for its Python, "" where it has none."""
    for entry in place.job.tree.mapping("strategy", "matrix").entries:
        if _MATRIX.fullmatch(entry.key.value):
            return f"${{{{ matrix.{entry.key.value} }}}}"
    return ""
