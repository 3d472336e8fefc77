"""What uv did on a marked Python, row by row, through the whole engine; `scripts/make_uv_table.py` runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pep668.analysis import analyze
from pep668.model import Verdict

TABLE = json.loads((Path(__file__).parent / "uv_truth_table.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = TABLE["rows"]
PREPARED = {
    "nothing": "",
    "a .venv": "RUN uv venv\n",
    "VIRTUAL_ENV": "RUN uv venv\nENV VIRTUAL_ENV=/w/.venv\n",
    "PATH": "RUN uv venv\nENV PATH=/w/.venv/bin:$PATH\n",
}
KNOWN = {"python": "/usr/bin/python3", "version": "3.11"}


def outcomes(row: dict[str, Any]) -> set[Verdict]:
    return {Verdict.REFUSED if o == "refused" else Verdict.ALLOWED for o in row["outcome"].values()}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['command']} {r['env']} {r['prepared']}")
def test_row(row: dict[str, Any]) -> None:
    variables = "".join(f'ENV {k}="{v.format(**KNOWN)}"\n' for k, v in row["env"].items())
    text = f"FROM debian:12\nWORKDIR /w\n{PREPARED[row['prepared']]}{variables}RUN {row['command'].format(**KNOWN)}\n"
    judged = analyze(text, "dockerfile").context.judged
    said = judged[-1].environment.verdict if judged else Verdict.ALLOWED
    assert {said} == outcomes(row), text


def test_the_versions_agree() -> None:
    """Where they do not, the engine has to ask which one it is."""
    assert all(len(outcomes(row)) == 1 for row in ROWS)
    assert {"0.5.0", "0.13.9"} <= set(ROWS[0]["outcome"])
    assert sum(outcomes(row) == {Verdict.REFUSED} for row in ROWS) > 15
