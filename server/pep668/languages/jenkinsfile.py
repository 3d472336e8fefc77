"""Jenkinsfiles, declarative and scripted: each `sh` step is a shell of its own, on the agent or in a container.

Sources: Jenkins' "Pipeline Syntax", "Pipeline: Nodes and Processes" (sh, bat, powershell, pwsh), "Docker Pipeline".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Escaped, MappedText, Notation, SourceMap, Span, verbatim

from . import Language
from ._groovy import Block, Mark, Part, Statement, String, parse, text_of
from ._hidden import Quotes
from ._jenkins import MOST, STEPS, Reader, named

_OWNERS = ("", "steps", "script", "this", "context", "pipeline", "ctx", "jenkins")
_SHEBANG = re.compile(r"\s*#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?([\w.+-]+)")
_HEAD = re.compile(r"^[ \t]*(?:pipeline|node)[ \t]*(?:\([^)\n]*\)[ \t]*)?\s?\{", re.MULTILINE)
_SURE = re.compile(r"^[ \t]*(?:agent|stages|stage)\b|\bsh\s*[('\"]", re.MULTILINE)


def _sniff(text: str) -> bool:
    return _HEAD.search(text) is not None and _SURE.search(text) is not None


LANGUAGE = Language(
    "jenkinsfile",
    ids=("jenkinsfile", "declarative", "groovy"),
    names=("Jenkinsfile", "jenkinsfile"),
    patterns=(
        *("Jenkinsfile.*", "Jenkinsfile-*", "Jenkinsfile_*", "*.jenkinsfile", "*.Jenkinsfile", "*.jenkins"),
        *("*-Jenkinsfile", "*_Jenkinsfile", "jenkins/*.groovy", "vars/*.groovy", "*[Jj]enkinsfile*.groovy"),
    ),
    candidates=("*.groovy",),
    sniff=_sniff,
    comments=("//", "/* */"),
)


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds inside a block: its facts, and the name of the machine or container that it runs on."""

    facts: tuple[Fact, ...]
    system: str


def extract(region: Region) -> Iterator[Region]:
    """The texts that the steps of a pipeline run."""
    root = parse(region.text)
    reader = Reader(region, root)
    agent = Fact("runner", "", Evidence("a Jenkins agent", region.outer(Span(0, 0))))
    pending = [(root, _Where((agent,), "agent"))]
    while pending:
        block, where = pending.pop()
        where = _declared(reader, block, where)
        inner: list[tuple[Block, _Where]] = []
        for statement in block.statements:
            for at, token in enumerate(statement):
                if isinstance(token, Block):
                    inner.append((token, _entered(reader, statement, at, where)))
            yield from _steps(reader, statement, where)
        pending += reversed(inner)


def _declared(reader: Reader, block: Block, where: _Where) -> _Where:
    """What the directives of a declarative block add, wherever in it they stand."""
    facts, system = list(where.facts), where.system
    for statement in block.statements:
        if text_of(statement[0]) == "agent" and len(statement) > 1:
            agent = reader.agent(statement)
            if agent is not None:
                facts.append(agent)
                system = f"agent:{statement[0].span.start}"
    where = _Where(tuple(facts), system)
    for statement in block.statements:
        if text_of(statement[0]) == "environment" and isinstance(statement[-1], Block):
            where = _with(where, reader.variables(statement[-1]))
    return where


def _entered(reader: Reader, statement: Statement, at: int, where: _Where) -> _Where:
    found = tuple(reader.wrapped(statement, at))
    if any(f.kind in ("image", "runner") for f in found):
        where = _Where(where.facts, f"{where.system}/{statement[at].span.start}")
    return _with(where, found)


def _with(where: _Where, more: Iterator[Fact] | tuple[Fact, ...]) -> _Where:
    facts = list(where.facts)
    for fact in more:
        if fact.kind in ("image", "runner"):  # the innermost one decides
            facts = [f for f in facts if f.kind not in ("image", "runner")]
        facts.append(fact)
    return _Where(tuple(facts), where.system)


def _steps(reader: Reader, statement: Statement, where: _Where) -> Iterator[Region]:
    for at, token in enumerate(statement[:-1]):
        if not isinstance(token, Mark):
            continue
        owner, _, step = token.text.rpartition(".")
        if step not in STEPS or owner not in _OWNERS or (at and text_of(statement[at - 1]) in ("def", ".", "?")):
            continue
        given = statement[at + 1 : at + 1 + MOST]
        arguments = dict(named(given))
        script = arguments.get("script", arguments.get("", []))
        if not any(isinstance(t, String) for t in script):
            continue
        last = max(t.span.end for t in script)
        yield _region(reader, step, script, Span(token.span.start, last), where)


def _region(reader: Reader, step: str, script: Statement, anchor: Span, where: _Where) -> Region:
    region, language = reader.region, STEPS[step]
    made = _text(reader, script)
    facts = where.facts
    named_program = _SHEBANG.match(made[0]) if language == "shell" else None
    if named_program:
        program = named_program[1].rstrip("0123456789.")
        language = "python" if program in ("python", "pypy") else "shell" if program.endswith("sh") else ""
        facts = (*facts, Fact("shell", program, Evidence("the script's first line", region.outer(script[0].span))))
    if step in ("bat", "powershell"):
        facts = (*facts, Fact("platform", "windows", Evidence(f"{step} runs on Windows", region.outer(anchor))))
        # No runner is known by name, and Windows says more than an unknown one.
        facts = tuple(f for f in facts if f.kind != "runner" or f.value)
    system = region.named(where.system)
    return region.inside(
        language,
        made,
        facts=facts,
        place=Place(system, region.named(f"{where.system}/{step}:{anchor.start}")),
        anchor=anchor,
        notation=_notation(script),
    )


def _text(reader: Reader, script: Statement) -> tuple[str, SourceMap]:
    """The text of strings joined by `+`; what is not known is one unknown part of a word."""
    out, quotes, depth = MappedText(), Quotes(), 0
    for at, token in enumerate(script):
        mark = text_of(token)
        depth += (mark == "(") - (mark == ")")
        if isinstance(token, String):
            if depth and at and text_of(script[at - 1]) == "(" and at > 1 and _named(script[at - 2]):
                continue  # an argument of a method
            for part in token.parts:
                _add(reader, out, quotes, part)
        elif _named(token) and not mark.startswith(".") and not (at and text_of(script[at - 1]) == "."):
            _add(reader, out, quotes, Part(mark, token.span, hole=True))
    return out.finish(script[0].span.start)


def _named(token: object) -> bool:
    return isinstance(token, Mark) and token.name


def _add(reader: Reader, out: MappedText, quotes: Quotes, part: Part) -> None:
    if part.hole:
        name = part.text.removeprefix("env.")
        text = reader.known.get(name)
        if text is None:
            text = quotes.hole(name if part.text.startswith("env.") and name.isidentifier() else "template")
        out.opaque(text, part.span)
        quotes.read(text if part.text in reader.known else "")
        return
    quotes.read(part.text)
    if len(part.text) == len(part.span) and part.text == reader.region.text[part.span.start : part.span.end]:
        out.verbatim(part.text, part.span.start)
    else:
        out.opaque(part.text, part.span)


_SINGLE = Escaped((("\\", "\\\\"), ("'", "\\'")))
_DOUBLE = Escaped((("\\", "\\\\"), ('"', '\\"'), ("$", "\\$")))
_TRIPLE_SINGLE = Escaped((("\\", "\\\\"), ("'", "\\'"), ("\n", "\n")))
_TRIPLE_DOUBLE = Escaped((("\\", "\\\\"), ('"', '\\"'), ("$", "\\$"), ("\n", "\n")))
_NOTATIONS: dict[str, Notation] = {
    "'": _SINGLE,
    '"': _DOUBLE,
    "'''": _TRIPLE_SINGLE,
    '"""': _TRIPLE_DOUBLE,
}


def _notation(script: Statement) -> Notation:
    string = next((t for t in script if isinstance(t, String)), None)
    return _NOTATIONS.get(string.quote, verbatim) if string else verbatim
