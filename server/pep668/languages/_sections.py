"""Which blocks of a document are typed into one shell, as far as one follows from the other.

An environment that a section makes or activates is active to its end and in its subsections; beyond it, only where
nothing was installed in the section itself: then it was made for what follows. All other sections are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

BOLD = 7  # the level of what only looks like a heading, below all headings

_MAKES = re.compile(
    r"\bactivate\b|-m[ \t]+(?:venv|virtualenv)\b|\buv[ \t]+venv\b|(?:^|[;&|])[ \t]*virtualenv[ \t]"
    r"|\b(?:conda|mamba)[ \t]+(?:env[ \t]+)?create\b|\b(?:mkvirtualenv|workon)\b|\b(?:poetry|pipenv|hatch)[ \t]+shell\b"
    r"|\bpyenv[ \t]+(?:local|global|shell|virtualenv)\b",
    re.MULTILINE,
)
_USES = re.compile(
    r"\b(?:pip[\d.]*|uv|poetry|pipenv|conda|mamba|pdm)[ \t][^\n]{0,200}?\b(?:install|sync|add)\b([^\n]{0,300})"
)
_TOOLS = frozenset("pip setuptools wheel build uv -U --upgrade -q --quiet".split())


@dataclass(slots=True)
class _Section:
    """`process` is the shell of its blocks; `made`: an environment may be active in it; `open`: for what follows.

    The name of a process begins with that of the section around it, so that `is_within` tells which those are.
    """

    level: int
    process: str
    made: bool = False
    open: bool = False


def makes_environment(text: str) -> bool:
    """Whether a text makes or activates an environment."""
    return _MAKES.search(text) is not None


def is_within(process: str, other: str) -> bool:
    """Whether a section's process is another's, or that of a section inside it."""
    return process == other or process.startswith((f"{other}>", f"{other}/"))


class Sections:
    """The sections that are open where a document is read; `named` gives a shell's name that no other document has."""

    def __init__(self, first: str, named: Callable[[str], str]) -> None:
        self._named = named
        self._stack = [_Section(0, first)]

    @property
    def process(self) -> str:
        """The shell that blocks are typed into here."""
        return self._stack[-1].process

    @property
    def has_environment(self) -> bool:
        """Whether an environment may be active here."""
        return self._stack[-1].made

    def begin(self, level: int, at: int) -> None:
        """A section begins at an offset of the document."""
        stack = self._stack
        carried = None
        while len(stack) > 1 and stack[-1].level >= level:
            done = stack.pop()
            carried = carried or (done.process if done.open else None)
        parent = stack[-1]
        process = carried or (parent.process if parent.made else f"{parent.process}>{self._named(str(at))}")
        stack.append(_Section(level, process, carried is not None or parent.made, carried is not None))

    def note(self, text: str) -> None:
        """A text is typed here."""
        section = self._stack[-1]
        made = 0
        for makes in _MAKES.finditer(text):
            section.made = section.open = True
            made = makes.end()
        used = [m[1].split() for m in _USES.finditer(text, made)]
        if any(not words or not _TOOLS.issuperset(words) for words in used):
            for other in self._stack:
                other.open = other.open and other.process != section.process
