"""The structure of a shell text, for who removes parts of it: blocks of lists of pipelines of commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from ._parser import Parser

BLOCK, LIST, PIPELINE, COMMAND = "block", "list", "pipeline", "command"


@dataclass(eq=False, slots=True)
class Part:
    """A run of the text. `kind`: a *block* (what stands between `then` and `fi`, or the whole text) holds *lists*,
    joined by `;` and line ends; a list holds *pipelines*, joined by `&&` and `||`; a pipeline holds *commands*, and a
    compound command blocks. `start` and `end` are offsets in the text; redirects count, heredocs' bodies do not."""

    kind: str
    start: int
    end: int
    parent: Part | None = None
    parts: list[Part] = field(default_factory=list)


class _Outliner(Parser):
    """Reads a text as the parser does, and keeps what stands in what."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.at = self.whole = Part(BLOCK, 0, len(text))

    def _remembered(self, top: bool) -> bool:  # noqa: ARG002
        return False  # what is remembered has no parts

    def _opened(self, kind: str) -> Part:
        self._blanks()
        part = Part(kind, self.pos, self.pos, self.at)
        self.at.parts.append(part)
        self.at = part
        return part

    def _closed(self, part: Part) -> None:
        part.end = max(part.start, self.last)
        assert part.parent is not None
        self.at = part.parent

    def commands(self, closers: frozenset[str]) -> str:
        if len(self.expected) == 0:
            return super().commands(closers)
        part = self._opened(BLOCK)
        closer = super().commands(closers)
        self._closed(part)
        return closer

    def _and_or(self) -> None:
        part = self._opened(LIST)
        super()._and_or()
        self._closed(part)

    def _pipeline(self) -> None:
        part = self._opened(PIPELINE)
        super()._pipeline()
        self._closed(part)

    def _command(self) -> None:
        part = self._opened(COMMAND)
        super()._command()
        self._closed(part)


def outline(text: str) -> Part:
    """The whole text as a block."""
    outliner = _Outliner(text)
    outliner.read()
    return outliner.whole
