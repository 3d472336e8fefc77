"""Commands in paragraphs of a document that nothing marks as code: neither a block nor a pair of backticks.

Small documents have them on lines of their own, as items of a list or as a quotation. No sentence may pass for one.
"""

from __future__ import annotations

import re

from pep668.text import SourceMap

from . import _console

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PROSE = re.compile(
    r"(?:^|\s)(?:the|an?|and|or|of|for|with|is|are|was|be|you|your|we|our|if|then|from|in|on|by|as|at|into|will|would"
    r"|should|can|could|may|must|this|that|these|it|its|which|when|while|where|not|to|use|using|via|command|commands"
    r"|manually|first|again|globally|fails?|does|doesn't|support|instead)(?=[\s,.;:!?]|$)",
    re.IGNORECASE,
)
# A sentence's end; `pip install .` and `requirements.txt` are none.
_SENTENCE_END = re.compile(r"(?:[:,;!?]|\w\w\.)[ \t]*$")
_INTRODUCES = re.compile(r"[:.)\]*_][ \t]*$")
# What a sentence has not got: options, a folder, a file, a version, root.
_TYPED_ONLY = re.compile(
    r"(?:^|\s)(?:-{1,2}[A-Za-z]|\.{1,2}(?:[/\[]|\s|$)|\S*(?:==|>=|\[\w|://|/\S|\.txt\b|\.whl\b))|\bsudo\s"
)
_REMARK = re.compile(r"[ \t]+\([^()\n]*\)[ \t]*(?:\r?\n)?$")
_UNKNOWN_PROGRAM = re.compile(r"[ \t]*[a-z.~/][\w.~/-]*(?:[ \t]+\S+){0,7}$")
_DOLLAR = re.compile(r"[ \t]*\$[ \t]+")
_LONGEST = 500  # characters of a line
_MANY = 200  # lines of a paragraph


def commands(text: str, introduced: bool) -> list[_console.Typed]:
    """What is typed in a paragraph although nothing marks it as code.

    Lines behind a dollar sign; else commands that stand at its beginning or behind a line that ends like one that
    introduces them, and go on to its end. Unless the paragraph is `introduced`, one of those has to hold what no
    sentence does: an option, a path, a version.
    """
    lines = [(m[0], m.start()) for m in _LINE.finditer(text)]
    if len(lines) > _MANY or any(len(line) > _LONGEST for line, _ in lines):
        return []
    if any((prompt := _DOLLAR.match(line)) and _is_bare(line[prompt.end() :]) for line, _ in lines):
        return _console.transcript(text)
    begin = len(lines)
    while begin and _is_quiet(lines[begin - 1][0]):
        begin -= 1
    while begin < len(lines) and not _is_bare(lines[begin][0]):
        begin += 1
    if begin == len(lines):
        return []
    if begin:
        before = lines[begin - 1][0].rstrip("\r\n")
        if not _INTRODUCES.search(before):
            return []
        introduced = introduced or before.rstrip().endswith(":")
    if not introduced and not any(_TYPED_ONLY.search(line) for line, _ in lines[begin:]):
        return []
    at = lines[begin][1]
    return [_console.Typed("shell", (text[at:], SourceMap.identity(len(text) - at, at)))]


def _is_quiet(line: str) -> bool:
    """Whether a line may be one of a program that nobody here knows, in company of those that are known."""
    line = _REMARK.sub("", line.partition(" #")[0]).rstrip()
    return _is_bare(line) or bool(
        _UNKNOWN_PROGRAM.match(line) and not _SENTENCE_END.search(line) and not _PROSE.search(line)
    )


def _is_bare(line: str) -> bool:
    line = line.partition(" #")[0].rstrip()
    return bool(
        _console.looks_typed(line)
        and not _SENTENCE_END.search(line)
        and not _PROSE.search(line)
        and "   " not in line.strip()
    )
