"""A program in a terminal of its own, between it and the user's: POSIX only.

The user's terminal is raw meanwhile, so that each key reaches the other one, whose line discipline makes
signals of them. A monitor (a fork of this process) leads the session there: with a parent in its session the
program can be stopped, which the monitor tells us, and then we stop as well.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import signal
import struct
import termios
import tty
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ._monitor import monitor
from ._session import CHUNK, Heard, exit_code, is_terminal, passed_on, signals, write

_MOST_TYPED = 1 << 14  # bytes that the program has not read yet; then the user's terminal keeps them
_LOOK = 0.5  # seconds between two looks whether this has come to the foreground
_MOST_AFTER = 512  # reads of what an ended program has left: more than any buffer holds
_REST = 0.05  # seconds in which more output of an ended program may come


def resize(source: int, target: int) -> None:
    """Gives one terminal the size of another, in characters and pixels; programs in it are told. Raises OSError."""
    size = fcntl.ioctl(source, termios.TIOCGWINSZ, bytes(struct.calcsize("HHHH")))
    fcntl.ioctl(target, termios.TIOCSWINSZ, size)


def plain_pair(target: int) -> tuple[int, int]:
    """A pseudo-terminal of the size of `target` that changes nothing of what is written: both ends. Raises OSError."""
    outer, inner = os.openpty()
    modes = termios.tcgetattr(inner)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(inner, termios.TCSANOW, modes)
    with suppress(OSError):
        resize(target, outer)
    return outer, inner


@dataclass(eq=False)
class Session:
    """Both terminals: `outer` and `inner` are the ends of the program's, `modes` are those of the user's."""

    outer: int
    inner: int
    modes: list[Any]
    reports: int = -1  # from the monitor
    errors: int = -1  # the program's standard error, where ours is no terminal
    wake: int = -1  # readable when a signal has come: one that comes just before `select` would not end it
    group: int = 0  # the program's process group
    raw: bool = False
    typed: bytearray = field(default_factory=bytearray)
    returned: int | None = None
    failure: int = 0  # errno, where it could not be started
    gone: bool = False  # the user's terminal
    unread: bytes = b""
    early: list[int] = field(default_factory=list)  # signals that came before the program was there


def open_session() -> Session | None:
    """None where this system gives us no terminal: then the streams are passed on."""
    try:
        modes = termios.tcgetattr(0)
        outer, inner = os.openpty()
    except (OSError, termios.error):
        return None
    with suppress(OSError, termios.error):
        termios.tcsetattr(inner, termios.TCSANOW, modes)
        resize(0, outer)
    os.set_blocking(outer, False)
    return Session(outer, inner, modes)


def run(session: Session, arguments: Sequence[str], heard: Heard) -> int:
    """See `pass_through`. Raises OSError where the program cannot be started."""
    error_ends = None if is_terminal(2) else os.pipe()
    report_ends = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(session.outer)
        os.close(report_ends[0])
        monitor(arguments, session.inner, error_ends[1] if error_ends else session.inner, report_ends[1])
    os.close(session.inner)
    os.close(report_ends[1])
    session.reports = report_ends[0]
    if error_ends:
        os.close(error_ends[1])
        session.errors = error_ends[0]
    answers = passed_on(lambda number: _signal(session, number))
    answers |= {
        "SIGWINCH": lambda _: _resized(session),
        "SIGTSTP": lambda number: _signal(session, number),
        "SIGCONT": lambda _: setattr(session, "raw", False),  # somebody stopped us, and a shell set its own modes
    }
    ignored = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # so that the modes can be put back in any case
    session.wake, waker = os.pipe()
    os.set_blocking(waker, False)
    before = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    try:
        with signals(answers):
            try:
                _attend(session, heard)
            finally:
                _restore(session)
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGTTOU, ignored)
        for end in {session.outer, session.reports, session.errors, session.wake, waker} - {-1}:
            os.close(end)  # whatever still runs there is told that its terminal is gone
        os.waitpid(pid, 0)
    if session.returned is None:
        raise OSError(session.failure, os.strerror(session.failure))
    return exit_code(session.returned)


def _attend(session: Session, heard: Heard) -> None:
    """Carries bytes to and fro until the program has ended and all of its output was passed on."""
    while session.returned is None and not session.failure:
        if not session.raw and _in_foreground():
            _make_raw(session)
        reading = [*_ends(session), session.reports, session.wake]
        if session.raw and not session.gone and len(session.typed) < _MOST_TYPED:
            reading.append(0)
        writing = [session.outer] if session.typed else []
        ready, writable, _ = select.select(reading, writing, [], None if session.raw else _LOOK)
        if session.wake in ready:
            os.read(session.wake, CHUNK)
        if writable:
            with suppress(BlockingIOError):
                del session.typed[: os.write(session.outer, session.typed)]
        if 0 in ready:
            _read_keys(session)
        _pass_on(session, ready, heard)
        if session.reports in ready:
            _read_reports(session, heard)
    for _ in range(_MOST_AFTER):
        if not _pass_on(session, select.select(_ends(session), [], [], _REST)[0], heard):
            break


def _ends(session: Session) -> list[int]:
    return [end for end in (session.outer, session.errors) if end != -1]


def _pass_on(session: Session, ready: Sequence[int], heard: Heard) -> bool:
    """Whether anything was there to pass on."""
    some = False
    for end, target in ((session.outer, 1), (session.errors, 2)):
        if end == -1 or end not in ready:
            continue
        try:
            chunk = os.read(end, CHUNK)
        except BlockingIOError:
            continue
        except OSError:  # nobody has it open any more
            chunk = b""
        if not chunk:
            if end == session.errors:
                os.close(end)
                session.errors = -1
            continue
        some = True
        try:
            if not (session.gone and target == 1):
                write(target, chunk)
        except OSError:
            _lost(session)
        heard(target, chunk)
    return some


def _read_keys(session: Session) -> None:
    try:
        keys = os.read(0, CHUNK)
    except OSError:
        keys = b""
    session.typed += keys
    if not keys:
        _lost(session)


def _lost(session: Session) -> None:
    """The user's terminal is gone."""
    session.gone = True
    with suppress(ProcessLookupError, PermissionError):
        _signal(session, signal.SIGHUP)


def _read_reports(session: Session, heard: Heard) -> None:
    said = os.read(session.reports, CHUNK)
    if not said:  # the monitor was killed
        session.returned = -signal.SIGKILL
        return
    *lines, session.unread = (session.unread + said).split(b"\n")
    for line in lines:
        what, _, number = line.decode().partition(" ")
        if what == "group":
            session.group = int(number)
            for early in session.early:
                _signal(session, early)
        elif what == "stop":
            _stop(session, heard)
        elif what == "end":
            session.returned = int(number)
        elif what == "failure":
            session.failure = int(number) or errno.ENOEXEC


def _stop(session: Session, heard: Heard) -> None:
    """Stops with the program; returns when both go on.

    Where no shell would let us go on (an orphaned process group) the kernel does not stop us, and so neither stays.
    """
    while _pass_on(session, select.select(_ends(session), [], [], 0)[0], heard):
        pass
    _restore(session)
    answer = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(0, signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, answer)
    _resized(session)
    with suppress(ProcessLookupError, PermissionError):
        _signal(session, signal.SIGCONT)


def _signal(session: Session, number: int) -> None:
    if session.group and session.returned is None:
        os.killpg(session.group, number)
    else:
        session.early.append(number)


def _resized(session: Session) -> None:
    with suppress(OSError):
        resize(0, session.outer)


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:  # not the terminal that controls us: nobody shares it out
        return True


def _make_raw(session: Session) -> None:
    with suppress(termios.error):
        tty.setraw(0, termios.TCSADRAIN)
    session.raw = True


def _restore(session: Session) -> None:
    if session.raw:
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, session.modes)
    session.raw = False
