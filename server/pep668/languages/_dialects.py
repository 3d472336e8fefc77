"""Reads command lines of shells that are not POSIX: fish, PowerShell, cmd, as far as install lines go.

One reader for all: a `Dialect` says how they quote, expand, comment and separate. It gives
`Command`s with the scopes that they stand in, never raises and takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pep668 import shell
from pep668.model import Assignment, Command, Expansion, Region, Scope, ScopeKind, Word
from pep668.text import Span

# A command's assignments (`set -x NAME value`) and the words that are left of it.
Assigning = Callable[[tuple[Word, ...]], "tuple[tuple[Assignment, ...], tuple[Word, ...]]"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a shell writes things.

    `token` is a pattern that matches at any place outside of quotes, with the groups
    `skip` (blanks, comments, continuations), `redirect`, `end` (of a command: its text is the operator),
    `open` and `close` (of a block), `single` and `double` (a quoted string with its quotes),
    `variable`, `escape` (an escaped character, the last one) and `plain`. `inside` finds
    `variable`s and `escape`s in a double-quoted string.

    `leads` are words that stand before a command without being one; of these `opens` begin
    a block that ends with one of `closes`, `branches` join to the command before, `heads` have
    words of their own and no command behind them.
    """

    token: re.Pattern[str]
    inside: re.Pattern[str]
    leads: frozenset[str]
    assigning: Assigning
    opens: frozenset[str] = frozenset()
    closes: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    branches: Mapping[str, str] = field(default_factory=dict)


_DEEPEST = 64


@dataclass(slots=True)
class _Line:
    """The command that is being read."""

    words: list[Word] = field(default_factory=list)
    parts: list[str | Expansion] = field(default_factory=list)
    start: int = -1
    end: int = 0
    quoted: bool = False

    def part(self, part: str | Expansion, span: Span, *, quoted: bool = False) -> None:
        if self.start < 0:
            self.start = span.start
        self.end = span.end
        self.quoted |= quoted
        if isinstance(part, str) and self.parts and isinstance(self.parts[-1], str):
            self.parts[-1] += part
        elif part or quoted:
            self.parts.append(part)

    def word(self) -> None:
        if self.start >= 0:
            self.words.append(Word(tuple(self.parts) or ("",), Span(self.start, self.end), self.quoted))
        self.parts, self.start, self.quoted = [], -1, False

    def take(self) -> tuple[Word, ...]:
        self.word()
        words, self.words = tuple(self.words), []
        return words


def commands(region: Region, dialect: Dialect) -> Iterator[Command]:
    """The commands of a text, in its order."""
    reader = _Reader(region, dialect)
    text, at = region.text, 0
    while at < len(text):
        found = dialect.token.match(text, at)
        if found is None:  # a quote without its end: nothing of it is read
            following = text.find("\n", at)
            at = len(text) if following < 0 else following
            reader.line.take()
            continue
        yield from reader.read(found)
        at = max(found.end(), at + 1)
    yield from reader.finish("")


class _Reader:
    def __init__(self, region: Region, dialect: Dialect) -> None:
        self.region = region
        self.dialect = dialect
        self.line = _Line()
        self.scope: list[Scope] = []
        self.operator = ""
        self.deeper = 0

    def read(self, found: re.Match[str]) -> Iterator[Command]:
        kind, span = found.lastgroup or "", Span(found.start(), found.end())
        line = self.line
        if kind in ("skip", "redirect"):
            line.word()
        elif kind in ("end", "open", "close"):
            line.word()
            words = tuple(line.words)
            yield from self.finish(found[0].strip() if kind == "end" else "")
            if kind == "open":
                self._open(words, span.start, found[0])
            elif kind == "close":
                self._close()
        elif kind == "variable":
            line.part(Expansion(_name(found[0])), span)
        elif kind == "escape":
            line.part(found[0][-1], span, quoted=True)
        elif kind == "single":
            line.part(found[0][1:-1], span, quoted=True)
        elif kind == "double":
            self._double(found[0][1:-1], span)
        else:
            line.part(found[0], span)

    def _double(self, text: str, span: Span) -> None:
        self.line.part("", span, quoted=True)
        at = 0
        for found in self.dialect.inside.finditer(text):
            self.line.part(text[at : found.start()], span)
            self.line.part(Expansion(_name(found[0])) if found.lastgroup == "variable" else found[0][-1], span)
            at = found.end()
        self.line.part(text[at:], span)

    def finish(self, operator: str) -> Iterator[Command]:
        """The command that ends here; `operator` joins it to the next one."""
        words = self.line.take()
        before, self.operator = self.operator, operator
        joined = before if before in ("&&", "||") else ""
        scope = tuple(self.scope)
        while words and (lead := (words[0].value or "").lower()) in self.dialect.leads:
            at = words[0].span.start
            if lead in self.dialect.closes:
                self._close()
            elif lead in self.dialect.opens:
                self._open(words, at, "")
            elif lead == "else" and self.scope:
                self.scope[-1] = replace(self.scope[-1], name="else", key=at)
            joined = self.dialect.branches.get(lead, joined)
            if lead not in self.dialect.branches:
                scope = tuple(self.scope)
            words = words[1:] if lead not in self.dialect.heads else ()
        if not words:
            return
        assignments, words = self.dialect.assigning(words)
        if joined:
            at = words[0].span.start if words else assignments[0].span.start if assignments else 0
            scope = (*scope, Scope(ScopeKind.BRANCH, at, joined, at))
        wrappers, rest = shell.peel(words)
        spans = [w.span for w in words] + [a.span for a in assignments]
        if spans:
            span = min(spans).to(max(spans, key=lambda s: s.end))
            yield Command(rest, assignments, wrappers, (), span, span, scope, before, self.region)

    def _open(self, words: Sequence[Word], at: int, bracket: str) -> None:
        names = [(w.value or "").lower() for w in words[:2]]
        first = names[0] if names else ""
        if first == "function" and len(words) > 1:
            scope = Scope(ScopeKind.FUNCTION, at, words[1].value or "")
        elif bracket == "(" or first == "begin":
            scope = Scope(ScopeKind.CONDITION, at)
        elif first in ("for", "while", "foreach"):
            scope = Scope(ScopeKind.LOOP, at)
        else:
            scope = Scope(ScopeKind.BRANCH, at, "else" if first in ("else", "catch") else "then", at)
        if len(self.scope) < _DEEPEST:
            self.scope.append(scope)
        else:  # nobody nests so deep: only counted, so that each block costs the same
            self.deeper += 1

    def _close(self) -> None:
        if self.deeper:
            self.deeper -= 1
        elif self.scope:
            self.scope.pop()


_NAME = re.compile(r"[A-Za-z_]\w*(?=\W*$)")


def _name(written: str) -> str | None:
    found = _NAME.search(written)
    return found[0] if found else None


def set_variable(name: Word, value: Word | None, *, exported: bool) -> Assignment:
    """An assignment made of the words that name and give it; without a value it is empty."""
    value = value or Word(("",), Span(name.span.end, name.span.end))
    return Assignment(name.value or "", value, name.span.to(value.span), exported)
