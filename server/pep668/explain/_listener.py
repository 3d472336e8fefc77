"""Output as it comes: what is kept of it does not grow."""

from __future__ import annotations

from collections import deque

from pep668.languages._decoding import Decoder
from pep668.languages._recognizer import LONGEST_BLANK, Recognizer, is_blank
from pep668.model import ErrorReport

from ._typed import Typed

_KEPT = 1 << 17  # characters at the end of the output, to look around in


class Listener:
    """`feed` the output of one command in pieces, then give it to `explain` in the place of the whole.

    `command` is the line that prints it. Whoever knows its exit code from the beginning gives it; else it
    comes with `explain`.
    """

    def __init__(self, command: str = "", exit_code: int | None = None) -> None:
        self._decode = Decoder().decode
        self._recognizer = Recognizer(Typed(command).source(exit_code, running=exit_code is None))
        self._head = ""
        self._kept: deque[str] = deque()
        self._kept_length = 0
        self.length = 0  # characters so far

    def feed(self, chunk: bytes | str, last: bool = False) -> None:
        """Text, or bytes; `last` after which there is no more."""
        text = self._decode(chunk, last) if isinstance(chunk, bytes) else chunk
        self.length += len(text)
        if len(self._head) <= LONGEST_BLANK:
            self._head += text[: LONGEST_BLANK + 1]
        self._kept.append(text)
        self._kept_length += len(text)
        while self._kept_length - len(self._kept[0]) >= _KEPT:
            self._kept_length -= len(self._kept.popleft())
        self._recognizer.feed(text)

    def finish(self, exit_code: int | None) -> list[ErrorReport]:
        return self._recognizer.finish(exit_code)

    def cut(self, start: int, end: int) -> str | None:
        """What was fed from one offset to another; None where that is no longer known."""
        begin = self.length - self._kept_length
        return None if start < begin else "".join(self._kept)[start - begin : end - begin]

    @property
    def blank(self) -> bool:
        """Whether it shows nothing."""
        return is_blank(self._head)
