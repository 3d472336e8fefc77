"""The lines of a makefile: joined, without comments, and where the parts of one stand."""

from __future__ import annotations

import re

from pep668.text import LineTable, MappedText, SourceMap, Span

_OPERATOR = re.compile(r":{0,3}=|[?+!]=")
_BRACKETS = re.compile(r"[(){}]")
_CLOSING = {")": "(", "}": "{"}
_NAME_STOP = re.compile(r"[$=:?+!#\s]")
_STOP = re.compile(r"[$:;=]")
_COMMENT = re.compile(r"[$#]")
_COMMAND = re.compile(r"[$;]")
_DRIVE = re.compile(r"(?<![\w.)}])[A-Za-z]:[\\/]")


def brackets(text: str) -> dict[int, int]:
    """Where each bracket that has a partner of its kind closes, by the offset of the opening one."""
    open_: dict[str, list[int]] = {"(": [], "{": []}
    pairs: dict[int, int] = {}
    for found in _BRACKETS.finditer(text):
        char = found[0]
        if char in open_:
            open_[char].append(found.start())
        elif open_[_CLOSING[char]]:
            pairs[open_[_CLOSING[char]].pop()] = found.start()
    return pairs


def reference_end(text: str, at: int, pairs: dict[int, int]) -> int:
    """The offset behind the reference (`$x`, `$(x)`, `$$`) whose `$` stands at `at`."""
    following = text[at + 1 : at + 2]
    if following and following in "({":
        return pairs.get(at + 1, at) + 1
    return min(at + 2, len(text))


def joined(text: str, table: LineTable, number: int, after: int) -> tuple[str, SourceMap]:
    """Lines `number` up to `after` as one: each continuation, with the blanks around it, is one blank."""
    made = MappedText()
    behind = 0
    for index in range(number, after):
        span = table.line_span(index)
        line = text[span.start : span.end]
        start = span.start
        if index > number:
            start += len(line) - len(line.lstrip(" \t"))
            made.opaque(" ", Span(behind, max(behind, start)))
        end = span.end
        if index + 1 < after:
            end = span.start + len(line[:-1].rstrip(" \t"))
        end = max(start, end)
        made.verbatim(text[start:end], start)
        behind = end
    return made.finish(table.starts[number])


def recipe(text: str, table: LineTable, number: int, after: int, prefix: str) -> tuple[str, SourceMap]:
    """A recipe's line as the shell gets it, unexpanded: with its continuations, each line without its prefix."""
    made = MappedText()
    for index in range(number, after):
        span = table.line_span(index)
        start = span.start
        if text.startswith(prefix, start):
            start += len(prefix)
        elif index == number:
            start += len(text[start : span.end]) - len(text[start : span.end].lstrip())
        made.verbatim(text[start : span.end], start)
        if index + 1 < after:
            following = table.starts[index + 1]
            if text[span.end : following] == "\n":
                made.verbatim("\n", span.end)
            else:
                made.opaque("\n", Span(span.end, following))
    return made.finish(table.starts[number])


def comment(text: str) -> int:
    """Where the line's comment begins, its length without one. A `#` in a reference or behind `\\` begins none."""
    if "#" not in text:
        return len(text)
    pairs = brackets(text)
    at = 0
    while found := _COMMENT.search(text, at):
        if found[0] == "$":
            at = reference_end(text, found.start(), pairs)
        elif found.start() and text[found.start() - 1] == "\\":
            at = found.end()
        else:
            return found.start()
    return len(text)


def assignment(text: str, at: int) -> tuple[int, int, str, int] | None:
    """The name's span, the operator and its end where an assignment begins at `at`, as make tells one from a rule."""
    pairs: dict[int, int] | None = None
    start = at
    while found := _NAME_STOP.search(text, at):
        at, char = found.start(), found[0]
        operator = _OPERATOR.match(text, at)
        if operator:
            return (start, at, operator[0], operator.end()) if at > start else None
        if char == "$":
            pairs = brackets(text) if pairs is None else pairs
            at = reference_end(text, at, pairs)
        elif char.isspace():
            behind = at
            while behind < len(text) and text[behind].isspace():
                behind += 1
            operator = _OPERATOR.match(text, behind)
            return (start, at, operator[0], operator.end()) if operator and at > start else None
        elif char in ":#":
            return None
        else:
            at += 1
    return None


def colon(text: str) -> tuple[int, int] | None:
    """The span of the colons (and `&`) that end a rule's targets; None where the line is no rule."""
    pairs = brackets(text)
    at = 0
    while found := _STOP.search(text, at):
        at, char = found.start(), found[0]
        if char == "$":
            at = reference_end(text, at, pairs)
        elif char == ":" and not _DRIVE.match(text, max(0, at - 1)):
            end = at + (2 if text.startswith("::", at) else 1)
            return (at - 1 if text[at - 1 : at] == "&" else at, end) if text[:at].strip() else None
        elif char == ";" or char == "=":
            return None
        else:
            at += 1
    return None


def semicolon(text: str, at: int) -> int | None:
    """Where the `;` stands that begins a rule's first command on its own line."""
    pairs = brackets(text)
    while found := _COMMAND.search(text, at):
        if found[0] == ";":
            return found.start()
        at = reference_end(text, found.start(), pairs)
    return None
