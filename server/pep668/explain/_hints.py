"""Places that output names: `setup.sh:4:` of a trace, `Dockerfile:12`, `make: *** [Makefile:5: deps]`, tracebacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEFORE, _BEHIND = 24_000, 16_000  # characters
_MOST_LINES = 150
_LONGEST = 500
_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1f]"
)
_NAME = r"(?P<name>[^\s:()'\"<>|*?\[\]{}$`\\]{1,300})"
# Set by PS4, `+ setup.sh:4: pip3 install`, `+(setup.sh:4): pip3 install`; bash's own has no place.
_TRACE = re.compile(r"\++\s?(?:\(?" + _NAME + r"(?::|:? line )(?P<line>\d{1,7})\)?:?\s)?")
_STEP = re.compile(r"(?:Step|STEP) (?P<step>\d{1,4})(?:/\d{1,4})? ?: RUN\b")
_BEHIND_IT = (
    re.compile(_NAME + r":(?P<line>\d{1,7})"),  # BuildKit, before the lines that it shows
    re.compile(r"(?:g?make|gmake)(?:\[\d+\])?: \*\*\* \[" + _NAME + r":(?P<line>\d{1,7}): .{1,300}\] Error \d+"),
    re.compile(r"File \"(?P<name>[^\"\n]{1,300})\", line (?P<line>\d{1,7}), in .{1,200}"),
    re.compile(r"error: Recipe `[^`]{1,200}` failed on line (?P<line>\d{1,7}) with exit code \d+"),
)
_OWN = re.compile(r"(?:\S{0,100}: )?" + _NAME + r": (?:line )?(?P<line>\d{1,7}): ")


@dataclass(frozen=True, slots=True)
class Hint:
    """A line, from 1, of a file as the output names it ("" where it does not); or the number of a build's step."""

    name: str
    line: int
    step: bool = False


def hints(before: str, behind: str) -> list[Hint]:
    """The places that stand before and behind a refusal, those that tell most first."""
    above, below = visible(before[-_BEFORE:])[-_MOST_LINES:], visible(behind[:_BEHIND])[:_MOST_LINES]
    return [*_above(above), *_below(below)]


def named(line: str) -> Hint | None:
    """The place that a failure's own line begins with: `setup.sh: line 12: pip: command not found`."""
    found = _OWN.match(_ESCAPES.sub("", line[:_LONGEST]).strip())
    return Hint(found["name"], int(found["line"])) if found else None


def _above(lines: list[str]) -> Iterator[Hint]:
    """Of the last traced command and the last step before it."""
    for line in reversed(lines):
        found = _TRACE.match(line)
        if found:
            if found["name"]:
                yield Hint(found["name"], int(found["line"]))
            break
    for line in reversed(lines):
        step = _STEP.match(line)
        if step:
            yield Hint("", int(step["step"]), step=True)
            break


def _below(lines: list[str]) -> Iterator[Hint]:
    for line in lines:
        for pattern in _BEHIND_IT:
            found = pattern.fullmatch(line)
            if found:
                yield Hint(found.groupdict().get("name") or "", int(found["line"]))


def visible(text: str) -> list[str]:
    """The lines of output without escape sequences and indentation, the long ones cut."""
    return [_ESCAPES.sub("", line[:_LONGEST]).strip() for line in text.split("\n")]
