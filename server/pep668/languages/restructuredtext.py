"""reStructuredText: code directives, literal blocks, doctests, and literals in sentences.

A line reader: directives that hold text (admonitions, tabs) are gone through as text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.text import SourceMap, Span

from . import Language, _inline_code
from ._console import looks_typed
from ._documents import BOLD, Document
from ._source_lines import SourceLines

LANGUAGE = Language(
    "restructuredtext",
    ids=("restructuredtext", "rst"),
    patterns=("*.rst", "*.rest", "*.rst.in", "*.rst.j2", "*.rst.txt"),
    comments=("^..",),
)

_EXPLICIT = re.compile(r"[ \t]*(?:(?:[-*+•]|\(?\w{1,3}[.)])[ \t]+)*\.\.(?:[ \t]+(?P<rest>.*))?$")
_DIRECTIVE = re.compile(
    r"(?:\|[^|]{1,80}\|[ \t]+)?(?P<name>[A-Za-z][\w:.+-]{0,60}?)[ \t]?::(?:[ \t]+(?P<argument>.*))?$"
)
_TARGET = re.compile(r"(?:_[^ ]|__|\[[^\]]{1,80}\]|\|)")
_MARKER = re.compile(r"(?:(?:[-*+•]|\(?(?:\d{1,4}|#|[a-zA-Z])[.)])[ \t]+)+")
_OPTION = re.compile(r"[ \t]*:[\w-]+:(?:[ \t]|$)")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*$")
_BOLD = re.compile(r"[ \t]*\*\*[^*\n]{1,200}\*\*:?[ \t]*$")
_LITERAL = re.compile(
    r"``(?P<literal>(?:[^`]|`(?!`)){1,1000}?)``"
    r"|:(?:command|code|kbd|program|literal|samp|shell|bash|sh|console|cmd)(?:-\w+)?:`(?P<role>[^`]{1,1000})`"
    r"|(?<![:`\w\\])`(?P<plain>[^`<\s](?:[^`<]{0,1000}[^`<\s])?)`(?![`_])"
)
_CODE = frozenset("code code-block sourcecode prompt code-cell cloud-code".split())
_LANGUAGES = {
    **dict.fromkeys(("doctest", "testcode", "plot"), "python"),
    **dict.fromkeys(("ipython", "jupyter-execute", "nbplot"), "ipython"),
    **dict.fromkeys(("parsed-literal", "literal"), ""),
    **dict.fromkeys(("terminal", "console", "shell-session"), "console"),
    **dict.fromkeys(("bash", "shell"), "sh"),
}
_ALTERNATIVES = frozenset("tab group-tab tab-item code-tab platform-tab content-tabs".split())


def extract(region: Region) -> Iterator[Region]:
    """The code of a document, in the order of its text."""
    yield from _Reader(region).read()


class _Reader:
    def __init__(self, region: Region) -> None:
        self.document = Document(region)
        self.lines = SourceLines(region.text)
        self.styles: list[str] = []
        self.highlight = ""
        self.introduced = False  # whether the last paragraph says that what follows is to be typed

    def read(self) -> Iterator[Region]:
        lines = self.lines
        number = 0
        while number < len(lines):
            if lines.indents[number] < 0:
                number += 1
                continue
            title = self._title(number)
            if title:
                yield from self._sentences(title[0], title[0] + 1)
                number = title[1]
                continue
            explicit = _EXPLICIT.match(lines.line(number))
            if explicit:
                found, number = self._explicit(number, explicit["rest"] or "")
            else:
                found, number = self._paragraph(number)
            yield from found

    def _title(self, number: int) -> tuple[int, int] | None:
        """The line of a section's title and the line behind its adornment."""
        lines = self.lines
        line, below = lines.line(number), lines.line(number + 1)
        over = _ADORNMENT.match(line)
        under = _ADORNMENT.match(below)
        if over and below.strip() and not under and lines.line(number + 2).rstrip() == line.rstrip():
            style, title, end = over[1] * 2, number + 1, number + 3
        elif under and not over and lines.indents[number] == 0 and (number == 0 or lines.indents[number - 1] < 0):
            style, title, end = under[1], number, number + 2
        else:
            return None
        if style not in self.styles:
            self.styles.append(style)
        self.document.heading(min(self.styles.index(style) + 1, BOLD - 1), lines.table.starts[number])
        return title, end

    def _explicit(self, number: int, rest: str) -> tuple[Iterator[Region], int]:
        """What a directive or a comment gives, and the line to go on with."""
        lines = self.lines
        indent = lines.table.line_text(number).expandtabs(8).index("..")
        directive = _DIRECTIVE.match(rest)
        if directive is None:
            if _TARGET.match(rest):
                return self._sentences(number, number + 1), number + 1
            if not rest and lines.indents[number + 1 : number + 2] in ([], [-1]):
                return iter(()), number + 1
            return iter(()), lines.deeper(number + 1, indent)  # a comment
        name = directive["name"].lower().rpartition(":")[2]
        argument = (directive["argument"] or "").strip()
        language = self._language(name, argument)
        if name == "highlight":
            self.highlight = argument
        if name == "rubric" or name in _ALTERNATIVES:
            self.document.heading(BOLD, lines.table.starts[number])
        if language is None:
            return iter(()), number + 1
        end = lines.deeper(number + 1, indent)
        first = number + 1
        file = ""
        while first < end and (lines.indents[first] < 0 or _OPTION.match(lines.line(first))):
            if lines.line(first).strip().startswith((":caption:", ":name:", ":file:")):
                file = lines.line(first).rpartition(": ")[2].strip()
            first += 1
            if lines.indents[first - 1] < 0:
                break
        return self._block(first, end, language, file, number), max(end, number + 1)

    def _language(self, name: str, argument: str) -> str | None:
        """The language of a directive's text as the document says it, None where it holds text."""
        if name in _CODE:
            return argument.partition(" ")[0] or self.highlight
        if name == "code-tab":
            return argument.partition(" ")[0]
        if name == "raw":
            return argument or "raw"
        return _LANGUAGES.get(name)

    def _paragraph(self, number: int) -> tuple[Iterator[Region], int]:
        """What a paragraph gives with the literal block that it announces, and the line to go on with."""
        lines = self.lines
        first = number
        while number < len(lines) and lines.indents[number] >= 0:
            if number > first and (_EXPLICIT.match(lines.line(number)) or _starts_item(lines.line(number))):
                break
            number += 1
        if lines.line(first).lstrip().startswith(">>>"):
            return self._block(first, number, "python", "", first), number
        last = lines.line(number - 1).rstrip()
        if not last.endswith("::"):
            if number == first + 1 and _BOLD.match(last):
                self.document.heading(BOLD, lines.table.starts[first])
            return self._text(first, number), number
        begin = number
        while begin < len(lines) and lines.indents[begin] < 0:
            begin += 1
        end = begin
        if begin > number or lines.indents[begin : begin + 1] > [self._column(first, number)]:
            end = lines.deeper(begin, self._column(first, number))
            if end == begin and begin < len(lines):
                end = self._quoted(begin, self._column(first, number))
        return self._with_block(first, number, begin, end), max(end, number)

    def _text(self, first: int, end: int) -> Iterator[Region]:
        """What a paragraph gives that announces no literal block."""
        lines = self.lines
        line = lines.line(first)
        before = first - 1
        while before >= 0 and lines.indents[before] < 0:
            before -= 1
        quoted = 0 <= before < first - 1 and lines.indents[first] > lines.indents[before]
        quoted = quoted and not _EXPLICIT.match(lines.line(before))  # a directive's text says nothing of itself
        marker = _MARKER.match(line.lstrip())
        span = lines.span(first, end)
        start = span.start + len(line) - len(line.lstrip()) + (len(marker[0]) if marker else 0)
        text = lines.text[start : span.end]
        typed = list(self.document.bare((text, SourceMap.identity(len(text), start)), self.introduced or quoted, span))
        told = self.introduced and looks_typed(text)
        self.introduced = told or text.rstrip().endswith(":")
        yield from typed or self._sentences(first, end)

    def _column(self, first: int, end: int) -> int:
        """The column of a paragraph's text, behind a list's marker."""
        if end - first > 1:
            return self.lines.indents[end - 1]
        line = self.lines.line(first)
        marker = _MARKER.match(line.lstrip())
        return self.lines.indents[first] + (len(marker[0]) if marker else 0)

    def _quoted(self, first: int, indent: int) -> int:
        """The end of a literal block whose lines all begin with the same mark instead of being indented."""
        mark = self.lines.line(first).strip()[:1]
        end = first
        if mark in ">$%#|":
            while (
                end < len(self.lines) and self.lines.indents[end] == indent and self.lines.line(end).strip()[:1] == mark
            ):
                end += 1
        return end

    def _with_block(self, first: int, number: int, begin: int, end: int) -> Iterator[Region]:
        yield from self._sentences(first, number)
        yield from self._block(begin, end, self.highlight, "", begin)

    def _block(self, first: int, end: int, language: str, file: str, top: int) -> Iterator[Region]:
        if end > first:
            anchor = self.lines.span(top, end)
            yield from self.document.block(self.lines.dedented(first, end), language, file, anchor)

    def _sentences(self, first: int, end: int) -> Iterator[Region]:
        span = self.lines.span(first, end)
        text = self.lines.text
        for match in _LITERAL.finditer(text, span.start, span.end):
            group = match.lastgroup or "literal"
            code, inner = _inline_code.unfolded(text, Span(match.start(group), match.end(group)))
            yield from self.document.inline((code, inner), Span(*match.span()), _notation)


def _starts_item(line: str) -> bool:
    return _MARKER.match(line.lstrip()) is not None


def _notation(text: str) -> str | None:
    return None if "\n" in text or "`" in text else text
