"""Finds the refusal and the failures that follow it in output that comes in pieces.

Memory is bounded: a few dozen recent lines, an unfinished line, the reports. Where the output is cut into
pieces makes no difference.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from pep668.model import ErrorReport
from pep668.text import Span

from . import _echo, _failures, _prefix, _refusal
from ._decoding import Decoder
from ._needles import NEEDLES
from ._refusal import Block
from ._source import Source
from ._terminal import ALTERNATE_NEEDLES, Line, Screen

_LONGEST_LINE = 1 << 18  # characters; a longer line is read in pieces
_SLICE = 1 << 16
LONGEST_BLANK = 4096
_BEFORE = 48  # lines in which the command that failed is looked for
_AFTER = 60
_KEPT = 2000  # characters of a line that are kept for that
_MOST_REPORTS = 200
_WRAPPED = 8  # lines over which uv's first sentence may be wrapped
_WAKE = (*NEEDLES, *_failures.NEEDLES, *ALTERNATE_NEEDLES)
_DESPITE_SUCCESS = ("not-on-path", "ensurepip-missing", "pip-missing")  # what a command that succeeds may say


@dataclass(slots=True)
class _Draft:
    """A report that still waits for the command line that it belongs to, or for its detail.

    `counts` tells whether it stands with an exit code that was not known yet.
    """

    report: ErrorReport
    until: int
    command: str = ""
    follow: re.Pattern[str] | None = None
    counts: Callable[[int | None], bool] | None = None

    def finished(self) -> ErrorReport:
        return replace(self.report, command=self.command or self.report.command)


class Recognizer:
    """`feed` output in any pieces (text, or bytes: UTF-8, or UTF-16 with its mark), then `finish`."""

    def __init__(self, source: Source | None = None) -> None:
        self._source = source or Source()
        self._decoder = Decoder()
        self._pending: list[str] = []
        self._pending_length = 0
        self._at = 0  # offset of the pending text in the output
        self._number = 0  # lines so far
        self._screen = Screen()
        self._recent: deque[tuple[str, int, int]] = deque(maxlen=_BEFORE)  # raw, offset, number
        self._escaped: deque[tuple[Line, int]] = deque(maxlen=_WRAPPED)  # the last lines of string literals
        self._lead = (-1, "")  # what stands before the literal in a raw line
        self._awake_until = -1
        self._block: Block | None = None
        self._block_before: tuple[str, ...] = ()
        self._block_after = ""
        self._between: tuple[str, ...] | None = None
        self._last: Block | None = None  # and the report of it or of what it restates
        self._refusal: _Draft | None = None
        self._drafts: list[_Draft] = []
        self._failure_line = -1
        self._before: tuple[tuple[int, bool], list[tuple[Line, int]]] = (-1, False), []
        self._uv_split = False  # uv's sentence was wrapped between its last two words

    def feed(self, chunk: str | bytes) -> None:
        text = self._decoder.decode(chunk) if isinstance(chunk, bytes) else chunk
        at = 0
        while at < len(text):
            room = _LONGEST_LINE - self._pending_length
            newline = text.find("\n", at, at + room)
            if newline < 0:
                piece = text[at : at + room]
                self._pending.append(piece)
                self._pending_length += len(piece)
                at += len(piece)
                if self._pending_length >= _LONGEST_LINE:
                    self._flush()
                continue
            if self._pending:
                self._pending.append(text[at:newline])
                self._pending_length += newline - at
                self._flush(1)
                at = newline + 1
                continue
            # whole lines: as many as a slice holds
            end = text.rfind("\n", newline, at + _SLICE) + 1 or newline + 1
            self._lines(text[at : end - 1])
            at = end

    def finish(self, exit_code: int | None = None) -> list[ErrorReport]:
        """All reports, in the order of the output. `exit_code` counts where the source was still running."""
        tail = self._decoder.decode(b"", True)
        if tail:
            self.feed(tail)
        if self._pending:
            self._flush()
        self._close()
        found = [d.finished() for d in self._drafts if d.counts is None or d.counts(exit_code)]
        found.sort(key=lambda r: r.span)
        return found

    # --- lines

    def _flush(self, terminator: int = 0) -> None:
        line = "".join(self._pending)
        self._pending, self._pending_length = [], 0
        self._line(line)
        self._at += terminator

    def _lines(self, text: str) -> None:
        if self._asleep() and not worth_reading(text):
            self._skip(text)
            return
        for line in text.split("\n"):
            self._line(line)
            self._at += 1

    def _asleep(self) -> bool:
        return self._block is None and self._number > self._awake_until

    def _skip(self, text: str) -> None:
        """Nothing in these lines: keep the last ones, in case they say what failed later."""
        count = text.count("\n") + 1
        tail = text.rsplit("\n", _BEFORE)[1:] if count > _BEFORE else text.split("\n")
        at, number = self._at + len(text) - sum(len(t) + 1 for t in tail) + 1, self._number + count - len(tail)
        if not self._screen.alternate:
            for line in tail:
                self._recent.append((line[:_KEPT], at, number))
                at += len(line) + 1
                number += 1
        self._at += len(text) + 1
        self._number += count

    def _line(self, raw: str) -> None:
        start, number = self._at, self._number
        self._at += len(raw)
        self._number += 1
        if self._block is not None or number <= self._awake_until or any(n in raw for n in _WAKE):
            for line in self._screen.lines(raw, start):
                self._visible(line, number)
        if not self._screen.alternate:
            self._recent.append((raw[:_KEPT], start, number))

    def _visible(self, line: Line, number: int) -> None:
        for draft in self._drafts[-3:]:
            self._complete(draft, line, number)
        if self._block is not None:
            if self._block.take(line, number):
                return
            if not self._block.closed:
                self._block_after = self._block_after or self._echo_afterwards(line)
                return
            self._block_after = self._block_after or self._echo_afterwards(line)
            self._close()
            if self._refusal is not None:
                self._complete(self._refusal, line, number)
        if len(self._drafts) >= _MOST_REPORTS:
            return
        block = _refusal.open_block(line, number) or self._open_uv(line, number)
        if block:
            for draft in self._drafts[-3:]:
                if draft.report.kind == "externally-managed":
                    draft.until = -1  # a command that stands behind this one is not what failed before it
            self._block = block
            block.lead = self._lead[1] if self._lead[0] == number else block.prefix[:_KEPT]
            # what the same string literal, or the record around it, says of the command
            literal = [found.text[:_KEPT] for found, n in self._escaped if n == number]
            record = [block.prefix[:_KEPT]] if block.escaped else []
            self._block_before = (*(raw for raw, _, n in self._recent if n < block.line), *literal, *record)
            if block.hint and not line.escaped:
                self._take_note(block)
            self._between = self._since_last(block)
            self._block_after = ""
            self._awake_until = max(self._awake_until, number + 2)
            return
        if line.escaped:
            if self._lead[0] != number:
                self._lead = number, line.text[:_KEPT]
            self._escaped.append((line, number))
        if not self._source.prints:
            self._failure(line, number)

    def _take_note(self, block: Block) -> None:
        """The line before the hint, which holds no needle."""
        screen = Screen()
        for raw, at, number in list(self._recent)[-2:]:
            for line in screen.lines(raw, at, unescape=False):
                found = _refusal.NOTE.search(line.text)
                if found and number < block.line:
                    block.note, block.start = True, line.offset(found.start())

    def _open_uv(self, line: Line, number: int) -> Block | None:
        text = line.text
        split, self._uv_split = self._uv_split, text.rstrip().endswith("externally")
        if self._uv_split:
            self._awake_until = max(self._awake_until, number + 1)  # `managed` is on the next line
            return None
        if "externally managed" not in text and not (split and "managed" in text):
            return None
        same = [(found, n) for found, n in self._escaped if n == number]
        return _refusal.open_uv([*self._wrapped(number, line.escaped), *same, (line, number)])

    def _wrapped(self, number: int, escaped: bool) -> list[tuple[Line, int]]:
        """The visible lines before a raw line."""
        key, lines = self._before
        if key != (number, escaped):
            screen = Screen()
            recent = list(self._recent)[-_WRAPPED:]
            if not any("error" in raw for raw, _, _ in recent):
                recent = []
            lines = [(seen, n) for raw, at, n in recent for seen in screen.lines(raw, at, unescape=escaped)]
            lines = lines[-_WRAPPED * 2 :]
            self._before = (number, escaped), lines
        return lines

    # --- refusals

    def _close(self) -> None:
        block, self._block = self._block, None
        if block is None:
            return
        echoes = _echo.before(self._block_before, block, self._source.is_install)
        command = next((e.text for e in echoes if self._source.is_install(e.text)), self._block_after)
        code = self._source.exit_code
        verdicts = [
            self._source.accepts(block, self._block_before, echoes, command, c)
            for c in ((None, 0, 1) if self._source.running else (code,))
        ]
        if not any(verdicts):
            return
        last, self._last = self._last, block
        if last is not None and self._between is not None and block.restates(last, self._between):
            if self._refusal is not None and not self._refusal.command:
                self._refusal.command = command
            return
        if last is not None and last.drawn and self._refusal is not None:
            self._drafts.remove(self._refusal)
        report = ErrorReport(
            "externally-managed",
            block.tool,
            block.operation or "install",
            Span(block.start, max(block.start, block.end)),
            form=block.form,
            prefix=block.stated,
            python_version=block.python or self._python(),
        )
        counts = None if all(verdicts) else partial(_stands, *verdicts)
        self._refusal = _Draft(report, -1 if command else self._number + _AFTER, command, counts=counts)
        self._drafts.append(self._refusal)
        if not command:
            self._awake_until = max(self._awake_until, self._number + _AFTER)

    def _since_last(self, block: Block) -> tuple[str, ...] | None:
        """The lines between the last refusal and this one; None for too many, or a command among them."""
        last = self._last
        if last is None or not self._recent or (self._recent[0][1] > last.end and block.line != last.line):
            return None
        raws = tuple(raw for raw, at, number in self._recent if at >= last.end and number < block.line)
        if any(e.typed for e in _echo.before(raws, block, self._source.is_install)):
            return None
        screen = Screen()
        return tuple(line.text for raw in raws for line in screen.lines(raw, 0, unescape=False))

    def _python(self) -> str | None:
        for raw in reversed(self._block_before[-3:]):
            found = _refusal.UV_USING.search(raw)
            if found:
                return found["version"]
        return None

    def _complete(self, draft: _Draft, line: Line, number: int) -> None:
        if number > draft.until:
            return
        if draft.follow is not None:
            found = draft.follow.search(line.text[:_KEPT])
            if found:
                groups = found.groupdict()
                r = draft.report
                draft.report = replace(
                    r,
                    span=Span(r.span.start, max(r.span.end, line.end)),
                    detail=groups.get("detail") or r.detail,
                    python_version=groups.get("python") or r.python_version,
                )
                draft.until = -1
        elif not draft.command and draft.report.kind == "externally-managed":
            draft.command = self._echo_afterwards(line)
            draft.until = -1 if draft.command else draft.until

    def _echo_afterwards(self, line: Line) -> str:
        echoes = _echo.echoes(_echo.without_time(line.text))
        return next((e.text for e in echoes if e.afterwards and self._source.is_install(e.text)), "")

    # --- other failures

    def _failure(self, line: Line, number: int) -> None:
        found = _failures.find(line.text)
        if found is None or _prefix.is_shown(line.text[: found.start]):
            return
        pattern = found.pattern
        source = self._source
        needs_failure = source.known and pattern.kind not in _DESPITE_SUCCESS
        if needs_failure and source.exit_code == 0:
            return
        span = Span(line.offset(0), line.end)
        same = self._drafts[-1] if self._drafts else None
        near = number - self._failure_line <= _failures.FOLLOWS
        if near and same and (same.report.kind, same.report.detail) == (pattern.kind, found.detail):
            same.report = replace(same.report, span=same.report.span.to(span))
            self._failure_line = number
            return
        self._failure_line = number
        report = ErrorReport(pattern.kind, pattern.tool, "", span, detail=found.detail, python_version=found.python)
        waits = pattern.follow is not None
        counts = _not_clean if needs_failure and source.running else None
        self._drafts.append(_Draft(report, number + _failures.FOLLOWS if waits else -1, "", pattern.follow, counts))
        if waits:
            self._awake_until = max(self._awake_until, number + _failures.FOLLOWS)


def _stands(unknown: bool, fine: bool, failed: bool, exit_code: int | None) -> bool:
    return unknown if exit_code is None else failed if exit_code else fine


def _not_clean(exit_code: int | None) -> bool:
    return exit_code != 0


def recognize(output: str | bytes, source: Source | None = None) -> list[ErrorReport]:
    """The reports in a whole output."""
    recognizer = Recognizer(source)
    recognizer.feed(output)
    return recognizer.finish()


def worth_reading(output: str) -> bool:
    """Whether anything in an output can be a report: most have nothing of the kind."""
    return any(needle in output for needle in _WAKE)


def is_blank(output: str) -> bool:
    """Whether an output shows nothing: it may still hold the marks of shell integration."""
    if len(output) > LONGEST_BLANK:
        return False
    screen = Screen()
    return not any(line.text.strip() for raw in output.split("\n") for line in screen.lines(raw, 0))
