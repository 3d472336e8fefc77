"""CMake: what processes, custom commands and targets, tests and external projects run, each COMMAND a process."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, Span

from . import Language

LANGUAGE = Language("cmake", ids=("cmake",), names=("CMakeLists.txt",), patterns=("*.cmake", "*.cmake.in"))

_CALL = re.compile(
    r"^[ \t]*(execute_process|add_custom_command|add_custom_target|add_test|externalproject_add(?:_step)?)[ \t]*\(",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(
    r"(?P<skip>\s+|\#\[(?P<bars>=*)\[.*?\](?P=bars)\]|\#[^\n]*)|(?P<quoted>\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<bracket>\[(?P<equals>=*)\[.*?\](?P=equals)\])|(?P<open>\()|(?P<close>\))|(?P<plain>(?:[^\s()#\"\\]|\\.)+)",
    re.DOTALL,
)
_COMMANDS = frozenset(("COMMAND", "ARGS"))
_STEP = re.compile(r"[A-Z]+_COMMAND")  # of an external project
_KEYWORD = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
# Keywords that end a command's arguments.
_KEYWORDS = frozenset(
    """
    ALL APPEND BYPRODUCTS CODE COMMAND_ECHO COMMAND_ERROR_IS_FATAL COMMAND_EXPAND_LISTS COMMENT DEPENDS DEPFILE
    ECHO_ERROR_VARIABLE ECHO_OUTPUT_VARIABLE ENCODING ERROR_FILE ERROR_QUIET ERROR_STRIP_TRAILING_WHITESPACE
    ERROR_VARIABLE IMPLICIT_DEPENDS INPUT_FILE JOB_POOL MAIN_DEPENDENCY OUTPUT OUTPUT_FILE OUTPUT_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE POST_BUILD PRE_BUILD PRE_LINK RESULTS_VARIABLE
    RESULT_VARIABLE SOURCES TARGET TIMEOUT USES_TERMINAL VERBATIM WORKING_DIRECTORY
    """.split()
)
_UNKNOWN = re.compile(r"\$ENV\{(\w+)\}|\$<[^\s>]*(?:<[^\s>]*>[^\s>]*)*>|@(\w+)@|\\(.)", re.DOTALL)
_PLAIN = re.compile(r"[\w./:@%+,=${}-]+")


def extract(region: Region) -> Iterator[Region]:
    """The argument lists of all COMMANDs, as shell text."""
    text = region.text
    at = 0
    while found := _CALL.search(text, at):
        yield from _call(region, found.end())
        at = found.end()


def _call(region: Region, at: int) -> Iterator[Region]:
    words: list[Span] = []
    found: list[list[Span]] = []
    folder: str | None = None
    inside = before = ""
    depth = 1
    while depth and (token := _TOKEN.match(region.text, at)):
        at = token.end()
        kind = token.lastgroup
        depth += (kind == "open") - (kind == "close")
        if kind not in ("quoted", "bracket", "plain"):
            continue
        step = kind == "plain" and _STEP.fullmatch(token[0]) is not None
        if step or (kind == "plain" and token[0] in _COMMANDS):
            if token[0] != "ARGS":
                words = []
                found.append(words)
            inside = "COMMAND"
        elif kind == "plain" and (token[0] in _KEYWORDS or _KEYWORD.fullmatch(token[0])):
            inside = token[0]
        elif inside == "COMMAND":
            words.append(Span(*token.span()))
        elif before == "WORKING_DIRECTORY":
            folder = token[0].strip('"')
        before = token[0]
    for spans in found:
        if spans:
            yield _process(region, spans, folder)


def _process(region: Region, words: list[Span], folder: str | None) -> Region:
    out = MappedText()
    written = [region.text[w.start : w.end] for w in words]
    if written[0] in ("${CMAKE_COMMAND}", "cmake") and written[1:3] == ["-E", "env"]:
        words = words[2:]  # `env` of CMake's own, which is told like the other one
    for index, span in enumerate(words):
        if index:
            out.opaque(" ", Span(words[index - 1].end, span.start))
        quoted = region.text[span.start] == '"'
        inner = Span(span.start + 1, span.end - 1) if quoted else span
        quote = '"' if quoted or not _PLAIN.fullmatch(region.text[span.start : span.end]) else ""
        out.opaque(quote, Span(span.start, span.start + 1))
        _word(out, region.text, inner)
        out.opaque(quote, Span(span.end - 1, span.end))
    whole = words[0].to(words[-1])
    system = region.named("cmake")
    facts: tuple[Fact, ...] = ()
    if folder is not None:
        evidence = Evidence(f"WORKING_DIRECTORY {folder}", region.outer(whole))
        facts = (Fact("directory", folder, evidence),)
    place = Place(system, f"{system}/{whole.start}")
    return region.inside("shell", out.finish(whole.start), facts=facts, place=place, anchor=whole)


def _word(out: MappedText, text: str, span: Span) -> None:
    at = span.start
    for found in _UNKNOWN.finditer(text, span.start, span.end):
        out.verbatim(text[at : found.start()], at)
        name = found[1] or found[2]
        made = found[3] or "${" + (name or "generator_expression") + "}"
        out.opaque(made, Span(*found.span()))
        at = found.end()
    out.verbatim(text[at : span.end], at)
