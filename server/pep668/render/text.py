"""Findings as text for people: place, message, the source line with carets, evidence and the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from pep668.model import Finding, Fix, Severity
from pep668.text import LineTable, Span

_WIDTH = 120  # columns of a source line that are shown
_BEFORE = 40  # columns kept before a span on a longer line
_TAB = 4
_COLORS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFORMATION: "\x1b[1;34m",
    Severity.HINT: "\x1b[1;36m",
}
_BOLD, _BLUE, _RESET = "\x1b[1m", "\x1b[1;34m", "\x1b[0m"


def render(
    findings: Iterable[Finding],
    text: str,
    path: str,
    lines: LineTable,
    color: bool = False,
    fixes: Callable[[Finding], Sequence[Fix]] | None = None,
) -> str:
    """All findings of one document, each block followed by an empty line; "" for none.

    Lines and columns are 1-based and count code points. `fixes` gives the
    alternatives of a finding; the first one's title is the help.
    """
    return "".join(_block(f, text, path, lines, color, fixes(f) if fixes else ()) for f in findings)


def _block(finding: Finding, text: str, path: str, lines: LineTable, color: bool, fixes: Sequence[Fix]) -> str:
    line, column = lines.position(finding.span.start)
    number = str(line + 1)
    margin = " " * len(number)

    def paint(style: str, content: str) -> str:
        return f"{style}{content}{_RESET}" if color else content

    bar = paint(_BLUE, "|")
    shade = _COLORS[finding.severity]
    source, indent, carets = excerpt(text, lines, finding.span)
    out = [
        f"{printable(path)}:{line + 1}:{column + 1}: "
        f"{paint(shade, f'{finding.severity.value}[{finding.rule}]')} {paint(_BOLD, printable(finding.message))}",
        f"{margin} {bar}",
        f"{paint(_BLUE, number)} {bar} {source}".rstrip(),
        f"{margin} {bar} {' ' * indent}{paint(shade, '^' * carets)}",
    ]
    for related in finding.related:
        where = f" (line {lines.position(related.span.start)[0] + 1})" if related.span else ""
        out.append(f"{margin} {paint(_BLUE, '=')} {paint(_BOLD, 'note')}: {printable(related.text)}{where}")
    if fixes:
        out.append(f"{margin} {paint(_BLUE, '=')} {paint(_BOLD, 'help')}: {printable(fixes[0].title)}")
    return "\n".join(out) + "\n\n"


def excerpt(text: str, lines: LineTable, span: Span) -> tuple[str, int, int]:
    """The line of a span's start as shown, the column where the span begins in it, and its width (at least 1)."""
    whole = lines.line_span(lines.position(span.start)[0])
    start = min(max(span.start, whole.start), whole.end)
    end = max(start, min(span.end, whole.end))
    first = whole.start if start - whole.start <= _WIDTH - _BEFORE else start - _BEFORE
    last = min(whole.end, first + _WIDTH)
    head = "..." if first > whole.start else ""
    tail = "..." if last < whole.end else ""
    before = head + printable(text[first:start])
    marked = printable(text[start : min(end, last)])
    shown = before + marked + printable(text[max(start, min(end, last)) : last]) + tail
    return shown, width(before), max(1, width(marked))


def printable(text: str) -> str:
    """One line without tabs and without characters that move the cursor or hide or reorder text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " * _TAB if c == "\t" else c if _harmless(c) else "\ufffd" for c in text)


def _harmless(character: str) -> bool:
    return character.isprintable() or character in "\u200d\u00a0\u3000" or unicodedata.category(character) == "Zs"


def width(text: str) -> int:
    """The columns that a terminal uses for printable text; characters joined by U+200D count once."""
    if text.isascii():
        return len(text)
    columns = 0
    joined = False
    for character in text:
        if character == "\u200d":
            joined = True
            continue
        if not joined and unicodedata.category(character) not in ("Mn", "Me"):
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        joined = False
    return columns
