"""Reads the structure of a shell text: statements, compound commands, redirects, heredocs.

What it yields are `Raw`s, cheap and free of the place where they stand; `_build`
makes `Command`s of those that are wanted. A statement that was read once is
remembered by its text (see `Unit`), so that reading a text again after an edit
costs little more than a walk over its lines.
"""

from __future__ import annotations

import re

from pep668.model import Scope, ScopeKind

from . import _memory
from ._compound import GROUP, CompoundReader
from ._raw import Core, Raw, Unit, shifted
from ._simple import DECLARE
from ._words import ENDS_WORD

__all__ = ["Parser", "Unit"]


# A keyword stands alone here: what follows it would be looked at again and again.
_PLAIN = re.compile(
    r"(if|while|until|for|select|case|function|coproc|time)(?=[ \t])"
    r"|([\w./+:@%,\-]+)(?:[ \t][^\r\n'\"`\\$*?\[|&;()<>#{}]*)?"
)
_COMMENT = re.compile(r"#[^\n]*")
_CLOSER = re.compile(r"(?:then|done|do|fi|elif|else|esac|\})(?![^ \t\r\n;|&()<>])|;;&|;;|;&|\)")
_CLOSER_STARTS = frozenset("tdfe};)")
_KEYWORDS = frozenset(("if", "while", "until", "for", "select", "case", "function", "coproc", "time"))
_SUBSHELL = frozenset((")",))


class Parser(CompoundReader):
    """Reads a whole text; `units` is what stands at its top level, with the way each has moved."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.units: list[tuple[Unit, int]] = []
        self.expected: list[frozenset[str]] = []  # closers of the constructs around the position

    def read(self) -> list[tuple[Unit, int]]:
        while self.pos < self.end:
            self.commands(frozenset())
        return self.units

    def commands(self, closers: frozenset[str]) -> str:
        """Reads statements up to a closer, which stays unread; "" at the end or at an outer construct's closer."""
        text = self.text
        self.expected.append(closers)
        result = ""
        while True:
            fresh = self._skip()
            pos = self.pos
            if pos >= self.end:
                break
            if text[pos] in _CLOSER_STARTS:
                found = _CLOSER.match(text, pos, self.end)
                if found:
                    if found[0] in closers:
                        result = found[0]
                        break
                    self.taint += 1
                    if self._closes_outer(found[0]):
                        break
                    self.pos = self.last = found.end()
                    continue
            self._unit(fresh)
            if self.pos == pos:
                self.pos += 1
        self.expected.pop()
        return result

    def _closes_outer(self, closer: str) -> bool:
        for expected in reversed(self.expected[:-1]):
            if closer in expected:
                return True
            if expected == _SUBSHELL and closer != ")":
                return False
        return False

    def _unit(self, fresh: bool) -> None:
        """Reads what stands on this line and the lines that continue it."""
        text, start = self.text, self.pos
        top = fresh and len(self.expected) == 1 and not self.depth
        lasting = fresh and not self.heredocs and not self.ticks
        if lasting and self._remembered(top):
            return
        at, taint, outer = len(self.out), self.taint, self.statement
        if fresh:
            self.statement = [start, start]
        self.operator = ""
        while True:
            before = self.pos
            self._and_or()
            char = self._blanks()
            if char == ";" and text[self.pos + 1 : self.pos + 2] not in (";", "&"):
                self.operator = ";"
            elif char == "&":
                self.operator = "&"
            else:
                break
            self.pos += 1
            char = self._blanks()
            if not char or char in "\n#" or (char in _CLOSER_STARTS and _CLOSER.match(text, self.pos, self.end)):
                break
            if self.pos == before:
                self.pos += 1
        if fresh:
            self.statement[1] = max(self.last, start)
        self.statement = outer
        if char == "#" and (comment := _COMMENT.match(text, self.pos, self.end)):
            self.pos = comment.end()
        raws = self.out[at:]
        if self.pos < self.end and text[self.pos] == "\n":
            self._newline()
            if lasting and taint == self.taint and self.pos - start <= _memory.LONGEST:
                unit = Unit(text[start : self.pos], start, self.last, len(self.scope), raws)
                _memory.keep(text[start : text.find("\n", start) + 1], unit)
        if len(self.expected) == 1 and not self.depth:
            self.units.append((Unit("", start, 0, 0, raws), 0))
            self.out.clear()

    def _remembered(self, top: bool) -> bool:
        """Takes the statement at the position from memory, where it is known."""
        text, pos = self.text, self.pos
        line_end = text.find("\n", pos, self.end)
        if line_end < 0 or line_end - pos > _memory.LONGEST:
            return False
        for unit in _memory.find(text[pos : line_end + 1]):
            size = len(unit.text)
            if pos + size <= self.end and (size == line_end + 1 - pos or text.startswith(unit.text, pos)):
                by = pos - unit.base
                if top:
                    self.units.append((unit, by))
                else:
                    scope, depth = self.scope, unit.depth
                    self.out += [
                        Raw(raw.core, raw.delta + by, scope + shifted(raw.scope[depth:], by)) for raw in unit.raws
                    ]
                self.pos = pos + size
                self.last = unit.last + by
                return True
        return False

    def _and_or(self) -> None:
        text, start, at, level = self.text, self.pos, len(self.out), len(self.scope)
        outer = self.scope
        self._pipeline()
        while self._blanks() in ("&", "|"):
            operator = text[self.pos : min(self.pos + 2, self.end)]
            if operator not in ("&&", "||"):
                break
            self.pos += 2
            self._skip()
            self.operator = operator
            self.scope = (*outer, Scope(ScopeKind.BRANCH, self.pos, operator, start))
            self._pipeline()
            self.scope = outer
        if self.pos < self.end and text[self.pos] == "&":
            self._surround(at, level, Scope(ScopeKind.SUBSHELL, start, "", start))

    def _surround(self, at: int, level: int, scope: Scope) -> None:
        """Puts what was read since `at` into `scope` at that level."""
        out = self.out
        for i in range(at, len(out)):
            raw = out[i]
            out[i] = Raw(raw.core, raw.delta, (*raw.scope[:level], scope, *raw.scope[level:]))

    def _pipeline(self) -> None:
        text, start, at, outer = self.text, self.pos, len(self.out), self.scope
        self._command()
        first = True
        while self._blanks() == "|" and text[self.pos + 1 : min(self.pos + 2, self.end)] != "|":
            if first:
                self._surround(at, len(outer), Scope(ScopeKind.SUBSHELL, start, "", start))
                first = False
            self.pos += 2 if text[self.pos + 1 : min(self.pos + 2, self.end)] == "&" else 1
            self._skip()
            self.operator = "|"
            self.scope = (*outer, Scope(ScopeKind.SUBSHELL, self.pos, "", self.pos))
            self._command()
            self.scope = outer

    def _command(self) -> None:
        text, end = self.text, self.end
        char = self._blanks()
        while char == "!" and (self.pos + 1 >= end or text[self.pos + 1] in " \t\r\n"):
            self.pos += 1
            self.last = self.pos
            char = self._blanks()
        pos = self.pos
        found = _PLAIN.match(text, pos, end)
        if found:
            first, after = found[1] or found[2], found.end()
            word_end = pos + len(first)
            whole = word_end == end or text[word_end] in ENDS_WORD
            if whole and first in _KEYWORDS and self._keyword(first):
                return
            if after == end or text[after] in "\n;|)&\r#":
                char = text[after] if after < end else "\n"
                following = text[after + 1 : after + 2]
                if (
                    char in "\n;|)"
                    or (char == "&" and following != ">")
                    or (char == "\r" and following in ("\n", ""))
                    or (char == "#" and text[after - 1] in " \t")
                ) and not (first in DECLARE and "=" in found[0]):
                    source = found[0].rstrip(" \t")
                    self._emit(Core(None, pos, pos + len(source), source, self.operator), len(self.out))
                    self.pos = after
                    return
        elif char == "(":
            if not self._too_deep() and text.startswith("((", pos) and self.arithmetic(pos):
                self._trailing()
            else:
                self.pos += 1
                self._inside((Scope(ScopeKind.SUBSHELL, pos, "", pos),), _SUBSHELL)
                self._trailing()
            return
        elif char == "{" and (pos + 1 >= end or text[pos + 1] in " \t\r\n"):
            self.pos += 1
            self._inside((), GROUP)
            self._trailing()
            return
        elif char == "[" and text.startswith("[[", pos) and (pos + 2 >= end or text[pos + 2] in " \t\r\n"):
            self._test()
            self._trailing()
            return
        self._simple()
