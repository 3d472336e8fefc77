"""A job of GitHub Actions, Forgejo or Gitea, and a composite action: a step that makes the environment, by GITHUB_PATH.

This way is preferred to `actions/setup-python` (`setup-python`): it works in containers and on everybody's runners too,
with the Python that is there. Where the job uses that action already, that one is.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._jobs import Dialect
from pep668.fixes._jobs import way as way_of_a_job
from pep668.fixes._session import root_of
from pep668.fixes._way import Way
from pep668.fixes._workflow import Place, Value, raw
from pep668.model import Judged

ORDER = 30


def answers(judged: Judged) -> bool:
    host = root_of(judged.install.command).parent
    return host is not None and host.language in ("github-actions", "forgejo-actions")


def way(context: Context, judged: Judged) -> Way | None:
    return way_of_a_job(context, judged, Dialect(_hand, _step, "if", "$RUNNER_TEMP", _empties))


def _hand(place: str, uv: bool) -> tuple[str, ...]:
    """uv is told by a variable, whatever folder it runs in."""
    told = (f'echo "VIRTUAL_ENV={place}" >> "$GITHUB_ENV"',) if uv else ()
    return (f'echo "{place}/bin" >> "$GITHUB_PATH"', *told)


def _step(name: str, condition: str, before: Place, lines: tuple[str, ...]) -> list[tuple[str, Value]] | None:
    shell = raw(before.job, before.step, "shell")
    if shell is None:
        return None
    entries: list[tuple[str, Value]] = [("name", name)]
    entries += [("if", condition)] if condition else []
    entries += [("shell", shell)] if shell else []
    return [*entries, ("run", lines)]


def _empties(place: Place) -> bool:
    """Whether a step checks the repository out: that empties a folder that is none yet."""
    uses = place.step.text("uses") or ""
    return uses.startswith("actions/checkout@") and place.step.get("with", "path") is None
