"""Playbooks load before and after the fix, and only what is to change has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from casefiles import Case, cases, converged

FILE = Path(__file__).resolve().parent.parent / "cases" / "fixes_ansible.md"
_OURS = ("virtualenv", "virtualenv_command", "virtualenv_site_packages")
_GONE = ("executable", "virtualenv_python", "break_system_packages", "extra_args")


def _tasks(loaded: Any) -> list[dict[str, Any]]:
    plays = [p for p in loaded if "hosts" in p]
    return [t for p in plays for t in p["tasks"]] if plays else list(loaded)


@pytest.mark.parametrize("case", list(cases(FILE)), ids=lambda c: c.title)
def test_only_what_is_to_change_changes(case: Case) -> None:
    before = _tasks(yaml.safe_load(case.text))
    after = [t for t in _tasks(yaml.safe_load(converged(case, "virtual-environment"))) if not _made(t)]
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert list(old) == list(new)
        for key, value in old.items():
            if not isinstance(value, dict) or not isinstance(new[key], dict):
                continue
            added = {k: v for k, v in new[key].items() if k not in value}
            assert set(added) <= {*_OURS}, added
            assert {k for k in value if k not in new[key]} <= {*_GONE}
            assert "virtualenv" not in added or str(new[key]["virtualenv_command"]).endswith(" -m venv")


def _made(task: dict[str, Any]) -> bool:
    return task.get("name") in ("Create the virtual environment", "Install what python3 -m venv needs")
