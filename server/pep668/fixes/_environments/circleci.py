"""A job of CircleCI: a step that makes the environment, and hands it on by BASH_ENV, which each step's bash reads.

Source: CircleCI's "Set an environment variable". Images without bash (Alpine's), and steps with another shell, read no
such file: there each install names the environment.
"""

from __future__ import annotations

from pep668.context import Context
from pep668.fixes._jobs import Dialect
from pep668.fixes._jobs import way as way_of_a_job
from pep668.fixes._session import root_of
from pep668.fixes._way import Way
from pep668.fixes._workflow import Place, Value
from pep668.model import Judged

ORDER = 30


def answers(judged: Judged) -> bool:
    root = root_of(judged.install.command)
    return root.parent is not None and root.parent.language == "circleci"


def way(context: Context, judged: Judged) -> Way | None:
    shell = root_of(judged.install.command).fact("shell")
    alpine = (judged.environment.distribution or "").startswith("Alpine")
    if (shell.value != "bash") if shell is not None else alpine:
        return None
    return way_of_a_job(context, judged, Dialect(_hand, _step, "when", "$HOME", _empties))


def _hand(place: str, uv: bool) -> tuple[str, ...]:
    return (f'echo ". {place}/bin/activate" >> "$BASH_ENV"',)


def _step(name: str, condition: str, before: Place, lines: tuple[str, ...]) -> list[tuple[str, Value]] | None:
    return None if condition else [("run", {"name": name, "command": lines})]


def _empties(place: Place) -> bool:
    """Never: `checkout` alone is no mapping, and stands before what installs."""
    return False
