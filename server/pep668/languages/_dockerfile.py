"""Reads a Dockerfile as BuildKit does: logical lines, heredocs, words and substitution, with exact places.

Sources: the Dockerfile reference and BuildKit's `frontend/dockerfile/parser` and `shell/lex.go`.
Offsets are into the text that is read. Nothing here raises; every scan is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from pep668.text import MappedText, SourceMap, Span

KEYWORDS = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
        *("MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    )
)
_WITH_HEREDOCS = frozenset(("RUN", "COPY", "ADD"))
_DIRECTIVE = re.compile(r"#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(\S+)[ \t]*$")
_KEYWORD = re.compile(r"([A-Za-z]+)(?:[ \t]+|$)")
_FLAG = re.compile(r"--([a-z][a-z-]*)(?:=(\S*))?(?:\s+|$)")
_HEREDOC = re.compile(r"\d*<<(-?)([^<\s]+)")
_MAYBE_COMMENT = re.compile(r"(?:^|[\s;&|()])#")

# Substitution such as `ENV A=$A$A` doubles a value each time; no real one is longer.
_LONGEST_VALUE = 32_768


@dataclass(frozen=True, slots=True)
class Piece:
    """One physical line of an instruction without its continuation; `newline` is the offset of that one's `\\n`."""

    span: Span
    newline: int = -1


@dataclass(frozen=True, slots=True)
class Heredoc:
    """`<<-EOF`: `chomp` strips leading tabs, `expand` is False for a quoted delimiter; `end` follows its last line."""

    name: str
    chomp: bool
    expand: bool
    body: Span
    end: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """`span` is the whole of it, heredocs included, without the final newline; `pieces` what follows the keyword."""

    keyword: str
    span: Span
    pieces: tuple[Piece, ...]
    escape: str
    heredocs: tuple[Heredoc, ...] = ()
    onbuild: bool = False

    def joined(self, text: str) -> tuple[str, SourceMap]:
        """The argument as one line, as Docker sees it."""
        if len(self.pieces) == 1:
            only = self.pieces[0].span
            return text[only.start : only.end], SourceMap.identity(len(only), only.start)
        out = MappedText()
        for piece in self.pieces:
            out.verbatim(text[piece.span.start : piece.span.end], piece.span.start)
        return out.finish(self.pieces[0].span.start)

    def after(self, offset: int) -> Instruction:
        """The instruction with its argument beginning at `offset` of the text."""
        pieces = [
            replace(p, span=Span(max(p.span.start, offset), p.span.end)) for p in self.pieces if p.span.end >= offset
        ]
        return replace(self, pieces=tuple(pieces) or (Piece(Span(offset, offset)),))

    def shell(self, text: str, *, escape: bool) -> tuple[str, SourceMap]:
        """The argument and its heredocs as shell text, continuations as backslash and newline.

        A shell's comment ends at the newline where Docker has none left, so behind what
        may be one the lines are joined. `escape`: keep Docker's own escape character.
        """
        out = MappedText()
        joining = False
        for index, piece in enumerate(self.pieces):
            part = text[piece.span.start : piece.span.end]
            out.verbatim(part, piece.span.start)
            joining = joining or bool(_MAYBE_COMMENT.search(part))
            if index + 1 == len(self.pieces) or joining:
                continue
            at = piece.span.end
            if self.escape == "\\" or escape:
                out.verbatim(self.escape, at)
            else:
                out.opaque("\\", Span(at, at + 1))
            out.verbatim("\n", piece.newline)
        if self.heredocs:
            start = self.heredocs[0].body.start
            if text[start - 1 : start] == "\n":
                out.verbatim("\n", start - 1)
            out.verbatim(text[start : self.heredocs[-1].end], start)
        return out.finish(self.pieces[0].span.start)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile in order; lines that are none are left out."""
    escape = _escape_directive(text)
    ends = _Terminators(text)
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        line, following = _line(text, at)
        start = line.end - len(text[line.start : line.end].lstrip())
        if start >= line.end or text[start] == "#":
            at = following
            continue
        pieces, at = _pieces(text, start, escape)
        last = pieces[-1].span.end + (1 if pieces[-1].newline >= 0 else 0)
        found = _named(text, Instruction("", Span(start, last), pieces, escape))
        if found is None:
            continue
        if found.keyword in _WITH_HEREDOCS:
            heredocs, at = _heredocs(text, found, at, ends)
            if heredocs:
                span = Span(start, max(last, heredocs[-1].end))
                found = replace(found, heredocs=heredocs, span=span)
        yield found


def _line(text: str, at: int) -> tuple[Span, int]:
    """The line that begins at `at` without its ending, and where the next one begins."""
    newline = text.find("\n", at)
    if newline < 0:
        return Span(at, len(text)), len(text)
    end = newline - 1 if newline > at and text[newline - 1] == "\r" else newline
    return Span(at, end), newline + 1


def _escape_directive(text: str) -> str:
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        line, at = _line(text, at)
        found = _DIRECTIVE.match(text[line.start : line.end])
        if not found:
            break
        if found[1].lower() == "escape" and found[2] in ("\\", "`"):
            return found[2]
    return "\\"


def _pieces(text: str, at: int, escape: str) -> tuple[tuple[Piece, ...], int]:
    """The physical lines of the logical line that begins at `at`, and where the next one begins.

    Comments and blank lines inside it are left out, as Docker does.
    """
    pieces: list[Piece] = []
    while True:
        line, following = _line(text, at)
        content = text[line.start : line.end].rstrip(" \t")
        if not content.endswith(escape) or content.endswith(escape * 2):
            pieces.append(Piece(line))
            return tuple(pieces), following
        pieces.append(Piece(Span(at, at + len(content) - 1), following - 1))
        at = following
        while at < len(text):
            line, following = _line(text, at)
            if text[line.start : line.end].lstrip()[:1] not in ("", "#"):
                break
            at = following
        if at >= len(text):
            return tuple(pieces), len(text)


def _named(text: str, found: Instruction) -> Instruction | None:
    """The instruction with its keyword, ONBUILD's taken off; None where the line begins with none."""
    while True:
        argument, where = found.joined(text)
        blank = len(argument) - len(argument.lstrip())
        keyword = _KEYWORD.match(argument, blank)
        if not keyword or keyword[1].upper() not in KEYWORDS:
            return None
        found = replace(found.after(where.end_offset(keyword.end())), keyword=keyword[1].upper())
        if found.keyword != "ONBUILD":
            return found
        found = replace(found, onbuild=True)


def flags(text: str, found: Instruction) -> tuple[dict[str, str], Instruction]:
    """The `--name=value` flags before the argument, and the instruction without them."""
    argument, where = found.joined(text)
    at = len(argument) - len(argument.lstrip())
    values: dict[str, str] = {}
    while flag := _FLAG.match(argument, at):
        values[flag[1]] = flag[2] or ""
        at = flag.end()
    return values, found.after(where.offset(at) if at < len(argument) else where.end_offset(at))


class _Terminators:
    """Finds the line that ends a heredoc, by an index of all lines that is made when the first one is met."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _lines(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        at = 0
        while at < len(self.text):
            line, following = _line(self.text, at)
            content = self.text[line.start : line.end]
            found.setdefault(content, []).append(at)
            if content.startswith("\t"):  # `<<-` looks past tabs; the key cannot be a line's own text
                found.setdefault("\n" + content.lstrip("\t"), []).append(at)
            at = following
        return found

    def find(self, name: str, chomp: bool, at: int) -> int:
        """The offset of the first such line from `at` on, -1 without one."""
        best = -1
        for key in (name, "\n" + name) if chomp else (name,):
            offsets = self._lines.get(key, [])
            index = bisect_left(offsets, at)
            if index < len(offsets) and (best < 0 or offsets[index] < best):
                best = offsets[index]
        return best


def _heredocs(text: str, found: Instruction, at: int, ends: _Terminators) -> tuple[tuple[Heredoc, ...], int]:
    """The heredocs that an instruction announces; they begin at `at`. Also where the next line begins."""
    argument, _ = found.joined(text)
    if "<<" not in argument:
        return (), at
    heredocs: list[Heredoc] = []
    for word in words(argument, found.escape):
        opened = _HEREDOC.fullmatch(word)
        name = opened[2].replace('"', "").replace("'", "") if opened else ""
        if opened and name:
            start = at
            last = ends.find(name, bool(opened[1]), at)
            if last >= 0:
                line, at = _line(text, last)
                end = line.end
            else:
                last = at = _next_instruction(text, at)
                end = max(start, at - 1 if text[at - 1] == "\n" else at)
            heredocs.append(Heredoc(name, bool(opened[1]), name == opened[2], Span(start, last), end))
    return tuple(heredocs), at


def _next_instruction(text: str, at: int) -> int:
    """Where a heredoc without an end (half typed) stops: before the next line that begins with an instruction."""
    while at < len(text):
        line, following = _line(text, at)
        if text[line.start : min(line.end, line.start + 12)].partition(" ")[0] in KEYWORDS:
            return at
        at = following
    return len(text)


def content(text: str, heredoc: Heredoc) -> tuple[str, SourceMap]:
    """What the heredoc stands for: its body, without leading tabs for `<<-`."""
    out = MappedText()
    at = heredoc.body.start
    while at < heredoc.body.end:
        _, following = _line(text, at)
        line = text[at : min(following, heredoc.body.end)]
        kept = line.lstrip("\t") if heredoc.chomp else line
        out.verbatim(kept, at + len(line) - len(kept))
        at = following
    return out.finish(heredoc.body.start)


@cache
def _word_pattern(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(rf"""(?:[^\s"'{e}]|{e}.?|"(?:[^"{e}]|{e}.)*"?|'(?:[^'{e}]|{e}.)*'?)+""", re.DOTALL)


def words(argument: str, escape: str) -> list[str]:
    """The words of an argument as written, quotes and escapes included."""
    return _word_pattern(escape).findall(argument)


@cache
def _part_pattern(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?P<escaped>{e}.?)|(?P<quote>["'])|\$\{{(?P<long>\w+)(?::?(?P<op>[-+?])(?P<word>(?:[^{{}}]|\{{[^{{}}]*\}})*))?\}}
        |\$(?P<short>\w+)|(?P<odd>\$\{{[^}}]*\}}?)|(?P<text>[^\$"'{e}]+|\$)""",
        re.DOTALL | re.VERBOSE,
    )


def substitute(word: str, lookup: Callable[[str], str | None], escape: str, depth: int = 0) -> str | None:
    """A word with quotes removed and variables replaced as in ENV; None where that gets absurdly long.

    Unknown variables stay, as `${NAME}`; `$PATH`, which every image has, as `$PATH`.
    """
    out: list[str] = []
    length = 0
    quoted = False
    at = 0
    pattern = _part_pattern(escape)
    while at < len(word) and (part := pattern.match(word, at)):
        at = part.end()
        piece = part[0]
        name = part["long"] or part["short"]
        if name:
            value = lookup(name)
            piece = ("$PATH" if name == "PATH" else f"${{{name}}}") if value is None else value
            if part["op"] == ("+" if value else "-"):
                piece = (substitute(part["word"], lookup, escape, depth + 1) if depth < 3 else None) or ""
            elif part["op"] == "+":
                piece = ""
        elif part["quote"] == "'" and not quoted:
            close = word.find("'", at)
            close = len(word) if close < 0 else close
            piece, at = word[at:close], close + 1
        elif part["quote"] == '"':
            quoted, piece = not quoted, ""
        elif part["escaped"]:
            piece = piece[1:] if not quoted or piece[1:] in ('"', "$", escape) else piece
        length += len(piece)
        if length > _LONGEST_VALUE:
            return None
        out.append(piece)
    return "".join(out)
