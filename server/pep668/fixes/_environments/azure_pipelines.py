"""A job of Azure Pipelines: a step that makes the environment, and hands it on by the command `task.prependpath`.

Source: Azure Pipelines' "Logging commands": what is prepended holds for the tasks that follow.
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
    host = root_of(judged.install.command).parent
    return host is not None and host.language == "azure-pipelines"


def way(context: Context, judged: Judged) -> Way | None:
    return way_of_a_job(context, judged, Dialect(_hand, _step, "condition", "$AGENT_TEMPDIRECTORY", _empties))


def _hand(place: str, uv: bool) -> tuple[str, ...]:
    told = (f'echo "##vso[task.setvariable variable=VIRTUAL_ENV]{place}"',) if uv else ()
    return (f'echo "##vso[task.prependpath]{place}/bin"', *told)


def _step(name: str, condition: str, before: Place, lines: tuple[str, ...]) -> list[tuple[str, Value]] | None:
    key = "bash" if before.step.get("bash") is not None else "script"
    entries: list[tuple[str, Value]] = [(key, lines), ("displayName", name)]
    return [*entries, ("condition", condition)] if condition else entries


def _empties(place: Place) -> bool:
    return place.step.get("checkout") is not None
