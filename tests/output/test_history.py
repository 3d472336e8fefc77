"""What was typed before in a terminal counts for what a line means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from machines import DEBIAN_12, DEBIAN_12_WITH_VENV
from pep668.explain import Advice, History, explain
from pep668.model import Machine

PIP = """error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
"""
ACTIVATE = "source .venv/bin/activate"


def history(*lines: str | tuple[str, int | None], shell: str = "bash") -> History:
    found = History()
    for line in lines:
        text, code = line if isinstance(line, tuple) else (line, 0)
        found.note(text, code, "/home/me/project", shell)
    return found


def silent(line: str, before: History, shell: str = "bash", interpreter: str | None = None) -> Advice | None:
    found = explain(
        "",
        command=line,
        exit_code=1,
        cwd="/home/me/project",
        shell=shell,
        machine=DEBIAN_12,
        history=before,
        interpreter=interpreter,
    )
    return found.advice


@pytest.mark.parametrize(
    "lines",
    [
        [ACTIVATE],
        [". .venv/bin/activate"],
        [(ACTIVATE, None)],
        [ACTIVATE, "ls", "cd sub", "pip list"],
        ["cd sub && . ../.venv/bin/activate"],
        [(ACTIVATE + " && make deps", 2)],
        ["conda activate work"],
        ["export PIP_BREAK_SYSTEM_PACKAGES=1"],
        ["export PIP_REQUIRE_VIRTUALENV=0 PIP_BREAK_SYSTEM_PACKAGES=1"],
        ['export PATH="$HOME/bin:$PATH"'],
        ["PATH=/opt/python/bin:$PATH"],
        ["alias pip='uv pip'"],
        ["pyenv shell 3.12"],
        ["source ./env.sh"],
        ['eval "$(direnv hook bash)"'],
        ["pip3() { command pip3 --user; }"],
        ["deactivate", ACTIVATE],
        ["x" * 5000 + "; " + ACTIVATE],
    ],
)
def test_no_silent_refusal_is_claimed_after(lines: list[str]) -> None:
    assert silent("pip3 install nosuch", history(*lines)) is None


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["ls", "git status", "cat .venv/bin/activate.md", "echo source"],
        [(ACTIVATE, 1)],
        [ACTIVATE, "deactivate"],
        ["(" + ACTIVATE + ")"],
        ["PIP_BREAK_SYSTEM_PACKAGES=1 pip install six"],
        ["export PIP_INDEX_URL=http://x"],
        ["export PIP_BREAK_SYSTEM_PACKAGES=1", "unset PIP_BREAK_SYSTEM_PACKAGES"],
        ["python3 -m venv .venv"],
    ],
)
def test_a_silent_refusal_is_claimed_after(lines: list[str]) -> None:
    found = silent("pip3 install six", history(*lines))
    assert found is not None
    assert found.actions[0].text == "python3 -m venv .venv && .venv/bin/pip install six"


def test_shells() -> None:
    for shell, line in (
        ("fish", "source .venv/bin/activate.fish"),
        ("fish", "set -x PIP_BREAK_SYSTEM_PACKAGES 1"),
        ("tcsh", "source .venv/bin/activate.csh"),
        ("tcsh", "setenv PIP_BREAK_SYSTEM_PACKAGES 1"),
        ("pwsh", ".venv/bin/Activate.ps1"),
        ("pwsh", ". .venv/bin/Activate.ps1"),
        ("pwsh", "$env:PIP_BREAK_SYSTEM_PACKAGES = 1"),
    ):
        assert silent("pip3 install six", history(line, shell=shell), shell) is None, line
        assert silent("pip3 install six", history(shell=shell), shell) is not None


def test_the_chosen_interpreter() -> None:
    assert silent("pip3 install six", history(), interpreter="/home/me/project/.venv/bin/python") is None
    assert silent("pip3 install six", history(), interpreter="/home/me/.venvs/x/bin/python") is None
    assert silent("pip3 install six", history(), interpreter="/usr/bin/python3") is not None


@pytest.mark.parametrize(
    "line",
    [
        "cd sub && pip3 install six",
        "make && pip3 install six",
        "f || pip3 install six",
        "if x; then pip3 install y; fi",
    ],
)
def test_what_may_not_have_run_is_not_claimed(line: str) -> None:
    assert silent(line, history()) is None


@pytest.mark.parametrize("line", ["cd sub; pip3 install six", "pip3 install six && make", "(pip3 install six)"])
def test_what_ran_is(line: str) -> None:
    assert silent(line, history()) is not None


def told(line: str, before: History, machine: Machine = DEBIAN_12, output: str = PIP) -> Advice:
    found = explain(
        output, command=line, exit_code=1, cwd="/home/me/project", shell="bash", machine=machine, history=before
    ).advice
    assert found is not None
    return found


def test_sudo_leaves_the_active_environment() -> None:
    for line, before in (
        ("sudo pip3 install six", history(ACTIVATE)),
        (ACTIVATE + " && sudo -H pip3 install six", history()),
    ):
        found = told(line, before)
        assert "sudo leaves the active environment" in found.message
        assert found.actions[0].text == line.replace("sudo -H ", "").replace("sudo ", "")
        assert found.actions[0].text in found.message
    again = told("sudo pip3 install six", history(ACTIVATE, "deactivate"))
    assert again.actions[0].text == "python3 -m venv .venv && .venv/bin/pip install six"


def test_a_script_in_an_active_environment_names_the_systems_python() -> None:
    found = told("make deps", history(ACTIVATE), DEBIAN_12_WITH_VENV)
    assert "activate" not in "".join(a.text for a in found.actions)
    assert "the system's Python" in found.message


def test_the_line_itself_is_not_before_itself() -> None:
    before = history(("export PIP_INDEX_URL=http://x; pip3 install six", 1))
    assert silent("export PIP_INDEX_URL=http://x; pip3 install six", before) is not None


def test_bounded() -> None:
    before = history(*(f"export PIP_TIMEOUT={n}" for n in range(1000)))
    assert len(list(before)) == 64
    assert not before.sure


def test_sudo_may_have_asked_for_a_password() -> None:
    for machine, claimed in ((DEBIAN_12, False), (replace(DEBIAN_12, root=True), True)):
        found = explain("", command="sudo pip3 install six", exit_code=1, machine=machine)
        assert bool(found.errors) is claimed
