"""`pep668 run`: a program as if it ran alone, and afterwards the advice on what it said."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from ._shared import UsageError, colored, complain, shell_of, shown_here

if TYPE_CHECKING:
    from pep668.explain import Listener

_KEPT = 1 << 18  # bytes that are only kept: most programs say no more, and then nothing is loaded while they run
_BATCH = 1 << 16
_LONGEST = 1 << 16  # bytes of a line that waits for its end


def run(arguments: argparse.Namespace) -> int:
    from pep668 import provision

    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise UsageError("name the command to run after --: pep668 run -- pip install requests")
    hearing = _Hearing(shlex.join(words))
    sys.stdout.flush()
    try:
        code = provision.pass_through(words, hearing.take)
    except provision.NotStarted as error:
        code = error.code
        complain(str(error))
        if code == 127:
            hearing.take(2, f"pep668: {words[0]}: command not found\n".encode())
    with suppress(Exception):  # the exit code is the program's, whatever becomes of our advice
        try:
            _advise(hearing, code, arguments)
        except Exception:
            if os.environ.get("PEP668_TRACEBACK"):
                traceback.print_exc()
            raise
    return code


class _Hearing:
    """What a program says, line by line whatever its stream; memory does not grow. Never raises."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.deaf = False
        self.ends_line = True
        self._waiting = bytearray()
        self._unfinished = {1: bytearray(), 2: bytearray()}
        self._listener: Listener | None = None

    def take(self, stream: int, chunk: bytes) -> None:
        if self.deaf or not chunk:
            return
        self.ends_line = chunk.endswith(b"\n")
        unfinished = self._unfinished[stream]
        whole = chunk.rfind(b"\n") + 1
        if whole:
            self._waiting += unfinished
            self._waiting += chunk[:whole]
            unfinished[:] = chunk[whole:]
        else:
            unfinished += chunk
        if len(unfinished) > _LONGEST:
            self._waiting += unfinished
            unfinished.clear()
        if len(self._waiting) > (_KEPT if self._listener is None else _BATCH):
            self._hand_on()

    def finished(self, code: int) -> Listener | None:
        """None where there can be nothing to say."""
        for unfinished in self._unfinished.values():
            self._waiting += unfinished
            unfinished.clear()
        if code == 0 and self._listener is None and not self.deaf:
            from pep668.languages._recognizer import worth_reading

            if not worth_reading(self._waiting.decode("utf-8", "replace")):
                return None
        self._hand_on()
        return None if self.deaf else self._listener

    def _hand_on(self) -> None:
        try:
            if self._listener is None:
                from pep668.explain import Listener

                self._listener = Listener(self.line)
            self._listener.feed(bytes(self._waiting))
        except Exception:  # the program goes on, whatever we make of it
            if os.environ.get("PEP668_TRACEBACK"):
                raise
            self.deaf = True
        self._waiting.clear()


def _advise(hearing: _Hearing, code: int, arguments: argparse.Namespace) -> None:
    listener = hearing.finished(code)
    if listener is None:
        return
    from pep668.explain import Files, explain
    from pep668.files import reader
    from pep668.render.explanation import as_text

    folder = os.getcwd()
    machine, settings = shown_here(folder)
    shell = arguments.shell or shell_of(os.environ)
    explanation = explain(
        listener,
        command=hearing.line,
        exit_code=code,
        cwd=folder,
        shell=shell,
        machine=machine,
        settings=settings,
        files=Files(folder.replace(os.sep, "/"), reader(folder)),
        look=lambda other: shown_here(other)[0],
    )
    if explanation.advice is not None:
        text = as_text(explanation, folder=folder, shell=shell, color=colored(arguments.color, sys.stderr))
        sys.stderr.write(("" if hearing.ends_line else "\n") + f"\npep668: {text}")
        sys.stderr.flush()
