"""The text that a word or a heredoc gives to another program, with the way back to where it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pep668.model import Redirect, Region, Word
from pep668.text import MappedText, SourceMap, Span

from ._ansi import decode_ansi
from ._words import WordReader

# Stands for what is substituted before the inner text is read; its commands were found in the outer text.
_SUBSTITUTED = "$!"

_PLAIN = re.compile(r"[^'\"\\$`]+")
_DOUBLE = re.compile(r"[^\"\\$`]+")
_BODY = re.compile(r"[^\\]+")


class _Skipper(WordReader):
    """Finds the end of substitutions; the commands in them are the outer text's."""

    def commands(self, closers: frozenset[str]) -> str:
        depth = 0
        while self.pos < self.end:
            char = self.text[self.pos]
            if char == ")":
                if not depth and ")" in closers:
                    return ")"
                depth -= 1
                self.pos += 1
            elif char in "'\"$`\\":
                before = self.pos
                self.word()
                self.pos = max(self.pos, before + 1)
            else:
                depth += char == "("
                self.pos += 1
        return ""

    def mark(self) -> object:
        return None

    def reset(self, mark: object) -> None:
        pass


class _Inner:
    """Collects the value of words, in the coordinates of the region."""

    def __init__(self, region: Region) -> None:
        self.text = region.text
        self.out = MappedText()

    def word(self, span: Span) -> None:
        text, pos, end = self.text, span.start, span.end
        double = False
        while pos < end:
            found = (_DOUBLE if double else _PLAIN).match(text, pos, end)
            if found:
                self.out.verbatim(found[0], pos)
                pos = found.end()
                continue
            char, following = text[pos], text[pos + 1 : min(pos + 2, end)]
            if char == '"':
                double = not double
                pos += 1
            elif char == "'":
                close = text.find("'", pos + 1, end)
                close = end if close < 0 else close
                self.out.verbatim(text[pos + 1 : close], pos + 1)
                pos = close + 1
            elif char == "\\":
                pos = self._escape(pos, end, kept=double)
            elif char == "$" and following == "'" and not double:
                pos = self._ansi(pos, end)
            elif char == "$" and following == '"' and not double:
                double = True
                pos += 2
            else:
                pos = self.expansion(pos, end, following)

    def expansion(self, pos: int, end: int, following: str) -> int:
        """Variables stay as they are written: they have the same value inside as far as anybody can know."""
        if self.text[pos] == "$" and following not in ("(", "{"):
            self.out.verbatim("$", pos)
            return pos + 1
        reader = _Skipper(self.text)
        reader.pos, reader.end = pos, end
        if self.text[pos] == "`":
            reader.backticks([])
        else:
            reader.dollar([], quoted=True)
        after = max(min(reader.pos, end), pos + 1)
        source = self.text[pos:after]
        if following == "{" and "$(" not in source and "`" not in source:
            self.out.verbatim(source, pos)
        else:
            self.out.opaque(_SUBSTITUTED, Span(pos, after))
        return after

    def _escape(self, pos: int, end: int, *, kept: bool) -> int:
        """A backslash in double quotes (`kept`: it stays before most characters) or outside of quotes."""
        text, after = self.text, pos + 1
        if text.startswith("\n", after):
            return min(after + 1, end)
        if text.startswith("\r\n", after):
            return min(after + 2, end)
        if after >= end:
            self.out.verbatim("\\", pos)
            return end
        if kept and text[after] not in '$`"\\':
            self.out.verbatim(text[pos : after + 1], pos)
        else:
            self.out.opaque(text[after], Span(pos, after + 1))
        return after + 1

    def _ansi(self, pos: int, end: int) -> int:
        close = pos + 2
        while close < end and self.text[close] != "'":
            close += 2 if self.text[close] == "\\" else 1
        close = min(close, end)
        source = self.text[pos + 2 : close]
        if "\\" in source:
            self.out.opaque(decode_ansi(source), Span(pos + 2, close))
        else:
            self.out.verbatim(source, pos + 2)
        return min(close + 1, end)


def inner(region: Region, words: Sequence[Word]) -> tuple[str, SourceMap]:
    """The text that the words give when they are joined by blanks, and its map to the *document*."""
    collected = _Inner(region)
    for i, word in enumerate(words):
        if i:
            gap = Span(words[i - 1].span.end, word.span.start)
            if region.text[gap.start : gap.end] == " ":
                collected.out.verbatim(" ", gap.start)
            else:
                collected.out.opaque(" ", gap)
        collected.word(word.span)
    text, within = collected.out.finish(words[0].span.start if words else 0)
    return text, region.map.compose(within)


def heredoc(region: Region, redirect: Redirect) -> tuple[str, SourceMap] | None:
    """The text of a heredoc and its map to the document; None where the redirect is none."""
    body = redirect.body
    if body is None:
        return None
    text, end = region.text, body.end
    out = MappedText()
    verbatim = redirect.target.quoted or "\\" in text[redirect.target.span.start : redirect.target.span.end]
    tabs = redirect.operator == "<<-"
    collected = _Inner(region)
    collected.out = out
    line = body.start
    while line < end:
        line_end = text.find("\n", line, end) + 1 or end
        start = line
        while tabs and start < line_end and text[start] == "\t":
            start += 1
        if verbatim or "\\" not in text[start:line_end]:
            out.verbatim(text[start:line_end], start)
        else:
            _unescape(collected, start, line_end)
        line = line_end
    inner_text, within = out.finish(body.start)
    return inner_text, region.map.compose(within)


def _unescape(collected: _Inner, pos: int, end: int) -> None:
    text, out = collected.text, collected.out
    while pos < end:
        found = _BODY.match(text, pos, end)
        if found:
            out.verbatim(found[0], pos)
            pos = found.end()
            continue
        following = text[pos + 1 : pos + 2]
        if following == "\n":
            pos += 2
        elif following and following in "$`\\":
            out.opaque(following, Span(pos, pos + 2))
            pos += 2
        else:
            out.verbatim("\\", pos)
            pos += 1
