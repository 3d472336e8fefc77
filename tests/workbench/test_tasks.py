"""Tasks: one that fails is seen like a command in a terminal, and problem matchers fill the Problems panel."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start, Workbench
from workbench.test_workbench import imports

ROOT = Path(__file__).resolve().parents[2]


def _tasks(*tasks: dict[str, object]) -> dict[str, str]:
    return {".vscode/tasks.json": json.dumps({"version": "2.0.0", "tasks": list(tasks)})}


def _shell(label: str, command: str, **more: object) -> dict[str, object]:
    return {"label": label, "type": "shell", "command": command, "problemMatcher": [], **more}


def _step(workbench: Workbench, name: str) -> None:
    advice = workbench.notification("refused to install six")
    workbench.screenshot(f"{name}-1-advice")
    assert workbench.page.locator(".notification-toast").count() == 1
    workbench.take_step(advice, re.compile(r"\.venv"))


def test_failing_task(start: Start) -> None:
    workbench = start(files=_tasks(_shell("install", "pip3 install six")))
    workbench.run_task("install")
    _step(workbench, "task")
    python = workbench.folder / ".venv" / "bin" / "python"
    workbench.wait_for(lambda: imports(python, "six"), "six is installed in .venv")
    workbench.notification(re.compile(r"\.venv"))
    workbench.screenshot("task-2-installed")


def test_failing_task_in_a_used_terminal(start: Start) -> None:
    """There the task is an execution of the terminal as well: it is reported once, and its folder counts."""
    place = {"options": {"cwd": "${workspaceFolder}/sub folder"}}
    tasks = _tasks(_shell("first", "true"), _shell("second", "pip3", args=["install", "six"], **place))
    workbench = start(files={**tasks, "sub folder/readme": ""})
    workbench.run_task("first")
    expect(workbench.rows().filter(has_text="reused by tasks").first).to_be_visible(timeout=PATIENCE_MS)
    workbench.run_task("second")
    _step(workbench, "reused")
    python = workbench.folder / "sub folder" / ".venv" / "bin" / "python"
    workbench.wait_for(lambda: imports(python, "six"), "six is installed in the folder of the task")
    workbench.screenshot("reused-2-installed")


def _problems(workbench: Workbench) -> str:
    """What the Problems panel shows in the end; the task's terminal comes to the front when it starts."""
    expect(workbench.rows().filter(has_text="reused by tasks").first).to_be_visible(timeout=PATIENCE_MS)
    rows = workbench.page.locator(".markers-panel .monaco-list-row")

    def is_shown() -> bool:
        workbench.command("Problems: Focus on Problems View")
        workbench.page.wait_for_timeout(1000)
        return rows.count() > 0

    workbench.wait_for(is_shown, "problems are shown")
    return "\n".join(rows.all_inner_texts())


def test_problem_matcher_of_check(start: Start) -> None:
    task: dict[str, object] = {
        "label": "check",
        "type": "process",
        "command": sys.executable,
        "args": ["-m", "pep668", "check", "."],
        "options": {"env": {"PYTHONPATH": str(ROOT / "server")}},
        "problemMatcher": "$pep668",
    }
    workbench = start(files=_tasks(task))
    workbench.run_task("check")
    shown = _problems(workbench)
    workbench.screenshot("1-problems")
    assert "EM001" in shown
    assert "Debian 12's Python is externally managed" in shown
    assert "[Ln 5, Col 5]" in shown
    assert "install.sh" in shown


def test_problem_matcher_of_what_scripts_do_not_find(start: Start) -> None:
    scripts = {
        "setup.sh": "#!/bin/bash\n\nno-such-pip install six\n",
        "posix.sh": "#!/bin/sh\nno-such-pip install six\n",
        "Makefile": "deps:\n\t@no-such-pip install six\n",
    }
    line = "bash setup.sh; sh posix.sh; make deps"
    workbench = start(files={**scripts, **_tasks(_shell("scripts", line, problemMatcher="$pep668-terminal"))})
    workbench.run_task("scripts")
    shown = _problems(workbench)
    workbench.screenshot("1-problems")
    assert re.search(r"no-such-pip: command not found.*\[Ln 3, ", shown, re.DOTALL)
    assert re.search(r"no-such-pip: not found.*\[Ln 2, ", shown, re.DOTALL)
    assert re.search(r"Error 127.*\[Ln 2, ", shown, re.DOTALL)
