"""AsciiDoc: source, listing and literal blocks, and monospaced text in sentences.

A line reader: delimited blocks that hold text (examples, sidebars, tables) are gone through as text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.text import MappedText, SourceMap, Span

from . import Language, _inline_code
from ._documents import BOLD, Document
from ._source_lines import SourceLines

LANGUAGE = Language(
    "asciidoc",
    ids=("asciidoc", "adoc"),
    patterns=("*.adoc", "*.asciidoc", "*.asc.adoc", "*.adoc.in"),
    comments=("^//",),
)

_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+\S")
_ATTRIBUTES = re.compile(r"\[(?P<list>[^\[\]]*(?:\[[^\]]*\][^\[\]]*)*)\][ \t]*$")
_DELIMITER = re.compile(r"(?P<verbatim>-{4,}|\.{4,})[ \t]*$|(?P<comment>/{4,})[ \t]*$|(?P<raw>\+{4,})[ \t]*$")
_CONTAINER = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--|[|,:!]={3,}|\+|'{3,}|<{3,})[ \t]*$")
_FENCED = re.compile(r"```([\w+-]*)[^`]*$")
_TITLE = re.compile(r"\.[^\s.]")
_DEFAULT = re.compile(r":source-language:[ \t]*(\S+)")
_COMMENT = re.compile(r"//(?!/)")
_CALLOUT = re.compile(r"[ \t]*(?:(?:#|//|--|;;)[ \t]*)?(?:<(?:\d{1,3}|\.)>[ \t]*)+\r?$", re.MULTILINE)
_MONOSPACED = re.compile(
    r"(?<![\\`])``(?P<double>[^`]{1,1000}?)``(?!`)"
    r"|(?<![\w\\`])`\+(?P<passed>[^`]{1,1000}?)\+`(?![\w`])"
    r"|(?<![\w\\`])`(?P<code>[^`\s](?:[^`]{0,1000}?[^`\s])?)`(?![\w`])"
    r"|(?<![\w\\+`])\+(?P<plus>[^+`\s](?:[^+`\n]{0,300}?[^+`\s])?)\+(?![\w+`])"
)
_STYLES = {"listing": "", "literal": "", "source": "", "console": "console", "terminal": "console"}


def extract(region: Region) -> Iterator[Region]:
    """The code of a document, in the order of its text."""
    yield from _Reader(region).read()


class _Reader:
    """`style` is the language that the line of attributes above gives to a block, None where there is none."""

    def __init__(self, region: Region) -> None:
        self.document = Document(region)
        self.lines = SourceLines(region.text)
        self.default = ""
        self.style: str | None = None

    def read(self) -> Iterator[Region]:
        number = 0
        while number < len(self.lines):
            if self.lines.indents[number] < 0:
                number += 1
                continue
            found, number = self._one(number)
            yield from found

    def _one(self, number: int) -> tuple[Iterator[Region], int]:
        """What stands from a line on, and the line to go on with."""
        line = self.lines.line(number)
        heading = _HEADING.match(line)
        if heading or _TITLE.match(line):
            self.document.heading(len(heading[1]) if heading else BOLD, self.lines.table.starts[number])
            return self._sentences(number, number + 1), number + 1
        default = _DEFAULT.match(line)
        if default:
            self.default = default[1]
        attributes = _ATTRIBUTES.match(line)
        if attributes:
            style = self._style(attributes["list"])
            self.style = self.style if style is None else style
            return iter(()), number + 1
        if _CONTAINER.match(line):
            self.style = None
            return iter(()), number + 1
        if _COMMENT.match(line):
            return iter(()), number + 1
        delimiter = _DELIMITER.match(line)
        fenced = _FENCED.match(line)
        if delimiter or fenced:
            return self._delimited(number, delimiter, fenced[1] if fenced else "")
        end = number + 1
        while end < len(self.lines) and self.lines.indents[end] >= 0 and not self._interrupts(end):
            end += 1
        literal = self.lines.indents[number] > 0
        style, self.style = self.style, None
        if style is not None or (literal and not _starts_item(line)):
            return self._block(number, end, style or "", number, end), end
        return self._sentences(number, end), end

    def _interrupts(self, number: int) -> bool:
        line = self.lines.line(number)
        return bool(_DELIMITER.match(line) or _FENCED.match(line) or _ATTRIBUTES.match(line) or _CONTAINER.match(line))

    def _style(self, text: str) -> str | None:
        """The language that a list of attributes gives to its block, None where it makes none of code."""
        positional = [p.strip().strip('"') for p in text.split(",")]
        name = re.split(r"[%#.]", positional[0])[0]
        named = re.search(r'language="?([\w+-]+)', text)
        if name not in _STYLES and not (name == "" and len(positional) > 1):
            return None
        if named:
            return named[1]
        language = positional[1] if len(positional) > 1 and "=" not in positional[1] else ""
        return language or _STYLES.get(name) or (self.default if name in ("source", "") else "")

    def _delimited(self, number: int, delimiter: re.Match[str] | None, fenced: str) -> tuple[Iterator[Region], int]:
        closing = "```" if delimiter is None else self.lines.line(number).rstrip()
        end = number + 1
        while end < len(self.lines) and self.lines.line(end).rstrip() != closing:
            end += 1
        style, self.style = self.style, None
        if delimiter is not None and delimiter["comment"]:
            return iter(()), end + 1
        language = fenced or style or ""
        if delimiter is not None and delimiter["raw"]:
            language = "html"
        return self._block(number + 1, end, language, number, end + 1), end + 1

    def _block(self, first: int, end: int, language: str, top: int, bottom: int) -> Iterator[Region]:
        if end > first:
            while top and (_ATTRIBUTES.match(self.lines.line(top - 1)) or _TITLE.match(self.lines.line(top - 1))):
                top -= 1
            anchor = self.lines.span(top, min(bottom, len(self.lines)))
            yield from self.document.block(_without_callouts(self.lines.dedented(first, end)), language, "", anchor)

    def _sentences(self, first: int, end: int) -> Iterator[Region]:
        text = self.lines.text
        for number in range(first, end + 1):
            if number < end and not _COMMENT.match(self.lines.line(number)):
                continue
            if number > first:
                yield from self._sentence(text, self.lines.span(first, number))
            first = number + 1

    def _sentence(self, text: str, span: Span) -> Iterator[Region]:
        for match in _MONOSPACED.finditer(text, span.start, span.end):
            group = match.lastgroup or "code"
            code = _inline_code.unfolded(text, Span(match.start(group), match.end(group)))
            yield from self.document.inline(code, Span(*match.span()), _notation)


def _without_callouts(made: tuple[str, SourceMap]) -> tuple[str, SourceMap]:
    """A block without the numbers that refer to explanations below it."""
    text, where = made
    out = MappedText()
    done = 0
    for callout in _CALLOUT.finditer(text):
        out.verbatim(text[done : callout.start()], done)
        done = callout.end()
    out.verbatim(text[done:], done)
    rest, inner = out.finish()
    return rest, where.compose(inner)


_ITEM = re.compile(r"[ \t]*(?:[-*.]{1,5}|\d{1,4}\.|[a-z]\.)[ \t]+\S")


def _starts_item(line: str) -> bool:
    return _ITEM.match(line) is not None


def _notation(text: str) -> str | None:
    return None if "\n" in text or "`" in text or "+" in text else text
