"""Statements read before, by their first line. Bounded: what was not met for a while is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._raw import Unit

LONGEST = 16_000  # characters of a statement that is remembered
_CAPACITY = 4_000_000  # characters in each of the two generations
_CANDIDATES = 64  # statements that begin with the same line

_young: dict[str, tuple[Unit, ...]] = {}
_old: dict[str, tuple[Unit, ...]] = {}
_size = 0


def find(line: str) -> tuple[Unit, ...]:
    """The statements known to begin with this line, the latest first."""
    found = _young.get(line)
    if found is None:
        found = _old.get(line, ())
        for unit in reversed(found):
            keep(line, unit)
    return found


def keep(line: str, unit: Unit) -> None:
    global _young, _old, _size
    _size += len(unit.text)
    if _size > _CAPACITY:
        _old, _young, _size = _young, {}, len(unit.text)
    _young[line] = (unit, *(u for u in _young.get(line, ()) if u.text != unit.text))[:_CANDIDATES]


def clear() -> None:
    """Forgets everything (for measurements and tests)."""
    global _young, _old, _size
    _young, _old, _size = {}, {}, 0
