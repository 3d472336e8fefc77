"""A program whose streams are passed on byte by byte, each to its own, while it keeps everything else of ours.

Standard input, the process group and the controlling terminal stay what they are, so that the kernel does job control.
A stream that leads to a terminal gets a pseudo-terminal of its own: colours and widths stay.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ._session import CHUNK, Heard, exit_code, is_terminal, passed_on, signals, write

_SILENCE = 0.3  # seconds without output after which what an ended program left running is not waited for
_LOOK = 0.02
_SIGNALS = 0.1  # seconds within which a signal is answered


@dataclass(eq=False)
class _Stream:
    """What the program writes into `inner`, read from `outer` and written to `target`, 1 or 2."""

    target: int
    outer: int
    inner: int
    terminal: bool
    reading: bool = False  # not so while somebody who reads slowly is waited for
    active: float = field(default_factory=time.monotonic)

    def pump(self, heard: Heard, turn: threading.Lock) -> None:
        while True:
            self.reading = True
            try:
                chunk = os.read(self.outer, CHUNK)
            except OSError:  # so ends a pseudo-terminal
                chunk = b""
            self.reading, self.active = False, time.monotonic()
            if not chunk:
                break
            try:
                write(self.target, chunk)
            except OSError:  # nobody reads any more: the program is to notice
                break
            with turn:
                heard(self.target, chunk)
        with suppress(OSError):
            os.close(self.outer)


def run(arguments: Sequence[str], heard: Heard) -> int:
    """See `pass_through`. Raises OSError where the program cannot be started."""
    streams = [_opened(1)]
    if not _same():  # one for both where both go to the same place, which keeps their order
        streams.append(_opened(2))
    process: subprocess.Popen[bytes] | None = None
    early: list[int] = []
    from_keyboard = _in_foreground()

    def send(number: int) -> None:
        if process is None:
            early.append(number)
        elif not (from_keyboard and number in _KEYBOARD):  # those reach it without us
            process.send_signal(number)

    with signals({**passed_on(send), "SIGWINCH": lambda _: _resize(streams)}):
        try:
            process = subprocess.Popen(  # noqa: S603 - a list, never a shell
                list(arguments), stdout=streams[0].inner, stderr=streams[-1].inner
            )
        except (OSError, ValueError):
            for stream in streams:
                os.close(stream.outer)
            raise
        finally:
            for stream in streams:
                os.close(stream.inner)
        turn = threading.Lock()
        pumps = [threading.Thread(target=s.pump, args=(heard, turn), daemon=True) for s in streams]
        for pump in pumps:
            pump.start()
        for number in early:
            send(number)
        end = threading.Thread(target=process.wait, daemon=True)
        end.start()
        while end.is_alive():  # with a limit: a signal that came just before the wait would not end it
            end.join(_SIGNALS)
        while any(pump.is_alive() for pump in pumps):
            pumps[0].join(_LOOK)
            waiting = [s for s, pump in zip(streams, pumps, strict=True) if pump.is_alive()]
            if all(s.reading and time.monotonic() - s.active > _SILENCE for s in waiting):
                break
    return exit_code(process.returncode)


def _opened(target: int) -> _Stream:
    if os.name == "posix" and is_terminal(target):
        with suppress(OSError):
            from . import _terminal

            return _Stream(target, *_terminal.plain_pair(target), terminal=True)
    return _Stream(target, *os.pipe(), terminal=False)


def _resize(streams: Sequence[_Stream]) -> None:
    for stream in streams:
        if stream.terminal:
            from . import _terminal

            with suppress(OSError):
                _terminal.resize(stream.target, stream.outer)


def _same() -> bool:
    """Whether standard output and standard error are one."""
    try:
        out, err = os.fstat(1), os.fstat(2)
    except OSError:
        return False
    return out.st_ino != 0 and (out.st_dev, out.st_ino, out.st_rdev) == (err.st_dev, err.st_ino, err.st_rdev)


def _in_foreground() -> bool:
    """Whether a key that interrupts reaches the program as it reaches this one: both are one group of a terminal."""
    if os.name != "posix":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _keyboard() -> frozenset[int]:
    import signal

    return frozenset(int(getattr(signal, name)) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name))


_KEYBOARD = _keyboard()
