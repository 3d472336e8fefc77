"""Finds the directives in the comments of a document and of the texts in it."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pep668 import languages, shell
from pep668.model import Expansion, Region, Word
from pep668.text import Span

NEEDLE = "pep668:"

_DIRECTIVE = re.compile(
    r"pep668:[ \t]*ignore(?P<file>-file)?(?![\w-])(?:[ \t]*\[(?P<codes>[^\[\]\n]*)\])?(?P<rest>[^\n]*)"
)
_CODE = re.compile(r"[ \t]*[:=]?[ \t]*[A-Z]+\d+\b")
_BRACKET = re.compile(r"[()\[\]{}]")
_QUOTES = ('"""', "'''")
_FARTHEST = 4_000
_PROSE = ("<!--", "{/*", "..")


# By region and comment: the line that a comment before the line at an offset is about.
_Following = dict[tuple[int, str], dict[int, "Span | None"]]


@dataclass(frozen=True, eq=False)
class Directive:
    """`pep668: ignore[CODES]`. `span` is its place in the document, `codes` what it names (nothing: all rules).

    `line` is the place in the document of the line that it is about: its own, or, for one that stands `above`, the
    next. `further` is where another code can be written, None where it names none or stands in no plain text.
    `file`: an `ignore-file`, about all of `region`.
    """

    span: Span
    codes: tuple[str, ...]
    region: Region
    file: bool
    above: bool
    line: Span | None
    further: int | None = None
    problem: str = ""

    def names(self, code: str, name: str) -> bool:
        """Whether it is about a rule: it names its code, the beginning of that, its name, or no rule at all."""
        if self.problem:
            return False
        return not self.codes or any(code.startswith(c.upper()) or name == c.lower() for c in self.codes)


def directives(regions: Sequence[Region]) -> tuple[Directive, ...]:
    """Those of the innermost text that each stands in; what that reads as code or as a string is none."""
    places: dict[int, list[tuple[int, Region, re.Match[str]]]] = {}
    for region in regions:
        if NEEDLE not in region.text:
            continue
        depth = _depth(region)
        for match in _DIRECTIVE.finditer(region.text):
            places.setdefault(region.map.offset(match.start()), []).append((depth, region, match))
    literals: dict[int, _Literals] = {}
    following: _Following = {}
    found = []
    for texts in places.values():
        chosen: Directive | None = None
        for _, region, match in sorted(texts, key=lambda text: -text[0]):
            if id(region) not in literals:
                literals[id(region)] = _Literals(_strings(region))
            directive = None if match.start() in literals[id(region)] else _read(region, match, following)
            if directive is None:
                break
            if chosen is None or directive.line is not None:
                chosen = directive
            if directive.file or directive.line is not None:
                break
            # What it is about may stand in the text around it: magics in a cell's Python, a recipe's next line.
        if chosen is not None:
            found.append(chosen)
    return tuple(sorted(found, key=lambda d: d.span))


def _depth(region: Region) -> int:
    depth = 0
    while region.parent is not None:
        region, depth = region.parent, depth + 1
    return depth


def _read(region: Region, match: re.Match[str], following: _Following) -> Directive | None:
    text = region.text
    start = text.rfind("\n", 0, match.start()) + 1
    comment = _comment(region.language, text[start : match.start()], match["rest"])
    if comment is None:
        return None
    opener, alone = comment
    codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
    problem = ""
    if match["codes"] is None and _CODE.match(match["rest"]):
        problem = "write the codes in brackets: pep668: ignore[EM001]"
    elif match["codes"] is not None and not codes:
        problem = "it names no rule: write pep668: ignore[EM001], or leave the brackets out for all rules"
    further = None
    if codes and region.map.is_verbatim(Span(match.start(), match.end("codes") + 1)):
        further = region.map.offset(match.end("codes"))
    written = Span(match.start(), match.start("rest"))
    if alone:
        line = _next(region, match.end(), opener, following)
    else:
        line = region.outer(Span(_opened(text, start, match.start()), match.end()))
    return Directive(region.outer(written), codes, region, bool(match["file"]), alone, line, further, problem)


def _comment(language: str, before: str, rest: str) -> tuple[str, bool] | None:
    """What opens the comment that begins between `before` and `rest` of a line, and whether that is all of the line."""
    for form in languages.comments(language):
        opener, _, closer = form.lstrip("^").partition(" ")
        head = before.rstrip(" \t")
        if not head.upper().endswith(opener.upper()) or (closer and closer not in rest):
            continue
        code = head[: -len(opener)].rstrip(opener[-1] if opener[-1] in "#/-." else "")
        blank = not code.strip(" \t>@" if opener in _PROSE or opener.isalpha() else " \t")
        if blank or not (form.startswith("^") or (code[-1] not in " \t;" and not closer) or _in_quotes(code)):
            return opener, blank and not (closer and rest.partition(closer)[2].strip())
    return None


def _in_quotes(code: str) -> bool:
    """Whether a line's text ends within quotes; an apostrophe in a word opens none."""
    quote = ""
    before = " "
    for char in code:
        if quote:
            if char == quote and before != "\\":
                quote = ""
        elif char in "\"'" and not before.isalnum():
            quote = char
        before = char
    return bool(quote)


def _next(region: Region, at: int, opener: str, following: _Following) -> Span | None:
    """The line that a comment on a line of its own is about: the next one that is no comment, without blank lines
    between them where the text is no prose."""
    text = region.text
    passed: list[int] = []
    found: Span | None = None
    known = following.setdefault((id(region), opener), {})
    while (end := text.find("\n", at)) >= 0:
        at = end + 1
        if at in known:
            found = known[at]
            break
        passed.append(at)
        stop = text.find("\n", at)
        line = text[at : stop if stop >= 0 else len(text)]
        if not line.strip():
            if stop >= 0 and opener not in _PROSE:
                break
        elif not (NEEDLE in line if opener in _PROSE else line.lstrip().startswith(opener)):
            found = region.outer(Span(at, at + len(line)))
            break
    known.update(dict.fromkeys(passed, found))
    return found


def _opened(text: str, start: int, end: int) -> int:
    """Where the line begins on which that is opened what the line from `start` to `end` closes: `)  # ...`."""
    code = text[start:end].strip()
    if code.startswith(_QUOTES):
        start = max(0, text.rfind(code[:3], 0, start))
    depth = 0
    for bracket in _BRACKET.finditer(code):
        depth += 1 if bracket[0] in "([{" else -1
    if depth < 0:
        floor = max(0, start - _FARTHEST)
        for at in range(start - 1, floor - 1, -1):
            depth += (text[at] in "([{") - (text[at] in ")]}")
            if depth >= 0:
                start = at
                break
    return text.rfind("\n", 0, start) + 1


class _Literals:
    """Spans in which nothing is a comment."""

    def __init__(self, spans: Iterator[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [s.start for s in ordered]
        self._ends = list(accumulate((s.end for s in ordered), max))

    def __contains__(self, at: int) -> bool:
        last = bisect_right(self._starts, at) - 1
        return last >= 0 and at < self._ends[last]


def _strings(region: Region) -> Iterator[Span]:
    """The words of a shell text, its heredocs and the strings of Python."""
    if region.language == "shell":
        for command in shell.parse(region):
            yield from (word.span for word in command.words if not _substitutes(word, region.text))
            yield from (assignment.span for assignment in command.assignments)
            for wrapper in command.wrappers:
                yield wrapper.span
            for redirect in command.redirects:
                yield redirect.span
                if redirect.body is not None:
                    yield redirect.body
    elif region.language == "python":
        yield from _python_strings(region.text)


def _substitutes(word: Word, text: str) -> bool:
    """Whether a word has commands in it, which are listed too and may have comments."""
    return "\n" in text[word.span.start : word.span.end] and any(
        isinstance(part, Expansion) and part.name is None for part in word.parts
    )


def _python_strings(text: str) -> Iterator[Span]:
    import tokenize

    kinds = (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in kinds:
                (row, column), (last, end) = token.start, token.end
                yield Span(starts[row - 1] + column, starts[last - 1] + end)
    except (tokenize.TokenError, SyntaxError):
        return  # what is behind a mistake is judged by its line alone
