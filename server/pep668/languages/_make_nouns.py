"""What a makefile consists of. Every text comes with its map to the makefile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pep668.text import SourceMap, Span

Made = tuple[str, SourceMap]

_WINDOWS = re.compile(r"windows|win32|win64|mingw|msys|cygwin|comspec|windir|systemroot|\AOS\Z|MSVC", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Assign:
    """`name op value`. `targets` is the text of the targets that it is made for, "" for all."""

    name: str
    operator: str
    value: Made
    span: Span
    modifiers: str = ""  # `export override`
    targets: str = ""
    body: Made | None = None  # of a `define`: its lines as they stand

    @property
    def exported(self) -> bool:
        return "export" in self.modifiers

    @property
    def overrides(self) -> bool:
        return "override" in self.modifiers


@dataclass(frozen=True, slots=True)
class Branch:
    """`if`, `else` or `endif`; `test` is what stands behind the word, `negated` of ifneq and ifndef."""

    kind: str
    test: str
    span: Span
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """`export NAMES`, of all variables without names."""

    names: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """Any other line: `$(eval ...)`, `include`, what is half typed."""

    made: Made
    span: Span


@dataclass(slots=True)
class Conditional:
    """An open `if`: its current branch's test, and whether that is read on Windows only, as far as its words tell."""

    test: Branch
    windows: bool
    number: int = 1

    @classmethod
    def opened(cls, found: Branch) -> Conditional:
        return cls(found, not found.negated and _names_windows(found))

    def turn(self, found: Branch) -> None:
        """`found` is its next `else`."""
        rest = self.number == 1 and not found.test and self.test.negated and _names_windows(self.test)
        self.windows = rest or bool(found.test and not found.negated and _names_windows(found))
        self.number += 1


def _names_windows(test: Branch) -> bool:
    return _WINDOWS.search(test.test) is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A recipe's line. `windows` is the test before it that only Windows passes."""

    made: Made
    windows: Branch | None = None


@dataclass(slots=True)
class Rule:
    """`targets: prerequisites`; `head` is that text."""

    targets: str
    prerequisites: str
    head: Made
    start: int
    end: int
    recipe: list[Line] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


Statement = Assign | Branch | Export | Text | Rule
