"""Whole lines of a text."""

from __future__ import annotations

from pep668.text import Edit, Span


def lines_of(text: str, span: Span) -> Edit:
    """The removal of all lines that a span touches, line ends included."""
    begin = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    end = text.find("\n", max(span.start, span.end - 1))
    return Edit(Span(begin, len(text) if end < 0 else end + 1), "")
