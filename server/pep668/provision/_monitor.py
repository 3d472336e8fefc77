"""The process that leads the session of the program's terminal: it starts the program and tells what becomes of it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import termios
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

_SPARED = ("SIGINT", "SIGQUIT", "SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU")


def monitor(arguments: Sequence[str], terminal: int, errors: int, reports: int) -> NoReturn:
    """Runs in a fork, and ends it. `reports` gets a line each: `group N`, `stop N`, `end STATUS`, `failure ERRNO`."""
    code = 1
    try:
        _lead(arguments, terminal, errors, reports)
        code = 0
    finally:
        os._exit(code)


def _lead(arguments: Sequence[str], terminal: int, errors: int, reports: int) -> None:
    for name in _SPARED:  # not ignored: that would be inherited
        if signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(getattr(signal, name), lambda *_: None)
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    def tell(text: str) -> None:
        with suppress(OSError):
            os.write(reports, f"{text}\n".encode())

    try:
        process = subprocess.Popen(  # noqa: S603 - a list, never a shell
            list(arguments), stdin=terminal, stdout=terminal, stderr=errors, preexec_fn=_to_the_front
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        tell(f"failure {getattr(error, 'errno', None) or 0}")
        return

    def hung_up(*_: object) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGHUP)
            os.killpg(process.pid, signal.SIGCONT)

    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, hung_up)
    tell(f"group {process.pid}")
    while True:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            tell(f"stop {os.WSTOPSIG(status)}")
            continue
        tell(f"end {os.waitstatus_to_exitcode(status)}")
        return


def _to_the_front() -> None:
    """In the program's process, before it is one: a group of its own, in the foreground of the terminal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTTOU])
