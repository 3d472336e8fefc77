"""Running a program: argument lists only, output line by line, the whole process group killed on cancellation."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

_POLL = 0.1  # seconds between two looks at `cancelled`
_GRACE = 2.0  # seconds that a program has to end by itself
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no SIGKILL
_SILENT = 10  # polls without output after which an ended program's output is taken as complete
_TAIL = 400  # lines that are kept

# Where installs would go elsewhere, or another Python's home or modules would be used.
_DROPPED = frozenset(
    {
        *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_REQUIREMENT", "PIP_EDITABLE"),
        *("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"),
        *("UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT"),
    }
)
# `user = true` in a pip.conf is an error inside an environment; the variable overrides the file.
_SET = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "NO_COLOR": "1"}


class Cancelled(Exception):
    """The user cancelled; the program is dead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended. `lines` are the last of its output and errors; 127 where it could not be started."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for the programs: index settings, proxies and certificates stay."""
    return {k: v for k, v in environ.items() if k not in _DROPPED} | _SET


def run(
    arguments: Sequence[str],
    folder: str,
    environ: Mapping[str, str],
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> Outcome:
    """Runs a program to its end. Raises Cancelled when `cancelled` says so meanwhile."""
    if cancelled():
        raise Cancelled
    try:
        process = subprocess.Popen(  # noqa: S603 - a list, never a shell
            list(arguments),
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, ValueError) as error:
        return Outcome(127, (f"{arguments[0]}: {error}",))
    assert process.stdout is not None
    output: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process.stdout, output), daemon=True)
    reader.start()
    lines: list[str] = []
    silent = 0
    try:
        while True:
            if cancelled():
                raise Cancelled
            try:
                line = output.get(timeout=_POLL)
            except queue.Empty:
                silent += 1
                if process.poll() is not None and silent > _SILENT:
                    _signal(process, _KILL)  # something that it left running holds its output open
                    break
                continue
            silent = 0
            if line is None:
                break
            lines.append(line)
            del lines[:-_TAIL]
            report(line)
        while process.poll() is None:
            if cancelled():
                raise Cancelled
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL)
    finally:
        _end(process)
        reader.join(_GRACE)
        if not reader.is_alive():
            process.stdout.close()
    return Outcome(process.returncode, tuple(lines))


def _read(stream: IO[str], output: queue.SimpleQueue[str | None]) -> None:
    with suppress(ValueError, OSError):  # closed under us after a kill
        for line in stream:
            text = line.rstrip()
            if text:
                output.put(text)
    output.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """Kills the program and what it started, politely first."""
    if process.poll() is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, _KILL)
        process.wait()


def _signal(process: subprocess.Popen[str], number: int) -> None:
    if os.name == "nt":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
