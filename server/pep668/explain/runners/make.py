"""make: the rules of the targets that are made, with what they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pep668.languages._make import read
from pep668.languages._make_nouns import Assign, Branch, Rule, Text
from pep668.languages._make_values import Values
from pep668.text import Span

from ._call import Call, Run, arguments

PROGRAM = re.compile(r"g?make|mingw32-make|bmake|remake")
_NAMES = ("GNUmakefile", "makefile", "Makefile")
_VALUED = "-C --directory -f --file --makefile -I --include-dir -l --load-average -o --old-file -W --what-if"
_LESS_SURE = ("-k", "--keep-going", "-i", "--ignore-errors", "-n", "--just-print", "-q", "--question", "-t", "--touch")
_JOBS = re.compile(r"-j\d*")
_FAILED = 2  # make's exit code, whatever that of the command was
_MOST = 500
_DEEPEST = 8  # makefiles that include makefiles
_OPEN = re.compile(r"[$*?\[~]")  # in a name: what is not known, or stands for several
_INCLUDE = re.compile(r"[-s]?include[ \t]+([^#]+)")


def runs(call: Call) -> Iterator[Run]:
    words = [w for w in call.arguments if w is None or not _JOBS.fullmatch(w)]
    found = arguments(words, _VALUED)
    folder: str | None = call.folder
    for into in (*found.values.get("-C", ()), *found.values.get("--directory", ())):
        folder = call.path(folder or "", into)
    if folder is None:
        return
    named = [n for option in ("-f", "--file", "--makefile") for n in found.values.get(option, ())]
    paths = [call.path(folder, n) for n in named] if named else [call.find(folder, _NAMES)]
    goals = [w for w in found.words if w is None or "=" not in w]
    sure = len(goals) == len(found.words) and len(paths) == 1 and not found.has(*_LESS_SURE)
    for path in paths:
        text = call.read(path) if path is not None else None
        if path is None or text is None:
            if path is not None:
                yield Run(path)
            continue
        makefiles = _Makefiles(call, folder, path, text)
        order = makefiles.order(goals)
        parts: list[tuple[str, tuple[Span, ...] | None]] = [(p, None) for p in makefiles.paths]
        if order is not None:
            parts = [(p, tuple(span for _, span in some)) for p, some in groupby(order, key=_path)] or [(path, ())]
        certain = sure and makefiles.sure and order is not None and len(parts) == 1
        more = order is None and not makefiles.whole
        for p, spans in parts:
            yield Run(p, "makefile", spans, folder, open=more, certain=certain, stops=True, code=_FAILED)


_Part = tuple[str, Span]  # a rule: the path of its file, its place there


def _path(part: _Part) -> str:
    return part[0]


class _Makefiles:
    """A makefile and those that it includes, in `paths`.

    `whole`: every line of them was understood; `sure`: moreover none depends on a condition.
    """

    def __init__(self, call: Call, folder: str, path: str, text: str) -> None:
        self.paths: list[str] = []
        self.sure = True
        self._call = call
        self._folder = folder
        self.whole = True
        self._values = Values(len(text))
        self._rules: dict[str, list[tuple[_Part, list[str]]]] = {}
        self._read(path, text, 0)

    def _read(self, path: str, text: str, depth: int) -> None:
        self.paths.append(path)
        for found in read(text):
            if isinstance(found, Assign):
                self._values.assign(found)
            elif isinstance(found, Branch):
                self._values.branch(found)
                self.sure = False
            elif isinstance(found, Rule):
                self._rule(path, found)
            elif isinstance(found, Text) and not self._include(found.made[0], depth):
                self.whole = self.sure = False

    def _rule(self, path: str, rule: Rule) -> None:
        prerequisites = [p for p in self._values.expand(rule.prerequisites).split() if p != "|"]
        for target in self._values.expand(rule.targets).split():
            self._rules.setdefault(target, []).append(((path, rule.span), prerequisites))

    def _include(self, line: str, depth: int) -> bool:
        """Reads what a line includes, and tells whether it is such a line and all of that was read."""
        match = _INCLUDE.match(line)
        names = self._values.expand(match[1]) if match else ""
        if match is None or _OPEN.search(names) or depth >= _DEEPEST:
            return False
        known = True
        for name in names.split():
            path = self._call.path(self._folder, name)
            text = self._call.read(path) if path is not None and path not in self.paths else None
            if path is None or text is None:
                known = False
            else:
                self._read(path, text, depth + 1)
        return known

    def order(self, goals: list[str | None]) -> list[_Part] | None:
        """The rules that are run, prerequisites first; None where that cannot be told."""
        if not goals:
            default = self._values.expand("$(.DEFAULT_GOAL)").strip()
            goals = [default if default in self._rules else next((t for t in self._rules if not _special(t)), None)]
        order: dict[_Part, None] = {}
        seen: set[str] = set()
        for goal in goals:
            if goal is None or goal not in self._rules:
                self.sure = False
                return None
            self._visit(goal, order, seen)
        missing = seen - self._rules.keys()
        self.sure = self.sure and not missing
        return None if missing and not self.whole else list(order)

    def _visit(self, goal: str, order: dict[_Part, None], seen: set[str]) -> None:
        pending: list[tuple[str, bool]] = [(goal, False)]
        while pending and len(seen) < _MOST:
            target, done = pending.pop()
            rules = self._rules.get(target, [])
            if done:
                order.update((part, None) for part, _ in rules)
            elif target not in seen:
                seen.add(target)
                pending.append((target, True))
                wanted = [p for _, prerequisites in rules for p in prerequisites]
                pending += [(p, False) for p in reversed(wanted)]


def _special(target: str) -> bool:
    return "%" in target or (target.startswith(".") and "/" not in target)
