"""Requirements and constraints files, read line by line as pip does (`pip/_internal/req/req_file.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region, Requirement, RequirementsFile
from pep668.text import MappedText, SourceMap, Span

from . import Language
from ._requirement import Parsed, is_version_line, parse

_TOKEN = re.compile(r"""(?:[^\s"']|"[^"]*"?|'[^']*'?)+""")
_NAMED_OPTION = re.compile(r"(-[rce]|--(?:requirement|constraint|editable)(?==|$))=?(.*)", re.DOTALL)
# Lists for apt and its like have such names as well.
_SYSTEM_PACKAGE = re.compile(r"lib[a-z0-9.+-]+-dev|python3(?:\.\d+)?-[a-z0-9.+-]+|build-essential|g\+\+", re.IGNORECASE)
_SOURCE = re.compile(
    r"(?:^|\s)(?:-[if]|--(?:index-url|extra-index-url|pypi-url|find-links|no-index|require-hashes|hash))\b"
)
_LONG = {"--requirement": "-r", "--constraint": "-c", "--editable": "-e"}
_OPTION_LINE = re.compile(
    r"(?:-[rcefi][\s\w./]|--(?:requirement|constraint|editable|index-url|extra-index-url|find-links|no-index|hash|pre"
    r"|no-binary|only-binary|prefer-binary|require-hashes|trusted-host|use-feature)\b)"
)


def _sniff(text: str) -> bool:
    """Whether all lines are requirements or options, and most of them can be nothing else."""
    head = text[:20_000]
    lines = [line for line, _ in _logical_lines(head[: head.rfind("\n") + 1])]
    sure = 0
    for line in lines:
        if _OPTION_LINE.match(line) or is_version_line(line):
            sure += 1
        elif parse(line) is None:
            return False
    return sure >= 2 and 2 * sure >= len(lines)


LANGUAGE = Language(
    "requirements",
    ids=("pip-requirements", "pip_requirements", "requirements"),
    names=("requirements.txt", "constraints.txt", "requirements.in", "constraints.in", "requirements.pip"),
    patterns=(
        *("*requirements*.txt", "*requirements*.in", "*requirements*.pip", "*constraints*.txt", "*constraints*.in"),
        *("requirements/*.txt", "requirements/*.in", "requirements/*.pip", "constraints/*.txt"),
    ),
    sniff=_sniff,
    always=True,
)


def extract(region: Region) -> Iterator[RequirementsFile]:
    """What the file asks for, as one object; an empty one for prose, templates and packages of a system."""
    requirements: list[Requirement] = []
    listed: dict[str, list[str]] = {"-r": [], "-c": [], "-e": []}
    first: Span | None = None
    strange = 0
    sources = False
    for line, where in _logical_lines(region.text):
        sources = sources or bool(_SOURCE.search(line))
        if line.startswith(("{%", "{{")):  # a template
            strange = len(region.text)
            continue
        if line.startswith("-"):
            end = len(line)
            wanted = False
            for option, value in _options(line):
                listed[option].append(value)
                wanted = wanted or option != "-c"
        else:
            found = parse(line)
            end = found.end if found else len(line.partition(" --")[0].rstrip())
            wanted = True
            if found is None:
                strange += "$" not in line
            elif _SYSTEM_PACKAGE.fullmatch(found.text):
                strange = len(region.text)
            elif found.name:
                requirements.append(_requirement(found, region.outer(where.span(Span(0, found.end)))))
        if wanted and first is None:
            first = region.outer(where.span(Span(0, end)))
    if strange > len(requirements) + sum(map(len, listed.values())) + 1:
        yield RequirementsFile()
        return
    includes, constraints, editable = (tuple(listed[option]) for option in ("-r", "-c", "-e"))
    yield RequirementsFile(tuple(requirements), includes, constraints, editable, first, sources=sources)


def _requirement(found: Parsed, span: Span) -> Requirement:
    return Requirement(found.name, found.text, span, found.specifier, found.marker, found.extras, url=found.url)


def _options(line: str) -> Iterator[tuple[str, str]]:
    """The files and editables that a line of options names: `-r`, `-c` or `-e`, and the value without quotes."""
    tokens = _TOKEN.finditer(line)
    for token in tokens:
        option = _NAMED_OPTION.fullmatch(token[0])
        if not option:
            continue
        value = option[2]
        if not value:
            following = next(tokens, None)
            value = following[0] if following else ""
        value = value.replace('"', "").replace("'", "")
        if value:
            yield _LONG.get(option[1], option[1]), value


def _logical_lines(text: str) -> Iterator[tuple[str, SourceMap]]:
    """Lines without comments, continuations joined, blank ones left out, each with its map to `text`.

    pip splits as `str.splitlines` does, at form feeds too.
    """
    at = 1 if text.startswith("\ufeff") else 0
    pieces: list[tuple[str, int]] = []
    for physical in text[at:].splitlines(keepends=True):
        line = physical.splitlines()[0]
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            pieces.append((line.rstrip("\\"), at))
        else:
            yield from _joined([*pieces, (line, at)])
            pieces = []
        at += len(physical)
    yield from _joined(pieces)


def _joined(pieces: list[tuple[str, int]]) -> Iterator[tuple[str, SourceMap]]:
    out = MappedText()
    for index, (piece, start) in enumerate(pieces):
        line = piece[: _comment(piece)]
        if not index:  # the map begins with the text
            start += len(line) - len(line.lstrip())
            line = line.lstrip()
        out.verbatim(line, start)
        if _comment(piece) < len(piece):
            break
    text, where = out.finish()
    if text.strip():
        yield text.rstrip(), where


def _comment(line: str) -> int:
    """Where a line's comment begins: at a `#` at its start or behind white space."""
    at = line.find("#")
    while at > 0 and not line[at - 1].isspace():
        at = line.find("#", at + 1)
    return len(line) if at < 0 else at
