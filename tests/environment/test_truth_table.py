"""What real pips did on marked Debians, row by row, through the whole engine: as a Dockerfile, and on this machine.

`tests/installers/pip_truth_table.json` holds what pip 23.0.1, 25.1.1 and 26.2.2 did on bookworm, trixie and sid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from machines import DEBIAN_12
from pep668.analysis import Analysis, analyze
from pep668.model import Machine, Verdict

TABLE = Path(__file__).parents[1] / "installers" / "pip_truth_table.json"
ROWS: dict[str, dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
RELEASES = ("bookworm", "trixie", "sid")
# What no text tells: that a file is missing, that several lines were typed one after the other.
NOT_A_COMMAND_LINE = {
    "pip-uninstall-missing-reqfile": "the missing file stops pip before it looks",
    "pip-not-found-interactive": "a list of what was typed where there is no pip",
}


def rows() -> Iterator[Any]:
    for name, row in sorted(ROWS.items()):
        for release in RELEASES:
            if release in row and name not in NOT_A_COMMAND_LINE:
                yield pytest.param(row, release, id=f"{name}-{release}")


def expected(row: dict[str, Any], release: str) -> Verdict:
    return Verdict.REFUSED if row[release].startswith("refused") else Verdict.ALLOWED


def first(found: Analysis) -> Verdict:
    """The verdict about the command that the row is about: what follows it only looks or cleans up."""
    judged = found.context.judged
    return judged[0].environment.verdict if judged else Verdict.ALLOWED


@pytest.mark.parametrize(("row", "release"), list(rows()))
def test_as_a_dockerfile(row: dict[str, Any], release: str) -> None:
    variables = "".join(f'ENV {name}="{value}"\n' for name, value in row.get("env", {}).items())
    text = f"FROM debian:{release}\n{variables}RUN {row['command']}\n"
    assert first(analyze(text, "dockerfile")) is expected(row, release), text


@pytest.mark.parametrize(("row", "release"), list(rows()))
def test_as_a_script_on_this_machine(row: dict[str, Any], release: str) -> None:
    machine: Machine = replace(DEBIAN_12, variables=row.get("env", {}))
    assert first(analyze(row["command"] + "\n", "shell", None, machine)) is expected(row, release)


def test_the_table_says_both() -> None:
    outcomes = [expected(p.values[0], p.values[1]) for p in list(rows())]
    assert outcomes.count(Verdict.REFUSED) > 100
    assert outcomes.count(Verdict.ALLOWED) > 80
