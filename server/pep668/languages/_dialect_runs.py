"""What commands give to fish, PowerShell or cmd to run, those of these shells to any other one; `Start-Process`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pep668 import shell
from pep668.model import Command, Place, Region, Word

_POWERSHELL = re.compile(r"(?:powershell|pwsh)(?:\.exe)?", re.IGNORECASE)
_CMD = re.compile(r"cmd(?:\.exe)?", re.IGNORECASE)
_COMMAND = re.compile(r"-c(?:o(?:m(?:m(?:a(?:n(?:d)?)?)?)?)?)?", re.IGNORECASE)
_FILE = re.compile(r"-f(?:i(?:l(?:e)?)?)?|-e(?:nc\w*|c)", re.IGNORECASE)
_WITH_VALUE = re.compile(
    r"-(?:ex(?:ecutionpolicy)?|ep|v(?:ersion)?|w(?:indowstyle)?|in(?:putformat)?|o(?:utputformat)?"
    r"|workingdirectory|configurationname|verb)",
    re.IGNORECASE,
)
_DEEPEST = 8


def nested(commands: Iterable[Command], language: str) -> Iterator[Command | Region]:
    """The commands of a text in `language`, each followed by what it gives to another shell to run."""
    for command in commands:
        yield command
        if command.words and _depth(command.region) < _DEEPEST:
            yield from regions(command, language)


def _depth(region: Region) -> int:
    depth = 0
    while region.origin is not None:
        depth += 1
        region = region.origin.region
    return depth


def regions(command: Command, language: str) -> Iterator[Region]:
    """What a command of a text in `language` gives to another shell; of "shell" what it gives to these three."""
    region = command.region
    for reader, words, inside in _runs(command, language):
        text, mapped = shell.inner(region, words)
        if not text.strip():
            continue
        place = region.place
        if not inside:
            place = Place(place.system, f"{place.process}/{words[0].span.start}", place.base)
        yield Region(
            reader,
            text,
            mapped,
            facts=region.facts,
            place=place,
            parent=region,
            origin=command,
            anchor=region.anchor,
            notation=lambda _: None,  # the words lose their own quotes
        )


def _runs(command: Command, language: str) -> Iterator[tuple[str, tuple[Word, ...], bool]]:
    name = command.name or ""
    words = command.words[1:]
    lower = name.lower()
    if _POWERSHELL.fullmatch(name):
        found = _powershell(words)
        if found:
            yield "powershell", found, False
    elif _CMD.fullmatch(name):
        at = next((i for i, w in enumerate(words) if (w.value or "").lower() in ("/c", "/k", "/r")), len(words))
        if words[at + 1 :]:
            yield "cmd", words[at + 1 :], False
    elif language == "powershell" and lower in ("invoke-expression", "iex"):
        rest = tuple(w for w in words if not _COMMAND.fullmatch(w.value or ""))
        if rest and rest[0].quoted:
            yield "powershell", rest[:1], True
    elif language == "powershell" and lower in ("start-process", "saps"):
        found = _started(words)
        if found:
            yield "powershell", found, False
    elif language == "fish" and lower == "eval":
        if words:
            yield "fish", words, True
    elif language in ("fish", "shell") and name == "fish":
        at = next((i for i, w in enumerate(words) if w.value in ("-c", "--command")), len(words))
        if words[at + 1 :]:
            yield "fish", words[at + 1 : at + 2], False
    elif lower != "eval" and language != "shell":
        for run in shell.runs(command):
            if run.words:
                yield run.language, run.words, run.inside


def _powershell(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of `powershell -NoProfile -Command ...`; none where it runs a file."""
    at = 0
    while at < len(words):
        text = words[at].pattern
        if _FILE.fullmatch(text):
            return ()
        if _COMMAND.fullmatch(text):
            return words[at + 1 :]
        if not text.startswith("-"):
            return words[at:] if words[at].quoted else ()
        at += 2 if _WITH_VALUE.fullmatch(text) else 1
    return ()


def _started(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """`Start-Process python -ArgumentList "-m pip install x"`: the program and its arguments."""
    program: Word | None = None
    arguments: Word | None = None
    option = ""
    for word in words:
        text = word.pattern
        if text.startswith("-") and not word.quoted:
            option = text.lower()
            continue
        if option in ("-argumentlist", "-args"):
            arguments = arguments or word
        elif program is None and option not in ("-workingdirectory", "-verb", "-windowstyle"):
            program = word
        option = ""
    return (program, arguments) if program is not None and arguments is not None else ()
