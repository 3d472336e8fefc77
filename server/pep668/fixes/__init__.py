"""Fixes: one file each, that proposes a way out for findings.

A module of this package has

- `RULES`: the codes of the rules whose findings it can answer;
- `ORDER`: its place among the alternatives of a finding, lowest first
  (10 virtual environment, 20 pipx / uv tool, 30 distribution's package, 40 uv, 90 last resort);
- `propose(context, finding)`: yields alternatives. `Fix.id` is the module's name with dashes.

A fix edits only where the map is verbatim; elsewhere it is DISPLAY_ONLY.
"""

from __future__ import annotations

from dataclasses import replace

from pep668.context import Context
from pep668.model import Finding, Fix
from pep668.plugins import load, modules


def propose(context: Context, finding: Finding) -> list[Fix]:
    """All alternatives for one finding, the best first: that is the preferred one where there is one."""
    if finding.stands_for:
        finding = replace(finding, rule=finding.stands_for, stands_for="")
    able = [m for m in modules(__name__) if finding.rule in m.RULES]
    found: list[Fix] = []
    preferred = False
    for module in sorted(able, key=lambda m: m.ORDER):
        for fix in module.propose(context, finding):
            found.append(replace(fix, preferred=False) if preferred else fix)
            preferred = preferred or fix.preferred
    return sorted(found, key=lambda fix: not fix.preferred)


def silence(context: Context, finding: Finding) -> list[Fix]:
    """The comment that silences a finding, where one can be written. It solves nothing, so it is no alternative."""
    return list(load(__name__, "ignore_here").propose(context, finding))
