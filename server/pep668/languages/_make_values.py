"""The values of a makefile's variables, as its assignments and conditionals leave them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ._make_expand import MOST_ADDED, UNKNOWN, Expander, Value
from ._make_nouns import Assign, Branch, Conditional

# `ifndef X`, `ifeq ($(X),)`, `ifeq ($(origin X),undefined)`: a default, which the user may set otherwise
_GUARDED = re.compile(
    r"!?(\w+)|\(\s*\$[({](\w+)[)}]\s*,\s*\)|\(\s*,\s*\$[({](\w+)[)}]\s*\)|\(\s*\$[({]origin\s+(\w+)[)}].*", re.DOTALL
)


_Log = dict[str, "Value | None"]  # the values before, None for a variable that was none


@dataclass(slots=True)
class _Open:
    """An open conditional and what its branches set; `complete` behind a last `else`."""

    at: Conditional
    test: str
    log: _Log = field(default_factory=dict)
    branches: list[tuple[bool, _Log]] = field(default_factory=list)
    complete: bool = False


class Values(Expander):
    """The variables at one point of the file. Feed assignments and branches in the file's order."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.targets: dict[str, dict[str, Value]] = {}
        self.exports: dict[str, list[str]] = {}
        self._open: list[_Open] = []
        self._overridden: set[str] = set()

    def assign(self, found: Assign) -> None:
        name = self.expand(found.name)
        text = found.value[0] if found.body else found.value[0].replace("\\#", "#")
        if found.targets:
            for target in self.expand(found.targets).split():
                mine = self.targets.setdefault(target, {})
                before = mine.get(name) or self.table.get(name)
                mine[name] = self._assigned(found, text, mine.get(name), before)
                if found.exported:
                    self.exports.setdefault(target, []).append(name)
            return
        before = self.table.get(name)
        if found.overrides:
            self._overridden.add(name)
        elif name in self._overridden:
            return
        self._set(name, self._assigned(found, text, before, before))

    def _assigned(self, found: Assign, text: str, mine: Value | None, before: Value | None) -> Value:
        operator = found.operator
        if operator == "?=" and mine is not None:
            return mine
        if operator == "!=":
            return Value(None)
        if operator == "+=" and before is not None:
            if before.text is None:
                return before
            more = text if before.deferred else self.expand(text)
            return _bounded(f"{before.text} {more}" if before.text else more, before.deferred)
        if operator.startswith(":"):
            value = self.expand(text)
            return Value(None) if value.strip() == UNKNOWN else _bounded(value, False)
        return Value(text, True, found.value)

    def _set(self, name: str, value: Value | None) -> None:
        if self._open:
            self._open[-1].log.setdefault(name, self.table.get(name))
        if value is None:
            self.table.pop(name, None)
        else:
            self.table[name] = value

    def branch(self, found: Branch) -> None:
        if found.kind == "if":
            self._open.append(_Open(Conditional.opened(found), found.test))
        elif self._open:
            current = self._open[-1]
            self._end_branch(current)
            if found.kind == "else":
                current.at.turn(found)
                current.complete = not found.test
            else:
                self._open.pop()
                self._merge(current)

    def _end_branch(self, current: _Open) -> None:
        """Keeps what the branch has set and goes back to the values before it."""
        made: _Log = {name: self.table.get(name) for name in current.log}
        current.branches.append((current.at.windows, made))
        for name, before in current.log.items():
            if before is None:
                self.table.pop(name, None)
            else:
                self.table[name] = before
        current.log = {}

    def _merge(self, current: _Open) -> None:
        """What holds behind the whole conditional. No Windows Python is marked, so its branches decide nothing."""
        guarded = _GUARDED.fullmatch(current.test)
        elsewhere = [made for windows, made in current.branches if not windows]
        if not current.complete:
            elsewhere.append({})
        for name in {n for _, made in current.branches for n in made}:
            before = self.table.get(name)
            values = {made.get(name, before) for made in elsewhere}
            if guarded and before is None and name == guarded[guarded.lastindex or 0]:
                values.discard(None)
            self._set(name, values.pop() if len(values) == 1 else Value(None))

    def exported_for(self, targets: list[str]) -> list[str]:
        """The variables exported for one of these targets alone."""
        return [name for target in targets for name in self.exports.get(target, ())]


def _bounded(text: str, deferred: bool) -> Value:
    return Value(text if len(text) <= MOST_ADDED else None, deferred)
