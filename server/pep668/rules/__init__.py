"""Rules: one file each, named after its code and name (`em001_externally_managed_install.py`).

A module of this package has

- its docstring: the rule's documentation in Markdown, with the headings `## What it does`,
  `## Why is this bad?`, `## Example`, `## Use instead`, `## When to ignore it`. The fence
  under Example is a test: the rule finds something there;
- `RULE`: a `Rule`;
- `check(context)`: yields its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from pep668 import plugins
from pep668.context import Context
from pep668.model import Finding

DOCUMENTATION = "https://pep668.readthedocs.io/rules/"


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` is stable once released; `name` is for people; `summary` is one sentence."""

    code: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class LoadedRule:
    rule: Rule
    check: Callable[[Context], Iterable[Finding]]
    documentation: str


@cache
def all_rules() -> tuple[LoadedRule, ...]:
    """Every rule, by code."""
    loaded = (
        LoadedRule(cast(Rule, m.RULE), cast(Callable[[Context], Iterable[Finding]], m.check), m.__doc__ or "")
        for m in plugins.modules(__name__)
    )
    return tuple(sorted(loaded, key=lambda r: r.rule.code))


@cache
def by_code(code: str) -> LoadedRule | None:
    return next((r for r in all_rules() if r.rule.code == code), None)


def url(code: str) -> str:
    """Where a rule's documentation is published."""
    loaded = by_code(code)
    return f"{DOCUMENTATION}#{code.lower()}" if loaded is None else f"{DOCUMENTATION}{loaded.rule.name}"


def check(context: Context) -> Iterator[Finding]:
    """The findings of all rules that the settings select, by place, with their severities."""
    severity = context.settings.severity
    found = [
        replace(finding, severity=severity[finding.rule]) if finding.rule in severity else finding
        for loaded in all_rules()
        if context.settings.selects(loaded.rule.code)
        for finding in loaded.check(context)
    ]
    yield from sorted(found, key=lambda f: (f.span, f.rule))
