"""Dockerfiles and Containerfiles: each RUN (and CMD, ENTRYPOINT, HEALTHCHECK) is a region of shell.

A RUN is a process of its own in the system of its stage. Windows' `cmd` is read as shell too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region

from . import Language, _arguments
from ._dockerfile import Instruction, content, flags, instructions
from ._dockerfile_stage import Reader, Stage

_FIRST = re.compile(r"(?:[ \t\r]*(?:(?:#|ARG )[^\n]*)?\n)*FROM[ \t]+\S")
_FURTHER = re.compile(r"^(?:RUN|CMD|ENTRYPOINT|COPY|WORKDIR|ENV|USER)[ \t]+\S", re.MULTILINE)
_SCRIPT = re.compile(r"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?([\w.+-]+)")
_COMMAND = re.compile(r"CMD\s+\S", re.IGNORECASE)
_RUNTIME = ("CMD", "ENTRYPOINT", "HEALTHCHECK")


def _sniff(text: str) -> bool:
    return _FIRST.match(text) is not None and _FURTHER.search(text) is not None


LANGUAGE = Language(
    "dockerfile",
    ids=("dockerfile", "Dockerfile", "containerfile", "docker"),
    names=("Dockerfile", "dockerfile", "Containerfile", "containerfile"),
    patterns=(
        *("Dockerfile.*", "Dockerfile-*", "Dockerfile_*", "dockerfile.*", "dockerfile-*", "Containerfile.*"),
        *("Containerfile-*", "*.dockerfile", "*.Dockerfile", "*.containerfile", "*.Containerfile", "*-Dockerfile"),
    ),
    sniff=_sniff,
    comments=("^#",),
)


_SHELL = ("shell", "login")


def extract(region: Region) -> Iterator[Region]:
    """The commands that a Dockerfile runs, with what is known of their stage."""
    reader = Reader(region)
    pending: list[tuple[Instruction, Stage, tuple[Fact, ...]]] = []
    for found in instructions(region.text):
        if found.keyword == "RUN" or found.keyword in _RUNTIME:
            pending.append((found, reader.stage, reader.stage.facts()))
        else:
            reader.read(found)
    for found, stage, facts in pending:
        # What runs in the finished container sees the stage's end and no build arguments, but its own SHELL.
        if found.keyword != "RUN":
            shell = [f for f in facts if f.kind in _SHELL]
            facts = (*(f for f in stage.runtime_facts() if f.kind not in _SHELL), *shell)
        yield from _regions(reader, found, stage, facts)


def _regions(reader: Reader, found: Instruction, stage: Stage, facts: tuple[Fact, ...]) -> Iterator[Region]:
    region = reader.region
    anchor = region.outer(found.span)
    _, found = flags(region.text, found)
    if found.keyword == "HEALTHCHECK":
        line, where = found.joined(region.text)
        command = _COMMAND.match(line)
        if not command:  # NONE
            return
        found = found.after(where.offset(command.end() - 1))
    shell = next((f.value or "" for f in facts if f.kind == "shell"), "")
    language = "powershell" if shell in ("powershell", "pwsh") else "shell"
    line, where = found.joined(region.text)
    items = None if found.heredocs else _arguments.strings(line)
    if items is not None:  # no shell reads it
        text, inner = _arguments.as_shell(items)
        language, inner = "shell", where.compose(inner)
        facts = tuple(f for f in facts if f.kind not in _SHELL)
    elif len(found.heredocs) == 1 and re.fullmatch(r"\s*\d*<<-?[^\s<]+\s*", line):
        text, inner = content(region.text, found.heredocs[0])
        language, facts = _script(text, language, facts, reader.evidence(found))
    else:
        text, inner = found.shell(region.text, escape=language == "powershell")
    if not text.strip() or not language:
        return
    process = f"{'run' if found.keyword == 'RUN' else found.keyword.lower()}:{anchor.start}"
    place = Place(stage.system, process, stage.base)
    yield Region(language, text, region.map.compose(inner), (*reader.outer, *facts), place, region, anchor=anchor)


def _script(text: str, language: str, facts: tuple[Fact, ...], why: Evidence) -> tuple[str, tuple[Fact, ...]]:
    """The language of a heredoc that is a script of its own: its first line may name another program."""
    named = _SCRIPT.match(text)
    if not named:
        return language, facts
    program = named[1].rstrip("0123456789.")
    if program.startswith(("python", "pypy")):
        return "python", facts
    if program in ("pwsh", "powershell"):
        return "powershell", facts
    return ("shell" if program.endswith("sh") else ""), (*facts, Fact("shell", program, why))
