"""A makefile's variables, as far as the file itself tells their values.

What is not known stays a shell expansion, `${NAME}` or `${}`, so that the shell reader sees one unknown part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pep668.text import MappedText, SourceMap, Span

from ._make import Assign, Branch, Conditional, Made
from ._make_line import brackets, reference_end

UNKNOWN = "${}"
_DEEPEST = 24
_LONGEST = 4_000  # characters of a value: variables that double themselves end here
_MOST_STEPS = 2_000  # references of one text
_MOST_OF_ALL = 20_000  # references of a file, and one more for each of its characters
_MOST_ADDED = 100_000  # characters that the references of one text bring
_REFERENCE = re.compile(r"\$|@(?=[A-Z][A-Z0-9_]*@)")
_SUBSTITUTED = re.compile(r"@([A-Z][A-Z0-9_]*)@")
_CALL = re.compile(r"\$[({]call[ \t]+([^\s(){},$:=]+)[ \t]*")
_SHELL = re.compile(r"\$[({]shell[ \t]+")
_FUNCTION = re.compile(r"([a-z]+)[ \t]+")
HERE = "${CURDIR}"
_BUILT_IN = {"MAKE": "make", "RM": "rm -f", "PWD": HERE}
_SILENT = ("info", "warning", "error", "eval")

# `ifndef X`, `ifeq ($(X),)`, `ifeq ($(origin X),undefined)`: a default, which the user may set otherwise
_GUARDED = re.compile(
    r"!?(\w+)|\(\s*\$[({](\w+)[)}]\s*,\s*\)|\(\s*,\s*\$[({](\w+)[)}]\s*\)|\(\s*\$[({]origin\s+(\w+)[)}].*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Value:
    """`text` is None when unknown; that of a `deferred` one is expanded where it is used."""

    text: str | None
    deferred: bool = False
    body: Made | None = None


Scope = Mapping[str, Value]
NO_ARGUMENTS = {str(i): Value("") for i in range(1, 10)}  # of a function that is called with less
_Log = dict[str, "Value | None"]  # the values before, None for a variable that was none


@dataclass(slots=True)
class _Open:
    """An open conditional and what its branches set; `complete` behind a last `else`."""

    at: Conditional
    test: str
    log: _Log = field(default_factory=dict)
    branches: list[tuple[bool, _Log]] = field(default_factory=list)
    complete: bool = False


class Values:
    """The variables at one point of the file. Feed assignments and branches in the file's order."""

    def __init__(self, size: int) -> None:
        self.table: dict[str, Value] = {}
        self.targets: dict[str, dict[str, Value]] = {}
        self.exports: dict[str, list[str]] = {}
        self._open: list[_Open] = []
        self._overridden: set[str] = set()
        self._steps = 0
        self._left = _MOST_OF_ALL + size

    # --- the file's order ---

    def assign(self, found: Assign) -> None:
        name = self.expand(found.name)
        text = found.value[0] if found.body else found.value[0].replace("\\#", "#")
        if found.targets:
            for target in self.expand(found.targets).split():
                mine = self.targets.setdefault(target, {})
                before = mine.get(name) or self.table.get(name)
                mine[name] = self._assigned(found, text, mine.get(name), before)
                if found.exported:
                    self.exports.setdefault(target, []).append(name)
            return
        before = self.table.get(name)
        if found.overrides:
            self._overridden.add(name)
        elif name in self._overridden:
            return
        self._set(name, self._assigned(found, text, before, before))

    def _assigned(self, found: Assign, text: str, mine: Value | None, before: Value | None) -> Value:
        operator = found.operator
        if operator == "?=" and mine is not None:
            return mine
        if operator == "!=":
            return Value(None)
        if operator == "+=" and before is not None:
            if before.text is None:
                return before
            more = text if before.deferred else self.expand(text)
            return _bounded(f"{before.text} {more}".strip(), before.deferred)
        if operator.startswith(":"):
            value = self.expand(text)
            return Value(None) if value.strip() == UNKNOWN else _bounded(value, False)
        return Value(text, True, found.body)

    def _set(self, name: str, value: Value | None) -> None:
        if self._open:
            self._open[-1].log.setdefault(name, self.table.get(name))
        if value is None:
            self.table.pop(name, None)
        else:
            self.table[name] = value

    def branch(self, found: Branch) -> None:
        if found.kind == "if":
            self._open.append(_Open(Conditional.opened(found), found.test))
        elif self._open:
            current = self._open[-1]
            self._end_branch(current)
            if found.kind == "else":
                current.at.turn(found)
                current.complete = not found.test
            else:
                self._open.pop()
                self._merge(current)

    def _end_branch(self, current: _Open) -> None:
        """Keeps what the branch has set and goes back to the values before it."""
        made: _Log = {name: self.table.get(name) for name in current.log}
        current.branches.append((current.at.windows, made))
        for name, before in current.log.items():
            if before is None:
                self.table.pop(name, None)
            else:
                self.table[name] = before
        current.log = {}

    def _merge(self, current: _Open) -> None:
        """What holds behind the whole conditional. No Windows Python is marked, so its branches decide nothing."""
        guarded = _GUARDED.fullmatch(current.test)
        elsewhere = [made for windows, made in current.branches if not windows]
        if not current.complete:
            elsewhere.append({})
        for name in {n for _, made in current.branches for n in made}:
            before = self.table.get(name)
            values = {made.get(name, before) for made in elsewhere}
            if guarded and before is None and name == guarded[guarded.lastindex or 0]:
                values.discard(None)
            self._set(name, values.pop() if len(values) == 1 else Value(None))

    # --- expansion ---

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
                out.opaque(value if added <= _MOST_ADDED else UNKNOWN, Span(start, end))
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

    def exported_for(self, targets: list[str]) -> list[str]:
        """The variables exported for one of these targets alone."""
        return [name for target in targets for name in self.exports.get(target, ())]

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
            else:
                inner = text[at + 2 : end - 1] if end - at > 2 else text[at + 1]
                yield at, end, self._value(inner, scope, active)
            at = end
        if at < len(text):
            yield at, len(text), None

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


def _bounded(text: str, deferred: bool) -> Value:
    return Value(text if len(text) <= _MOST_ADDED else None, deferred)


def split_arguments(text: str) -> list[str]:
    """The arguments of a function, at the commas outside brackets."""
    pairs = brackets(text)
    out: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at] in "({":
            at = pairs.get(at, at)
        elif text[at] == ",":
            out.append(text[start:at])
            start = at + 1
        at += 1
    return [*out, text[start:]]


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
