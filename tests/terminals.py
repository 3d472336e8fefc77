"""A terminal with `pep668` in it: what is typed, what is seen, its size and its modes."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

PATIENCE = 60.0  # seconds after which a test has failed; nothing is waited for by the clock otherwise


class Terminal:
    """A session whose leader is `arguments`, in a pseudo-terminal whose other end is ours."""

    def __init__(
        self,
        arguments: Sequence[str],
        cwd: Path,
        environ: Mapping[str, str],
        size: tuple[int, int] = (24, 80),
        stderr: int | None = None,
    ) -> None:
        self.outer, self.inner = os.openpty()
        self.resize(size)
        self.before = termios.tcgetattr(self.inner)
        self.seen = b""

        def lead() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            list(arguments),
            stdin=self.inner,
            stdout=self.inner,
            stderr=self.inner if stderr is None else stderr,
            cwd=cwd,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=lead,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.outer)
        os.close(self.inner)

    def resize(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self.outer, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def type(self, keys: str) -> None:
        rest = keys.encode()
        while rest:
            rest = rest[os.write(self.outer, rest[:1000]) :]

    @property
    def modes(self) -> list[object]:
        return list(termios.tcgetattr(self.inner))

    @property
    def raw(self) -> bool:
        return not termios.tcgetattr(self.inner)[3] & termios.ICANON

    def read_until(self, pattern: str) -> re.Match[bytes]:
        """What was seen since the last match, up to the pattern."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(pattern.encode(), self.seen)):
            assert time.monotonic() < deadline, f"no {pattern!r} in {self.seen[-2000:]!r}"
            assert self.read(1.0) or self.process.poll() is None, f"ended without {pattern!r}: {self.seen[-2000:]!r}"
        self.seen = self.seen[found.end() :]
        return found

    def read(self, seconds: float) -> bool:
        """Whether anything came in that time."""
        if not select.select([self.outer], [], [], seconds)[0]:
            return False
        self.seen += os.read(self.outer, 1 << 16)
        return True

    def finish(self) -> tuple[int, bytes]:
        """The exit code, and what was seen since the last match."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running: {self.seen[-2000:]!r}"
            self.read(0.05)
        while self.read(0):
            pass
        return self.process.returncode, self.seen
