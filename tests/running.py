"""`pep668 run` as a command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from terminals import PATIENCE

SERVER = Path(__file__).resolve().parents[1] / "server"


def program(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pep668", "run", *arguments]


def piped(
    arguments: list[str], cwd: Path, environ: dict[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        line("--", *arguments), input=stdin, capture_output=True, cwd=cwd, env=environ, check=False, timeout=PATIENCE
    )
