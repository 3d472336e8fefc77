"""What is shown for Python programs runs as it stands: it makes the environment once, and calls that one's pip."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

from casefiles import cases, proposals

FILE = Path(__file__).resolve().parent.parent / "cases" / "fixes_python.md"
SHOWN = [
    pytest.param(fix.explanation, id=f"{case.title} {number}")
    for case in cases(FILE)
    for number, (_, fix) in enumerate(proposals(case.analyze(), "virtual-environment"))
    if not fix.edits
]
NAMES = {"packages": ["idna", "wheel"], "version": "1.16", "more": ["b"]}


@pytest.mark.parametrize("shown", SHOWN)
def test_what_is_shown_runs(shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    ran: list[list[str]] = []

    def create(self: venv.EnvBuilder, place: Any) -> None:
        assert self.with_pip
        made.append(str(place))
        (tmp_path / place / "bin").mkdir(parents=True)
        (tmp_path / place / "bin" / "pip").write_text("")

    def run(command: list[Any], *, check: bool) -> None:
        assert check
        words = [str(word) for word in command]
        if words[:2] == ["uv", "venv"]:
            made.append(words[-1])
            (tmp_path / words[-1] / "bin").mkdir(parents=True)
            (tmp_path / words[-1] / "bin" / "python").write_text("")
        else:
            ran.append(words)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(venv.EnvBuilder, "create", create)
    monkeypatch.setattr(subprocess, "run", run)
    for _ in range(2):
        exec(compile(shown, "shown", "exec"), dict(NAMES))
    assert len(made) == 1
    for words in ran:
        assert f"{made[0]}/bin/python" in words
        assert not {"--user", "--system", "--break-system-packages", "sudo"} & set(words)
    assert ran[: len(ran) // 2] == ran[len(ran) // 2 :]


def test_unknown_words_are_written_as_the_program_has_them() -> None:
    case = next(c for c in cases(FILE) if c.title == "What is known when it runs")
    shown = [fix.explanation.splitlines()[-1] for _, fix in proposals(case.analyze(), "virtual-environment")]
    assert 'f"six=={version}", \'say "x"\', *packages]' in shown[0]
    assert '"install", *packages]' in shown[1]
    assert 'version, f"six=={version}"]' in shown[2]
