"""What real pips did on marked systems, row by row, as far as the command line alone decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pep668.model import Install

from .builder import installs

ROWS = json.loads((Path(__file__).parent / "pip_truth_table.json").read_text(encoding="utf-8"))
BYPASS = "--break-system-packages"
# These rows turn on what is not in the command line: a missing file, a configuration, a pip that is not there.
ELSEWHERE = {"pip-uninstall-missing-reqfile", "pip-not-found-interactive"}


def last_install(command: str) -> Install | None:
    """The install that the row is about: a row's later commands only clean up or look."""
    found = installs(command)
    return found[0] if found else None


@pytest.mark.parametrize("name", sorted(ROWS))
def test_row(name: str) -> None:
    row = ROWS[name]
    found = last_install(row["command"])
    outcome = row["bookworm"]
    if outcome.startswith("refused"):
        assert found is not None
        assert not found.passes_check, found.passes_check
        assert found.option(BYPASS) is None
        assert found.operation == ("uninstall" if "uninstall" in row["command"] else "install")
        return
    by_variable = row.get("env", {}).get("PIP_BREAK_SYSTEM_PACKAGES")
    if name in ELSEWHERE or by_variable or "pip config set" in row["command"]:
        return
    assert found is None or found.passes_check or found.option(BYPASS)
    if "exit 2" in outcome:
        assert found is not None
        assert found.passes_check.startswith("usage error")
