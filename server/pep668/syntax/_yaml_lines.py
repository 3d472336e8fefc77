"""Where a YAML reader is: the lines of a text, what stands next, and what ends what is open."""

from __future__ import annotations

import re
from bisect import bisect_right

_LINE = re.compile(r"([ \t]*)[^\r\n]*(\r\n|\r|\n|\Z)")
_SPACE = re.compile(r"[ \t]*")
BLANK = ("", " ", "\t", "\r", "\n")
TEMPLATED = r"(?:\{\{[^{}\r\n]*\}\}|\{%[^%\r\n]*%\})"
KEY = re.compile(
    r"(?:[&!][^ \t\r\n,\[\]{}]*[ \t]+)*"
    r'(?:"(?:[^"\\\r\n]|\\.)*"[ \t]*|'
    r"'(?:[^'\r\n]|'')*'[ \t]*|"
    r"\*[^ \t\r\n,\[\]{}:]+[ \t]+|"
    rf"(?:{TEMPLATED}|[^ \t\r\n\-?:,\[\]{{}}#&*!|>'\"]|[-?:](?=[^ \t\r\n])|(?=:))"
    r"(?:[^:#\r\n]|:(?=[^ \t\r\n])|(?<=[^ \t\r\n])#){0,1024}"
    r"):(?=[ \t\r\n]|\Z)"
)
ONLY_TEMPLATE = re.compile(rf"(?:{TEMPLATED}|\{{#[^\r\n]*#\}}|%\{{[^}}\r\n]*\}}|<%[^%\r\n]*%>)[ \t]*(?=[\r\n]|\Z)")


class Lines:
    """The lines of a text: where they and what stands in them start, where they end without and with line end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.firsts: list[int] = []
        self.ends: list[int] = []
        self.stops: list[int] = []
        for found in _LINE.finditer(text):
            self.starts.append(found.start())
            self.firsts.append(found.end(1))
            self.ends.append(found.start(2))
            self.stops.append(found.end())
            if found.start(2) == len(text):
                break


class _Reader:
    """One document. `line` and `at` are the place that is read next; `parent` is the indentation around a node."""


class Cursor:
    """A place in one document. `line` and `at` are what is read next; `parent` is the indentation around a node."""

    def __init__(self, lines: Lines, start: int, end: int) -> None:
        self.lines, self.text = lines, lines.text
        self.line = bisect_right(lines.starts, start) - 1
        self.last = bisect_right(lines.starts, max(start, end - 1)) - 1  # the last line
        self.begin, self.at = start, start
        self.first_line = self.line
        self.shifts: dict[int, int] = {}  # lines that belong further in than they stand
        self._skipped = (-1, -1)  # these lines hold nothing
        self._templates = True  # whether one may still be closed behind here

    def forward(self) -> bool:
        """Go to what stands next, at the beginning of this line or of a later one."""
        if self._skipped[0] <= self.line <= self._skipped[1]:
            self.line = self._skipped[1]
        begun = self.line
        while self.line <= self.last:
            self.at = self.first(self.line)
            if self.at < self.lines.ends[self.line] and self.text[self.at] != "#" and not self.template():
                break
            self.line += 1
        self._skipped = (begun, self.line)
        return self.line <= self.last

    def next(self) -> bool:
        """Go to what stands on a later line than this one."""
        self.line += 1
        return self.forward()

    def first(self, line: int) -> int:
        """Where the text of a line begins; a document's first line may begin behind its mark."""
        if line > self.first_line:
            return self.lines.firsts[line]
        found = _SPACE.match(self.text, self.begin)
        return found.end() if found else self.begin

    def template(self) -> bool:
        """Whether a line is one of a template language; one that goes on to further lines is skipped to its end."""
        if self.text[self.at] == "%" and self.at == self.lines.starts[self.line]:
            return True  # a directive
        if self.text[self.at] not in "{%<":
            return False
        if ONLY_TEMPLATE.match(self.text, self.at):
            return True
        opening = self.text[self.at : self.at + 2]
        if not self._templates or opening not in ("{{", "{%"):
            return False
        closing = self.text.find("%}" if opening == "{%" else "}}", self.at)
        if closing < 0:
            self._templates = False
            return False
        if closing <= self.lines.ends[self.line] or closing > self.lines.ends[self.last]:
            return False
        while self.lines.ends[self.line] < closing:
            self.line += 1
        return True

    def column(self) -> int:
        return self.at - self.lines.starts[self.line] + self.shifts.get(self.line, 0)

    def end(self) -> int:
        return self.lines.ends[self.line]

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def nothing_left(self) -> bool:
        """Whether only blanks and a comment follow on this line."""
        self.space()
        if self.at >= self.end():
            return True
        return self.text[self.at] == "#" and (
            self.at == self.lines.starts[self.line] or self.text[self.at - 1] in " \t"
        )

    def dash(self, at: int) -> bool:
        return self.text[at : at + 1] == "-" and self.text[at + 1 : at + 2] in BLANK

    def question(self) -> bool:
        return self.text[self.at] == "?" and self.text[self.at + 1 : self.at + 2] in BLANK

    def colon(self, at: int) -> bool:
        """Whether a colon that ends a key stands there, after blanks."""
        found = _SPACE.match(self.text, at)
        at = found.end() if found else at
        return self.text[at : at + 1] == ":" and self.text[at + 1 : at + 2] in BLANK

    def key(self) -> re.Match[str] | None:
        """The key with its colon that stands here, on one line."""
        return KEY.match(self.text, self.at, self.end())

    def outside(self, line: int, parent: int) -> bool:
        """Whether a line begins an entry that is not inside of `parent`: what is open ends before it."""
        first = self.first(line)
        if first - self.lines.starts[line] > parent or first >= self.lines.ends[line]:
            return False
        return self.dash(first) or KEY.match(self.text, first, self.lines.ends[line]) is not None
