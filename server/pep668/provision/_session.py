"""Running a program in the user's place: it has the terminal, the streams and the signals, and somebody listens."""

from __future__ import annotations

import errno
import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

Heard = Callable[[int, bytes], None]
"""Called with the stream (1 or 2) and what was written to it."""

CHUNK = 1 << 16
_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")


class NotStarted(Exception):
    """The program could not be run; `code` is what a shell says then, the message why, and what to do."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def pass_through(arguments: Sequence[str], heard: Heard) -> int:
    """Runs a program, an argument list, in place of this one, and returns its exit code (128+n for signal n).

    Where standard input and output are a terminal it gets one of its own (see `_terminal`), else each of its
    streams is passed on byte by byte (see `_streams`). Raises NotStarted where there is nothing to run.
    """
    try:
        if os.name == "posix" and is_terminal(0) and is_terminal(1):
            from . import _terminal

            session = _terminal.open_session()
            if session is not None:
                return _terminal.run(session, arguments, heard)
        from . import _streams

        return _streams.run(arguments, heard)
    except (OSError, ValueError) as error:
        raise _not_started(arguments[0], error) from None


def is_terminal(stream: int) -> bool:
    try:
        return os.isatty(stream)
    except OSError:  # closed
        return False


def _not_started(name: str, error: Exception) -> NotStarted:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        if os.path.dirname(name) and os.path.exists(name):
            return NotStarted(f"{name} cannot be run: its first line names an interpreter that is not there", 127)
        where = "" if os.path.dirname(name) else " on PATH (aliases and functions of your shell are not seen here)"
        return NotStarted(f"there is no program {name}{where}", 127)
    if number == errno.ENOEXEC:
        return NotStarted(f"{name} cannot be run: it is no program, and names no interpreter in its first line", 126)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return NotStarted(f"{name} cannot be run: {reason}", 126)


def exit_code(returned: int) -> int:
    """What a shell says of a process whose `returncode` is `returned`."""
    return 128 - returned if returned < 0 else returned


def write(stream: int, chunk: bytes) -> None:
    """Writes all of it. Raises OSError where nobody reads."""
    rest = memoryview(chunk)
    while rest:
        with suppress(BlockingIOError):  # somebody else made it so
            rest = rest[os.write(stream, rest) :]
        if rest:
            select.select([], [stream], [])


@contextmanager
def signals(handlers: dict[str, Callable[[int], None]]) -> Iterator[None]:
    """Other answers to signals, by their names; what was ignored stays so, and there may be fewer on this system."""
    before: list[tuple[int, object]] = []

    def answer(handler: Callable[[int], None]) -> Callable[[int, FrameType | None], None]:
        return lambda number, _: handler(number)

    try:
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before.append((number, signal.signal(number, answer(handler))))
        yield
    finally:
        for number, old in before:
            with suppress(ValueError, TypeError):
                signal.signal(number, old)  # type: ignore[arg-type]


def passed_on(send: Callable[[int], None]) -> dict[str, Callable[[int], None]]:
    """Answers that send the signals by which a program is told to end."""

    def answer(number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            send(number)

    return dict.fromkeys(_PASSED_ON, answer)
