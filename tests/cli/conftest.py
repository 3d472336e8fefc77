"""What the tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `pep668` in a folder of its own, with an empty home."""
    home = tmp_path / "home"
    home.mkdir()

    def run(*arguments: str, cwd: Path = tmp_path, stdin: str | bytes = "") -> subprocess.CompletedProcess[str]:
        environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "server")}
        done = subprocess.run(
            [sys.executable, "-m", "pep668", *arguments],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            cwd=cwd,
            env=environ,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        )

    return run


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables for `pep668 run` with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "server"),
        "SHELL": "/bin/bash",
        "TERM": "xterm-256color",
        "PEP668_TRACEBACK": "1",
    }
