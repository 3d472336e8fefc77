"""A recipe's lines as their shells get them: without prefixes, with what variables and `define`s put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pep668.text import LineTable, Segment, SourceMap, Span

from ._make_expand import NO_ARGUMENTS, UNKNOWN, Scope, Value, calls
from ._make_line import brackets, joined
from ._make_nouns import Line, Made, Rule, Text
from ._make_values import Values

_PREFIX = re.compile(r"(?:[ \t@+-]|\\\r?\n)*")
_SUBSTITUTED = re.compile(r"[ \t+-]*(?=@[A-Z][A-Z0-9_]*@)")
# Variables that hold `@` or nothing, by the names that everybody gives them.
_QUIET = re.compile(r"\$[({]?(?:Q|V|AT|HIDE|SILENT|QUIET|VERBOSE|CMD_PREFIX|AM_V_\w+|\w+_at)\b[)}]?", re.ASCII)
_CANNED = re.compile(r"\$[({](?:call[ \t]+)?([^\s(){},$:=]+)[ \t]*(?=[,)}])")
_NAMED = re.compile(r"\$?\$[({](?:call[ \t]+)?([^\s(){},$:=#]+)")


class Recipes:
    """Reads the recipes of a makefile whose variables are known."""

    def __init__(self, values: Values, texts: Iterable[str]) -> None:
        self.values = values
        self._used: set[str] = set()  # a `define` is read where it is called first
        self._given: dict[str, dict[str, set[str]]] = {}  # what all calls in `texts` give, by name and position
        for text in texts:
            self._note(text)

    def _note(self, text: str) -> None:
        for name, arguments in calls(text):
            given = self._given.setdefault(name, {})
            for index, argument in enumerate(arguments, 1):
                given.setdefault(str(index), set()).add(self.values.expand(argument).strip())

    def _arguments(self, name: str) -> dict[str, Value]:
        if name not in self._given:
            return {}
        given = self._given[name].items()
        return NO_ARGUMENTS | {index: Value(min(texts) if len(texts) == 1 else None) for index, texts in given}

    def targets(self, rule: Rule) -> list[str]:
        return self.values.expand(rule.targets).split()

    def scope(self, rule: Rule) -> Scope:
        """The automatic variables, where they are plain, and those made for the rule's targets alone."""
        targets = self.targets(rule)
        scope: dict[str, Value] = {}
        for target in targets:
            scope.update(self.values.targets.get(target, {}))
        needed = self.values.expand(rule.prerequisites).partition("|")[0].split()
        target = targets[0] if len(targets) == 1 else ""
        everything = " ".join(needed)
        for name, value in (("@", target), ("<", needed[0] if needed else ""), ("^", everything), ("+", everything)):
            plain = value if value and not set("%$:") & set(value) else UNKNOWN
            folder, _, base = plain.rpartition("/")
            scope[name] = Value(plain)
            if " " not in plain and plain != UNKNOWN:
                scope[f"{name}D"], scope[f"{name}F"] = Value(folder or "."), Value(base)
        return scope

    def commands(self, line: Line, scope: Scope) -> Iterator[Line]:
        """The lines that run for one of the recipe: itself, or those of the `define` that it names."""
        text = line.made[0]
        at = _prefix(text)
        name = _canned(text, at)
        value = self.values.table.get(name) if name not in scope else None
        if value is not None and value.body is not None:
            yield from self._lines_of(name, value.body, line, scope)
            return
        expanded, mapped = self.values.expanded(_behind(line.made, at), scope)
        at = 0 if _SUBSTITUTED.match(text) else _prefix(expanded)
        yield Line(_behind((expanded, mapped), at), line.windows)

    def _lines_of(self, name: str, body: Made, line: Line, scope: Scope) -> Iterator[Line]:
        if name in self._used:
            return
        self._used.add(name)
        arguments = self._arguments(name)
        for made in _lines(body):
            self._note(made[0])
            yield from self.commands(Line(made, line.windows), {**scope, **arguments})

    def evaluated(self, found: Text) -> Iterator[Made]:
        """The makefiles that `$(eval $(call NAME,...))` makes: the `define`s' texts, expanded once."""
        if "eval" not in found.made[0]:
            return
        for named in _NAMED.finditer(found.made[0]):
            value = self.values.table.get(named[1])
            if value is not None and value.body is not None and named[1] not in self._used:
                self._used.add(named[1])
                yield self.values.once(value.body, self._arguments(named[1]))


def _canned(text: str, at: int) -> str:
    """The variable that a line consists of, called or not; "" where there is more."""
    found = _CANNED.match(text, at)
    end = brackets(text).get(at + 1) if found else None
    return found[1] if found and end is not None and not text[end + 1 :].strip() else ""


def _prefix(text: str) -> int:
    """Where the command begins behind `@`, `-` and `+`, and behind variables that hold these."""
    substituted = _SUBSTITUTED.match(text)
    if substituted:
        return substituted.end()
    at = 0
    while True:
        found = _PREFIX.match(text, at)
        at = found.end() if found else at
        quiet = _QUIET.match(text, at)
        if not quiet:
            return at
        at = quiet.end()


def _behind(made: Made, at: int) -> Made:
    text = made[0][at:]
    return text, made[1].compose(SourceMap.identity(len(text), at))


def _lines(body: Made) -> Iterator[Made]:
    """The logical lines of a `define`, as a recipe's."""
    text, within = body
    table = LineTable(text)
    number = 0
    while number < len(table):
        after = number + 1
        while after < len(table) and _continues(table.line_text(after - 1)):
            after += 1
        inner, mapped = joined(text, table, number, after)
        yield inner, within.compose(mapped)
        number = after


def _continues(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def together(lines: Iterable[Made]) -> Made:
    """Lines as one text."""
    texts: list[str] = []
    segments: list[Segment] = []
    length = behind = 0
    for text, mapped in lines:
        if texts:
            outer = mapped.offset(0)
            segments.append(Segment(Span(length, length + 1), Span(min(behind, outer), outer), False))
            length += 1
        segments += [Segment(s.inner.shift(length), s.outer, s.verbatim) for s in mapped.segments]
        length += len(text)
        behind = mapped.end_offset(len(text))
        texts.append(text)
    return "\n".join(texts), SourceMap(segments)


__all__ = ["Recipes", "together"]
