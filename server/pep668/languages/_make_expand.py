"""Puts a makefile's variables into its texts, as far as the file itself tells their values.

What is not known stays a shell expansion, `${NAME}` or `${}`, so that the shell reader sees one unknown part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap, Span

from ._make_line import brackets, reference_end

Made = tuple[str, SourceMap]

UNKNOWN = "${}"
_DEEPEST = 24
_LONGEST = 4_000  # characters of a value: variables that double themselves end here
_MOST_STEPS = 2_000  # references of one text
_MOST_OF_ALL = 20_000  # references of a file, and one more for each of its characters
MOST_ADDED = 100_000  # characters that the references of one text bring
_REFERENCE = re.compile(r"\$|@(?=[A-Z][A-Z0-9_]*@)")
_SUBSTITUTED = re.compile(r"@([A-Z][A-Z0-9_]*)@")
_CALL = re.compile(r"\$[({]call[ \t]+([^\s(){},$:=]+)[ \t]*")
_SHELL = re.compile(r"\$[({]shell[ \t]+")
_LOOP = re.compile(r"\$[({]foreach[ \t]+")
_FUNCTION = re.compile(r"([a-z]+)[ \t]+")
HERE = "${CURDIR}"
_BUILT_IN = {"MAKE": "make", "RM": "rm -f", "PWD": HERE}
_SILENT = ("info", "warning", "error", "eval")


@dataclass(frozen=True, slots=True)
class Value:
    """`text` is None when unknown; that of a `deferred` one is expanded where it is used. `body` is its place."""

    text: str | None
    deferred: bool = False
    body: Made | None = None


Scope = Mapping[str, Value]
NO_ARGUMENTS = {str(i): Value("") for i in range(1, 10)}  # of a function that is called with less


class Expander:
    """Expands texts with the variables of `table`; `size` is the makefile's, which bounds how much is done."""

    def __init__(self, size: int) -> None:
        self.table: dict[str, Value] = {}
        self._steps = 0
        self._left = _MOST_OF_ALL + size

    def expand(self, text: str, scope: Scope | None = None) -> str:
        """The text with the known values put in, `$$` as `$`."""
        if "$" not in text and "@" not in text:
            return text
        self._steps = 0
        return self._expand(text, scope or {}, frozenset())

    def expanded(self, made: Made, scope: Scope) -> Made:
        """The same with its map: what came from a reference is opaque."""
        text, within = made
        if "$" not in text and "@" not in text:
            return made
        self._steps = 0
        out = MappedText()
        added = 0
        for start, end, value in self._pieces(text, scope, frozenset()):
            if value is None:
                out.verbatim(text[start:end], start)
            else:
                added += len(value)
                out.opaque(value if added <= MOST_ADDED else UNKNOWN, Span(start, end))
        inner, mapped = out.finish()
        return inner, within.compose(mapped)

    def once(self, made: Made, scope: Scope) -> Made:
        """A text that is expanded and then read as a makefile: what is not known stays a reference."""
        text, within = made
        out = MappedText()
        for start, end, value in self._pieces(text, scope, frozenset()):
            if value is None or "${" in value:
                out.verbatim(text[start:end], start)
            else:
                out.opaque("$" if text.startswith("$$", start) else value.replace("$", "$$"), Span(start, end))
        inner, mapped = out.finish()
        return inner, within.compose(mapped)

    def _expand(self, text: str, scope: Scope, active: frozenset[str]) -> str:
        out: list[str] = []
        length = 0
        for start, end, value in self._pieces(text, scope, active):
            out.append(text[start:end] if value is None else value)
            length += len(out[-1])
            if length > len(text) + _LONGEST:
                return UNKNOWN
        return "".join(out)

    def _pieces(self, text: str, scope: Scope, active: frozenset[str]) -> Iterator[tuple[int, int, str | None]]:
        """Runs of the text: start, end and the value that takes their place, None where they stand for themselves."""
        pairs = brackets(text)
        at = 0
        while found := _REFERENCE.search(text, at):
            if found.start() > at:
                yield at, found.start(), None
            at = found.start()
            if found[0] == "@":
                name = _SUBSTITUTED.match(text, at)
                assert name is not None
                yield at, name.end(), "${" + name[1] + "}"
                at = name.end()
                continue
            end = reference_end(text, at, pairs)
            if text.startswith("$$", at):
                yield at, end, "$"
            elif end == at + 1 or not text[at + 1].strip():
                yield at, end, None  # a `$` at the end, or a reference that nothing closes
            elif (loop := _LOOP.match(text, at)) and len(active) < _DEEPEST:
                yield from self._loop(text, loop.end(), end - 1, scope, active)
            else:
                inner = text[at + 2 : end - 1] if end - at > 2 else text[at + 1]
                yield at, end, self._value(inner, scope, active)
            at = end
        if at < len(text):
            yield at, len(text), None

    def _loop(
        self, text: str, start: int, end: int, scope: Scope, active: frozenset[str]
    ) -> Iterator[tuple[int, int, str | None]]:
        """The body of a `foreach`, once, its variable not known."""
        spans = _argument_spans(text, start, end)
        if len(spans) < 3:
            return
        name = text[slice(*spans[0])].strip()
        behind = spans[2][0]
        inner = {**scope, name: Value(None)}
        for first, last, value in self._pieces(text[behind:end], inner, active | {f"({len(active)})"}):
            yield first + behind, last + behind, value

    def _value(self, inner: str, scope: Scope, active: frozenset[str]) -> str:
        self._steps += 1
        self._left -= 1
        if self._left < 0 or len(active) > _DEEPEST or self._steps > _MOST_STEPS:
            return UNKNOWN
        function = _FUNCTION.match(inner)
        if function:
            return self._function(function[1], inner[function.end() :], scope, active | {f"({len(active)})"})
        name = self._expand(inner, scope, active | {f"({len(active)})"}) if "$" in inner else inner
        return self._variable(name.strip(), scope, active)

    def _variable(self, name: str, scope: Scope, active: frozenset[str]) -> str:
        value = scope.get(name) or self.table.get(name)
        symbol = "${" + name + "}" if re.fullmatch(r"[A-Za-z_]\w*|\d+", name, re.ASCII) else UNKNOWN
        if symbol == UNKNOWN and re.fullmatch(r"[\w.-]+", name, re.ASCII):
            symbol = "${" + re.sub(r"\W", "_", name) + "}" if name[0].isalpha() else UNKNOWN
        if value is None:
            return _BUILT_IN.get(name, symbol)
        if value.text is None or name in active:
            return symbol
        if not value.deferred:
            return value.text
        text = self._expand(value.text, scope, active | {name})
        return symbol if text.strip() == UNKNOWN else text

    def _function(self, name: str, text: str, scope: Scope, active: frozenset[str]) -> str:
        if name in _SILENT:
            return ""
        if name == "shell" and text.strip() in ("pwd", "pwd -P"):
            return HERE
        if name not in ("strip", "call", "or", "abspath", "realpath"):
            return UNKNOWN
        arguments = [self._expand(a, scope, active) for a in split_arguments(text)]
        if name == "call":
            return self._called(arguments, scope, active)
        if name == "strip":
            return " ".join(arguments[0].split())
        if name == "or":
            return self._or(arguments)
        path = arguments[0].strip()
        if not path or " " in path or path.startswith("${}"):
            return UNKNOWN
        return path if path.startswith(("/", "$")) else f"{HERE}/{path}"

    def _called(self, arguments: list[str], scope: Scope, active: frozenset[str]) -> str:
        name = arguments[0].strip()
        if name not in self.table or name in active:
            return UNKNOWN
        value = self.table[name]
        if value.text is None or not value.deferred:
            return value.text or UNKNOWN
        inner = {**scope, **NO_ARGUMENTS, **{str(i): Value(a) for i, a in enumerate(arguments) if i}}
        return self._expand(value.text, inner, active | {name}).strip("\n")

    def _or(self, arguments: list[str]) -> str:
        """The first that is not empty; a variable that the file does not set gives way, as it does for `?=`."""
        first, second = arguments[0].strip(), (arguments[1].strip() if len(arguments) == 2 else "")
        named = re.fullmatch(r"\$\{(\w+)\}", first)
        if named and re.fullmatch(r"[\w./-]+", second) and named[1] not in self.table:
            return "${" + named[1] + ":-" + second + "}"
        return first if first and "${" not in first else UNKNOWN


def split_arguments(text: str) -> list[str]:
    """The arguments of a function, at the commas outside brackets."""
    return [text[start:end] for start, end in _argument_spans(text, 0, len(text))]


def _argument_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pairs = brackets(text)
    out: list[tuple[int, int]] = []
    at = start
    while at < end:
        if text[at] in "({":
            at = pairs.get(at, at)
        elif text[at] == ",":
            out.append((start, at))
            start = at + 1
        at += 1
    return [*out, (start, end)]


def calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """The names and the arguments, unexpanded, of the text's `$(call NAME,...)`."""
    if "call" not in text:
        return
    pairs = brackets(text)
    for found in _CALL.finditer(text):
        end = pairs.get(found.start() + 1)
        if end is not None and end >= found.end():
            yield found[1], split_arguments(text[found.end() : end])[1:]


def shells(made: Made) -> Iterator[Made]:
    """What the text's `$(shell ...)` run, unexpanded; not those inside another one."""
    text, within = made
    if "shell" not in text:
        return
    pairs = brackets(text)
    behind = 0
    for found in _SHELL.finditer(text):
        end = pairs.get(found.start() + 1)
        if end is not None and found.start() >= behind and not text.startswith("$$", found.start() - 1):
            behind = end
            inner = text[found.end() : end]
            yield inner, within.compose(SourceMap.identity(len(inner), found.end()))
