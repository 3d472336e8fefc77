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
from pep668.settings import Settings, SettingsError

SPECIFICATION = "https://packaging.python.org/en/latest/specifications/externally-managed-environments/"


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` is stable once released; `name` is for people; `summary` is one sentence; `link` a page to read on."""

    code: str
    name: str
    summary: str
    link: str = SPECIFICATION


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


def unknown(codes: Iterable[str]) -> list[str]:
    """Those codes that name no rule: neither its code, nor the beginning of one, nor its name."""
    known = [(r.rule.code, r.rule.name) for r in all_rules()]
    return [c for c in codes if not c or not any(k.startswith(c.upper()) or c.lower() == name for k, name in known)]


def no_rule(code: str) -> str:
    return f"there is no rule {code or repr(code)}; rules are {', '.join(r.rule.code for r in all_rules())}"


def usable(settings: Settings, source: str) -> Settings:
    """The settings, where every code that they name is that of a rule, or the beginning of some.

    Raises SettingsError else.
    """
    known = [r.rule.code for r in all_rules()]
    for key, code in settings.codes():
        if not code or not any(k == code if key == "severity" else k.startswith(code) for k in known):
            raise SettingsError(f"{source}: '{key}': {no_rule(code)}")
    return settings


def url(code: str) -> str:
    """The page that a rule's findings link to. What the rule itself says is shown by `pep668 rule CODE`."""
    loaded = by_code(code)
    return SPECIFICATION if loaded is None else loaded.rule.link


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
