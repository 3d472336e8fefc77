"""A command whose exit code comes last is judged as one whose exit code was known from the beginning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pep668.explain import Listener, explain

RECORDINGS = sorted((Path(__file__).resolve().parent.parent / "recordings").glob("*/*.json"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_exit_code_may_come_last(path: Path) -> None:
    about = json.loads(path.read_text(encoding="utf-8"))
    raw = path.with_suffix(".raw").read_bytes()
    command = about["command"] or ""
    for code in {about["exit_code"], 0, 1, 2, None}:
        listener = Listener(command)
        for at in range(0, len(raw), 7):
            listener.feed(raw[at : at + 7])
        late = explain(listener, command=command, exit_code=code)
        assert late == explain(raw.decode("utf-8", "replace"), command=command, exit_code=code)
