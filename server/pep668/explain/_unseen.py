"""Characters that are not seen, or seen as something else: the one list for lines to run and for text to show."""

from __future__ import annotations

import re
import unicodedata

# Control, format (all bidirectional ones among them), half, private and unassigned ones, separators and odd spaces.
_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
# Letters and marks that show nothing, variation selectors among them.
_LOOKS_EMPTY = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def is_unseen(character: str) -> bool:
    if character == " " or "!" <= character <= "~":
        return False
    return unicodedata.category(character) in _CATEGORIES or _LOOKS_EMPTY.match(character) is not None


def is_plain(line: str) -> bool:
    """Whether a line holds nothing that is not seen, or seen as something else: such a line is never typed again.

    Whoever prints to a terminal can forge the line that it reports as typed.
    """
    return not any(map(is_unseen, line))


def shown(text: str) -> str:
    """Text with a question mark for each character that is not seen."""
    return text if is_plain(text) else "".join("?" if is_unseen(c) else c for c in text)
