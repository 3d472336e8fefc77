"""`pep668 check --on`: where would these commands fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pep668.cli import main
from pep668.environment import systems

SCRIPT = """\
pip3 install a
sudo pip3 install b
pip3 install --user c
pip3 install --break-system-packages d
PIP_BREAK_SYSTEM_PACKAGES=1 pip3 install e
uv pip install --system f
pipx install g
python3 -m ensurepip
.venv/bin/pip install h
python3.11 -m pip install i
/usr/bin/python3 -m pip install j
"""
# By the facts: who marks its Python, and which pip knows the flag.
EXPECTED = {
    "debian:12": "refused refused refused ok ok refused ok ok ok refused refused",
    "debian:13": "refused refused refused ok ok refused ok ok ok depends refused",
    "debian:11": "ok ok ok fails ok ok ok ok ok ok ok",
    "ubuntu:22.04": "ok ok ok fails ok ok ok ok ok ok ok",
    "ubuntu:noble": "refused refused refused ok ok refused ok ok ok depends refused",
    "alpine": "refused refused refused ok ok refused ok refused ok depends refused",
    "alpine:3.18": "ok ok ok ok ok ok ok ok ok ok ok",
    "arch": "refused refused refused ok ok refused ok refused ok depends refused",
    "fedora:42": "ok ok ok ok ok ok ok ok ok ok ok",
    "macos": "refused depends refused ok ok refused ok refused ok depends ok",
    "homebrew:3.11": "ok ok ok ok ok ok ok ok ok ok ok",
    "windows": "ok ok ok ok ok ok ok ok ok ok ok",
    "ubuntu-24.04": "ok ok ok ok ok refused ok ok ok ok ok",
    "python:3.12": "ok ok ok ok ok ok ok ok ok ok refused",
}


@pytest.fixture
def script(tmp_path: Path) -> str:
    file = tmp_path / "setup.sh"
    file.write_text(SCRIPT, encoding="utf-8")
    return str(file)


def said(verdict: dict[str, object]) -> str:
    return (
        "fails" if verdict["usage_error"] else {"allowed": "ok"}.get(str(verdict["verdict"]), str(verdict["verdict"]))
    )


@pytest.mark.parametrize("system", EXPECTED)
def test_each_command_on_each_system(system: str, script: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--on", system, script, "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert found["systems"] == [system]
    words = [said(c["verdicts"][system]) for c in found["commands"]]
    assert " ".join(words) == EXPECTED[system]


def test_the_table(script: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["check", "--on", "debian:13,ubuntu:22.04", script]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["debian:13", "ubuntu:22.04"]
    assert lines[1].endswith("  refused    ok")
    assert lines[4].endswith("  ok         fails")
    assert "debian:13: 5 of 11 refused" in lines
    assert "ubuntu:22.04: 1 of 11 fails" in lines
    assert max(map(len, lines)) <= 100


def test_what_a_file_says_itself_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM ubuntu:22.04\nRUN pip3 install a\n", encoding="utf-8")
    assert main(["check", "--on", "debian:13", str(file)]) == 0
    assert "(own) pip3 install a" in capsys.readouterr().out


def test_this_machine_is_a_system(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--on", "local,fedora", script, "--output-format", "json"])
    assert json.loads(capsys.readouterr().out)["systems"] == ["local", "fedora"]


@pytest.mark.parametrize(
    ("named", "said"),
    [("debain:13", "did you mean debian:13"), ("qqqqq", "try debian:13"), (",", "name at least one system")],
)
def test_an_unknown_system(named: str, said: str, script: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--on", named, script]) == 2
    assert said in capsys.readouterr().err


def test_the_common_systems_are_known() -> None:
    assert all(systems.resolve(name) for name in systems.COMMON)
