"""A makefile as fixes see it: its rules, what they need, and how its author writes places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise

from pep668.languages._make import read
from pep668.languages._make_expand import HERE, UNKNOWN
from pep668.languages._make_line import colon
from pep668.languages._make_nouns import Assign, Branch, Line, Rule
from pep668.languages._make_values import Values
from pep668.model import Command, Region
from pep668.text import Edit, Span, newline_of

from ._edits import Rewrite, tokens

WORD = re.compile(r"[\w./+-]+")  # a path that make and the shell read as it stands
REFERENCE = re.compile(r"\$(?:\((\w+)\)|\{(\w+)\})")
_PLACE = re.compile(rf"(?:{re.escape(HERE)}/|\$\{{HOME\}}/)?[\w./+-]*[\w+-]")
_NAMES = re.compile(r"(?:py(?:thon)?_?)?v(?:irtual)?_?env(?:_?(?:dir|path|name|folder|root))?", re.IGNORECASE)
_NO_PLACE = re.compile(r"\d+|true|false|yes|no|on|off|(?:.*/)?(?:bin|python[\d.]*|virtualenv)")
_TELLING = re.compile(r"env|py", re.IGNORECASE)  # in a variable's name: it holds an environment or a Python
_AUTOMATIC = re.compile(r"\$[({]?[\^+?<|]")
_OWN_NAME = re.compile(r"(?<!\$)\$[({]?@")
_OTHER_MAKE = re.compile(r"^[.!][ \t]*(?:if|include|for|else|endif|error|undef|cmdswitches)", re.MULTILINE)


def region_of(command: Command) -> Region | None:
    """The makefile that a command stands in; None where none does, or where `$(eval ...)` makes it."""
    region: Region | None = command.region
    while region is not None and region.language != "makefile":
        region = region.parent
    if region is None or (region.parent is not None and region.parent.language == "makefile"):
        return None
    return region


class Makefile:
    """Its rules in order, the values of its variables at its end, and how `region` writes a text in the document."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.statements = list(read(region.text))
        self.rules = [s for s in self.statements if isinstance(s, Rule)]
        self.values = Values(len(region.text))
        for found in self.statements:
            if isinstance(found, Assign):
                self.values.assign(found)
            elif isinstance(found, Branch):
                self.values.branch(found)

    # --- where things stand -------------------------------------------------------------------------

    def outer(self, start: int, end: int) -> Span:
        return self.region.outer(Span(start, end))

    def _place_of_line(self, line: Line) -> Span:
        text, within = line.made
        return self.region.map.span(Span(within.offset(0), within.end_offset(len(text))))

    def rule_of(self, command: Command) -> tuple[Rule, int] | None:
        """The rule whose recipe a command stands in, and the number of the line; None for a `define`'s, for example."""
        at = command.outer(command.span)
        for rule in self.rules:
            if self.region.outer(rule.span) != command.region.anchor:
                continue
            for number, line in enumerate(rule.recipe):
                if self._place_of_line(line).covers(at):
                    return rule, number
        return None

    @cached_property
    def one_shell(self) -> bool:
        return any(rule.targets == ".ONESHELL" for rule in self.rules)

    @cached_property
    def gnu(self) -> bool:
        """Whether nothing speaks for a make that knows no order-only prerequisites."""
        return _OTHER_MAKE.search(self.region.text) is None

    def depth(self, offset: int) -> int:
        """How many conditionals are open there."""
        kinds = [s.kind for s in self.statements if isinstance(s, Branch) and s.span.start < offset]
        return kinds.count("if") - kinds.count("endif")

    def prefix(self, offset: int) -> str:
        """The character that a recipe's line begins with there."""
        prefixes = [s for s in self.assigned(".RECIPEPREFIX") if s.span.start < offset]
        return (prefixes[-1].value[0][:1] or "\t") if prefixes else "\t"

    # --- variables ----------------------------------------------------------------------------------

    def assigned(self, name: str) -> list[Assign]:
        return [s for s in self.statements if isinstance(s, Assign) and s.name == name and not s.targets]

    def value(self, name: str) -> str:
        return self.values.expand(f"$({name})").strip()

    def _steady(self, before: int) -> Iterator[tuple[str, str]]:
        """Variables that are set once, before an offset, and their values."""
        for found in self.statements:
            if not isinstance(found, Assign) or found.targets or found.body or found.span.end >= before:
                continue
            if found.name.isidentifier() and len(self.assigned(found.name)) == 1:
                yield found.name, self.value(found.name)

    def environment(self, before: int) -> tuple[str, str] | None:
        """A variable that names an environment's place: `$(VENV)` and its value."""
        for name, value in self._steady(before):
            if _NAMES.fullmatch(name) and _PLACE.fullmatch(value) and not _NO_PLACE.fullmatch(value):
                return f"$({name})", value
        return None

    def spelled(self, value: str, before: int) -> str:
        """A value as the file's author would write it: by the variable that holds it, where one does."""
        found = next((n for n, held in self._steady(before) if held == value and _TELLING.search(n)), None)
        if found is not None:
            return f"$({found})"
        return value.replace(HERE, "$(CURDIR)").replace("${HOME}", "$(HOME)")

    def known(self, spelled: str, where: Assign) -> bool:
        """Whether an assignment can hold a text's references: each has its value there, or when it is used."""
        if where.operator in ("=", "?="):
            return True
        names = [found[1] or found[2] for found in REFERENCE.finditer(spelled)]
        return all(any(s.span.end <= where.span.start for s in self.assigned(n)) for n in names)

    def users(self, name: str) -> list[Rule] | None:
        """The rules whose recipes use a variable; None where something else does as well."""
        pattern = re.compile(rf"(?<!\$)\$[({{]{re.escape(name)}(?![\w.-])")
        found = {id(r): sum(len(pattern.findall(line.made[0])) for line in r.recipe) for r in self.rules}
        if sum(found.values()) != len(pattern.findall(self.region.text)):
            return None
        return [rule for rule in self.rules if found[id(rule)]]

    # --- targets ------------------------------------------------------------------------------------

    def targets(self, rule: Rule) -> list[str]:
        return self.values.expand(rule.targets).split()

    def needs(self, rule: Rule) -> list[str]:
        return [word for word in self.values.expand(rule.prerequisites).split() if word not in ("|", ":")]

    @cached_property
    def phony(self) -> set[str]:
        return {name for rule in self.rules if rule.targets == ".PHONY" for name in self.needs(rule)}

    def making(self, target: str) -> list[Rule]:
        return [rule for rule in self.rules if target in self.targets(rule)]

    def reached(self, targets: list[str], *, surely: bool = False) -> set[str]:
        """These targets and all that they need, `surely`: whatever conditionals say."""
        found: set[str] = set()
        pending = list(targets)
        while pending:
            target = pending.pop()
            if target not in found:
                found.add(target)
                rules = (r for r in self.making(target) if not surely or not self.depth(r.start))
                pending += [name for rule in rules for name in self.needs(rule)]
        return found

    def _needed_by(self, rule: Rule) -> set[str]:
        """What is made before a rule's recipe runs."""
        needs = self.needs(rule)
        if not self._double(rule):
            others = (o for t in self.targets(rule) for o in self.making(t) if not self.depth(o.start))
            needs += [name for other in others if not self._double(other) for name in self.needs(other)]
        return self.reached(needs, surely=True)

    def _double(self, rule: Rule) -> bool:
        found = colon(rule.head[0])
        return found is not None and found[1] - found[0] == 2 and "&" not in rule.head[0][slice(*found)]

    # --- edits --------------------------------------------------------------------------------------

    def inserted(self, document: str, offset: int, new: str) -> tuple[Edit, ...] | None:
        written = self.region.written(new)
        if written is None:
            return None
        return (Edit(self.outer(offset, offset), written.replace("\n", newline_of(document))),)

    def with_prerequisite(self, document: str, rule: Rule, spelled: str, target: str) -> tuple[Edit, ...] | None:
        """The edit by which a rule needs a target; None where it cannot, since that one needs the rule itself."""
        targets = self.targets(rule)
        if target in self._needed_by(rule):
            return ()
        odd = [t for t in targets if UNKNOWN in t or (t.startswith(".") and "/" not in t)]
        if odd or not targets or not self.gnu or set(targets) & self.reached([target]):
            return None
        head, within = rule.head
        written = head.rstrip()
        order_only = "|" not in self.values.expand(rule.prerequisites).split() and self._tells_prerequisites(rule)
        end = within.end_offset(len(written))
        new = f" | {spelled}" if order_only else f" {spelled}"
        return self.inserted(document, end, new)

    def _tells_prerequisites(self, rule: Rule) -> bool:
        """Whether it matters what a rule needs, and when that was made: it makes a file, or names what it needs."""
        texts = [line.made[0] for line in rule.recipe]
        if any(_AUTOMATIC.search(text) for text in texts):
            return True
        files = [target for target in self.targets(rule) if target not in self.phony]
        return bool(files) and (any(set("./%") & set(f) for f in files) or any(_OWN_NAME.search(t) for t in texts))

    def with_rule(self, document: str, behind: Rule, head: str, command: str) -> tuple[Edit, ...] | None:
        """The edit that adds a rule behind another one, or at the end where it would be the default goal."""
        text = self.region.text
        at = self._free_line(behind.end)
        if at is None or not self._has_goal(at):
            at = len(text.rstrip())
            if self.depth(at) > 0 or text.endswith("\\", 0, at):
                return None
        prefix = self.prefix(at)
        if prefix != "\t" and f"\n{prefix} " in text:
            prefix += " "
        rest = text[at:].partition("\n")[2]
        blank = "\n" if rest and rest.partition("\n")[0].strip() else ""
        return self.inserted(document, at, f"\n\n{head}:\n{prefix}{command}{blank}")

    def _free_line(self, offset: int) -> int | None:
        """The end of a line at or behind an offset where no conditional is open."""
        if self.depth(offset) <= 0:
            return offset
        ends = (s.span.end for s in self.statements if isinstance(s, Branch) and s.kind == "endif")
        return next((end for end in ends if end >= offset and self.depth(end) <= 0), None)

    def _has_goal(self, before: int) -> bool:
        """Whether make has a default goal from what stands before an offset."""
        if self.assigned(".DEFAULT_GOAL"):
            return True
        goals = (t for rule in self.rules if rule.start < before for t in self.targets(rule))
        return any("%" not in t and (not t.startswith(".") or "/" in t) for t in goals)


class Recipe(Rewrite):
    """A command of a recipe. New words may hold references; a word that is a reference may give way as a whole."""

    def __init__(self, text: str, command: Command, file: Makefile) -> None:
        super().__init__(text, command)
        self.file = file
        self.plain = self.plain or _apart(text, [command.outer(span) for span in tokens(command)])

    def replace(self, span: Span, new: str) -> None:
        nested = self.command.region.origin is not None
        written = None if nested and "$" in new else self.file.region.written(new)
        if written is None or not self._whole(span):
            self.plain = False
        self._edits.append(Edit(self.command.outer(span), written or ""))

    def drop(self, span: Span) -> None:
        self.plain = self.plain and self._whole(span)
        super().drop(span)

    def _whole(self, span: Span) -> bool:
        """Whether no reference made more than what stands there."""
        made = (s.inner for s in self.command.region.map.segments if not s.verbatim)
        return all(span.covers(s) or s.end <= span.start or span.end <= s.start for s in made)


def _apart(text: str, outer: list[Span]) -> bool:
    """Whether words stand in the document one behind the other, references among them."""
    return all(
        one.end <= other.start and not text[one.end : other.start].strip(" \t\\\r\n")
        for one, other in pairwise(sorted(outer))
    )


@lru_cache(maxsize=8)
def makefile(region: Region) -> Makefile:
    return Makefile(region)
