"""make: the rules of the targets that are made, with what they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.languages._make import read
from pep668.languages._make_nouns import Assign, Branch, Rule, Statement, Text
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
    operands = [w for w in found.words if w is None or "=" not in w]
    given = len(operands) < len(found.words)
    for path in paths:
        text = call.read(path) if path is not None else None
        if path is None or text is None:
            if path is not None:
                yield Run(path)
            continue
        parts, sure = _parts(text, operands)
        sure = sure and not given and len(paths) == 1 and not found.has(*_LESS_SURE)
        yield Run(path, "makefile", parts, folder, certain=sure, stops=True, code=_FAILED)


def _parts(text: str, goals: list[str | None]) -> tuple[tuple[Span, ...] | None, bool]:
    """The rules that are run, prerequisites first, None where that cannot be told; and whether nothing is in doubt."""
    statements = list(read(text))
    values = Values(len(text))
    for found in statements:
        if isinstance(found, Assign):
            values.assign(found)
        elif isinstance(found, Branch):
            values.branch(found)
    rules = _rules(statements, values)
    if not goals:
        default = values.expand("$(.DEFAULT_GOAL)").strip()
        goals = [default if default in rules else next((t for t in rules if not _special(t)), None)]
    sure = not any(isinstance(s, (Branch, Text)) for s in statements)
    order: dict[Span, None] = {}
    missing: list[str] = []
    seen: set[str] = set()
    for goal in goals:
        if goal is None or goal not in rules:
            return None, False
        _visit(goal, rules, order, seen, missing)
    if any(isinstance(s, Text) for s in statements) and missing:
        return None, False
    return tuple(order), sure and not missing


def _special(target: str) -> bool:
    return "%" in target or (target.startswith(".") and "/" not in target)


_Rules = dict[str, list[tuple[Rule, list[str]]]]


def _rules(statements: list[Statement], values: Values) -> _Rules:
    """The rules by their targets, each with its prerequisites."""
    rules: _Rules = {}
    for found in statements:
        if isinstance(found, Rule):
            prerequisites = [p for p in values.expand(found.prerequisites).split() if p != "|"]
            for target in values.expand(found.targets).split():
                rules.setdefault(target, []).append((found, prerequisites))
    return rules


def _visit(goal: str, rules: _Rules, order: dict[Span, None], seen: set[str], missing: list[str]) -> None:
    pending: list[tuple[str, bool]] = [(goal, False)]
    while pending and len(seen) < _MOST:
        target, done = pending.pop()
        if done:
            order.update((rule.span, None) for rule, _ in rules[target])
        elif target not in rules:
            missing.append(target)
        elif target not in seen:
            seen.add(target)
            pending.append((target, True))
            wanted = [p for _, prerequisites in rules[target] for p in prerequisites]
            pending += [(p, False) for p in reversed(wanted)]
