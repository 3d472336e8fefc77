"""How an install comes to use a virtual environment, as a host writes it."""

from __future__ import annotations

from dataclasses import dataclass

from pep668.text import Edit


@dataclass(frozen=True, slots=True)
class Way:
    """The title of the fix, its edits (None where they cannot be made), and the lines to write by hand.

    `serves_later`: what follows in the text and would use what is installed reaches the environment as well.
    """

    title: str
    edits: tuple[Edit, ...] | None
    explanation: str
    serves_later: bool = True
