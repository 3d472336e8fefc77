"""Lines of YAML whose indentation is wrong: to which of the open collections they belong.

Nothing here touches correct text: a line is moved only where it fits no collection that is
open, or where what follows it would fit none if the line were where it stands.
"""

from __future__ import annotations

import re

from ._yaml_inline import Inline
from ._yaml_lines import KEY, Lines

_PLAIN_VALUE = re.compile(r"[ \t]+[^ \t\r\n\"'\[{|>&*!#]")


class Indentation(Inline):
    """Keeps which collections are open, and moves a line where it is first seen."""

    def __init__(self, lines: Lines, start: int, end: int) -> None:
        super().__init__(lines, start, end)
        self.opened: list[tuple[int, bool, int]] = []  # column, whether a sequence, and the indentation around it
        self._settled = self.line

    def next(self) -> bool:
        found = super().next()
        if found and self.line > self._settled:
            self._settled = self.line
            at = self.at - self.lines.starts[self.line]
            if self.opened and at < self.opened[-1][0]:
                column = self._belongs(at)
                if column is not None:
                    self.shifts[self.line] = column - at
        return found

    def _belongs(self, at: int) -> int | None:
        """The column that the line should stand at, None where it stands right."""
        dash = self.dash(self.at)
        same = [column for column, sequence, _ in self.opened if sequence == dash]
        deeper = [column for column in same if column > at]
        if not deeper:
            return None
        tab = "\t" in self.text[self.lines.starts[self.line] : self.at]
        if at not in same or tab:
            around = next(parent for column, _, parent in self.opened if column == deeper[0])
            likely = self._likely(at, same, tab=tab)
            if likely is None and (tab or at <= around):
                likely = deeper[-1] if tab else deeper[0]
            return likely
        if dash:
            return None
        key = self.key()
        if key is not None and not self.text[key.end() : self.end()].strip():
            return self._sibling(at, deeper)
        if self._whole():
            # It says all: neither keys nor items below can be its own.
            column, begins = self._behind()
            if begins == "key":
                return column if column in deeper else None
            return deeper[0] if column == at and (at, True) in {(c, s) for c, s, _ in self.opened} else None
        return None

    def _likely(self, at: int, same: list[int], *, tab: bool) -> int | None:
        """The column for a line at none of the open ones, by what stands behind it."""
        column, begins = self._behind()
        dash, whole = self.dash(self.at), self._whole()
        if column in same and (tab or column > at) and begins == ("item" if dash else "key" if whole else ""):
            return column
        if dash or not whole:
            around = [c for c in same if c < column and (tab or c >= at)]
            if around and column > at:
                return around[-1]
        return None

    def _whole(self) -> bool:
        """Whether no keys can belong to the line: its value is a word, or it has no colon."""
        key = self.key()
        return key is None or _PLAIN_VALUE.match(self.text, key.end(), self.end()) is not None

    def first_child(self, parent: int) -> bool:
        """Whether the line is to be deeper than `parent`: what stands behind it is, and is not its own."""
        column, begins = self._behind()
        if column < parent or not begins:
            return False
        tab = "\t" in self.text[self.lines.starts[self.line] : self.at]
        if not self.dash(self.at):
            if begins == "item" or not (tab or (self.key() is not None and self._whole())):
                return False
            target = column if self._whole() else column - 2
        elif tab:
            target = column if begins == "item" else column - 2
        else:
            return False
        if target < parent or (target == parent and not self.dash(self.at)):
            return False
        self.shifts[self.line] = target - (self.at - self.lines.starts[self.line])
        return True

    def _behind(self) -> tuple[int, str]:
        """Column and kind (`key`, `item` or "") of the next line that says something; -1 behind the last."""
        for line in range(self.line + 1, self.last + 1):
            first, end = self.lines.firsts[line], self.lines.ends[line]
            if first < end and self.text[first] != "#":
                begins = "item" if self.dash(first) else "key" if KEY.match(self.text, first, end) else ""
                return first - self.lines.starts[line], begins
        return -1, ""

    def _sibling(self, at: int, deeper: list[int]) -> int | None:
        """The column of a key in the block below that is less deep than the block's first: the block is no one's."""
        begun = 0
        for line in range(self.line + 1, self.last + 1):
            first = self.lines.firsts[line]
            if first >= self.lines.ends[line] or self.text[first] == "#":
                continue
            column = first - self.lines.starts[line]
            if column <= at:
                break
            if not begun:
                begun = column
            elif column < begun and column in deeper and KEY.match(self.text, first, self.lines.ends[line]):
                return column
        return None
