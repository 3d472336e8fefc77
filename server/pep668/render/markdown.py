"""Text of documents, markers and files in Markdown: it never becomes markup."""

from __future__ import annotations

import re

from .text import printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def code(text: str) -> str:
    """Inline code; text that holds backticks gets a longer fence."""
    text = printable(" ".join(text.split()))
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(len(run) for run in re.findall("`+", text)) + 1)
    return f"{fence} {text} {fence}"


def escaped(text: str) -> str:
    """Text as plain Markdown text."""
    return _SPECIAL.sub(r"\\\1", printable(text))
