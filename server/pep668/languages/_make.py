"""Reads a makefile's structure: rules with their recipes, assignments, `define`s, conditionals.

As GNU make reads it (`eval` in its read.c), with automake's, BSD make's and nmake's conditionals tolerated.
Nothing is expanded here, but for `.RECIPEPREFIX`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.text import LineTable, MappedText, SourceMap, Span

from ._make_line import assignment, colon, comment, joined, recipe, semicolon
from ._make_nouns import Assign, Branch, Conditional, Export, Line, Made, Rule, Statement, Text

_BRANCH = re.compile(r"(ifeq|ifneq|ifdef|ifndef|else|endif)(?=[\s('\"]|$)(.*)", re.DOTALL)
_FOREIGN = re.compile(
    r"[.!][ \t]*(if\w*|el(?:se[ \t]*)?if\w*|else|endif)\b(.*)|(if)([ \t]+!?\w+[ \t]*)\Z", re.DOTALL | re.IGNORECASE
)
_OTHER_DIRECTIVE = re.compile(
    r"[.!][ \t]*(?:include|sinclude|for|endfor|undef|error|warning|info|message|cmdswitches)\b"
)
_MODIFIERS = re.compile(r"(?:(?:export|override|private)[ \t]+)+")
_DEFINE = re.compile(r"define(?:[ \t]+|\Z)")
_END_DEFINE = re.compile(r"[ ]*endef(?=[ \t#]|$)")
_START_DEFINE = re.compile(
    r"[ ]*(?:(?:export|override|private)[ \t]+)*define[ \t]+[^\s=:+?!]+[ \t]*(?:[:+?]{0,3}=)?[ \t]*$"
)
_DEFINED = re.compile(r"(\S+?)[ \t]*(:{1,3}=|[?+!]?=)?[ \t]*$", re.DOTALL)
_KEYWORD = re.compile(r"-?include\b|sinclude\b|vpath\b|-?load\b|undefine\b|unexport\b")


def read(text: str) -> Iterator[Statement]:
    """The statements of a makefile; a rule stands where it begins."""
    return iter(_Reader(text).read())


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.table = LineTable(text)
        self.prefix = "\t"
        self.rule: Rule | None = None  # whose recipe may go on
        self.last: Rule | None = None
        self.out: list[Statement] = []
        self.open: list[Conditional] = []
        self.bodies = self._bodies()

    def read(self) -> list[Statement]:
        number = 0
        while number < len(self.table):
            number = self._line(number)
        return self.out

    def _bodies(self) -> dict[int, int]:
        """The line of the `endef` by that of its `define`."""
        if "endef" not in self.text:
            return {}
        out: dict[int, int] = {}
        pending: list[int] = []
        for number in range(len(self.table)):
            line = self.table.line_text(number)
            if _START_DEFINE.match(line):
                pending.append(number)
            elif pending and _END_DEFINE.match(line):
                out[pending.pop()] = number
        return out

    def _line(self, number: int) -> int:
        """Reads the logical line that begins there; the number of the line behind it."""
        after = self._behind(number)
        line = self.table.line_text(number)
        if line.startswith(self.prefix) and (self.rule or (self.last and not self._is_statement(number, after))):
            self._recipe(number, after)
            return after
        made = joined(self.text, self.table, number, after)
        text = made[0][: comment(made[0])]
        content = text.strip()
        if not content:
            return after
        span = Span(self.table.starts[number], self.table.line_span(after - 1).end)
        branch = _branch(content, span)
        if branch:
            self.out.append(branch)
            self._enter(branch)
            return after
        if _OTHER_DIRECTIVE.match(content):
            return after
        lead = len(text) - len(text.lstrip())
        modifiers = _MODIFIERS.match(text, lead)
        at = modifiers.end() if modifiers else lead
        if _DEFINE.match(text, at):
            return self._define(text[at:].strip(), modifiers, span, after)
        found = assignment(text, at) or assignment(text, lead)
        if found is not None:
            self._assign(made, text, found, modifiers[0] if modifiers else "", span, "")
            self.rule = None
        elif (modifiers and modifiers[0].startswith("export")) or content == "export":
            self.out.append(Export(content.removeprefix("export").strip(), span))
        elif self.rule and line[:1] in (" ", "\t") and self._runs(text):
            self._recipe(number, after)  # what lost its tab is what its author means
        else:
            self._rule_or_text(made, text, span)
        return after

    def _behind(self, number: int) -> int:
        """The number of the first line behind the logical line."""
        last = len(self.table)
        while number < last:
            line = self.table.line_text(number)
            number += 1
            if not line.endswith("\\") or (len(line) - len(line.rstrip("\\"))) % 2 == 0:
                break
        return number

    def _is_statement(self, number: int, after: int) -> bool:
        """Whether a line behind a tab, where no recipe can go on, is one that make reads itself."""
        text = joined(self.text, self.table, number, after)[0].strip()
        return (
            not text
            or text.startswith("#")
            or bool(_branch(text, Span(0, 0)) or assignment(text, 0))
            or bool(_MODIFIERS.match(text))
        )

    def _runs(self, text: str) -> bool:
        return colon(text) is None and not _KEYWORD.match(text.lstrip())

    def _recipe(self, number: int, after: int) -> None:
        rule = self.rule or self.last
        if rule is not None:
            self._add(rule, recipe(self.text, self.table, number, after, self.prefix))
            rule.end = self.table.line_span(after - 1).end

    def _add(self, rule: Rule, made: Made) -> None:
        rule.recipe.append(Line(made, next((c.test for c in self.open if c.windows), None)))

    def _enter(self, branch: Branch) -> None:
        if branch.kind == "if":
            self.open.append(Conditional.opened(branch))
        elif self.open and branch.kind == "else":
            self.open[-1].turn(branch)
        elif self.open:
            self.open.pop()

    def _assign(
        self, made: Made, text: str, found: tuple[int, int, str, int], modifiers: str, span: Span, targets: str
    ) -> None:
        start, end, operator, behind = found
        while behind < len(text) and text[behind] in " \t":
            behind += 1
        value = text[behind:]
        name = text[start:end]
        if name == ".RECIPEPREFIX":
            self.prefix = value[:1] or "\t"
        mapped = made[1].compose(SourceMap.identity(len(value), behind))
        self.out.append(Assign(name, operator, (value, mapped), span, modifiers, targets))

    def _define(self, content: str, modifiers: re.Match[str] | None, span: Span, number: int) -> int:
        last = self.bodies.get(number - 1)
        if last is None:  # half typed: what follows may be anything
            self.rule = None
            return number
        start = self.table.starts[number]
        end = self.table.line_span(last - 1).end if last > number else start
        body = MappedText()
        body.verbatim(self.text[start:end], start)
        made = body.finish(start)
        named = _DEFINED.fullmatch(content.removeprefix("define").strip())
        self.rule = None
        if named:
            before = modifiers[0] if modifiers else ""
            self.out.append(Assign(named[1], named[2] or "=", made, span, before, body=made))
        return last + 1

    def _rule_or_text(self, made: Made, text: str, span: Span) -> None:
        at = None if _KEYWORD.match(text.lstrip()) else colon(text)
        if at is None:
            self.rule = None
            self.out.append(Text((text, made[1].compose(SourceMap.identity(len(text), 0))), span))
            return
        start, end = at
        targets = text[:start].strip()
        rest = end + len(text[end:]) - len(text[end:].lstrip())
        modifiers = _MODIFIERS.match(text, rest)
        found = assignment(text, modifiers.end() if modifiers else rest)
        if found is not None:
            self._assign(made, text, found, modifiers[0] if modifiers else "", span, targets)
            self.rule = None
            return
        command = semicolon(text, end)
        head = text[: command if command is not None else len(text)]
        prerequisites = head[end:].strip()
        mapped = made[1].compose(SourceMap.identity(len(head), 0))
        self.rule = self.last = rule = Rule(targets, prerequisites, (head, mapped), span.start, span.end)
        self.out.append(rule)
        if command is not None:
            whole = made[0][command + 1 :]
            self._add(rule, (whole, made[1].compose(SourceMap.identity(len(whole), command + 1))))


def _branch(content: str, span: Span) -> Branch | None:
    found = _BRANCH.match(content)
    if found:
        word, test = found[1], found[2].strip()
        if assignment(content, 0):
            return None
        if word == "else" and (further := _BRANCH.match(test)):
            return Branch("else", further[2].strip(), span, further[1].startswith("ifn"))
        kind = word if word in ("else", "endif") else "if"
        return Branch(kind, test, span, word.startswith("ifn"))
    foreign = _FOREIGN.match(content)
    if not foreign:
        return None
    word = (foreign[1] or foreign[3]).lower()
    kind = "endif" if word == "endif" else "else" if word.startswith("el") else "if"
    test = (foreign[2] or foreign[4] or "").strip()
    return Branch(kind, test, span, "ifn" in word or test.startswith("!"))
