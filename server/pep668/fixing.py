"""Applies fixes to a document until none is left: what `pep668 fix` and `source.fixAll.pep668` do.

One fix is applied after the other, each on what the one before left, so that several installs share one environment
and the result is that of applying them by hand. A fix that does not keep its promise here, that its finding goes and
no other comes, is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from . import fixes
from .analysis import Analysis
from .model import Applicability, Finding, Fix, Severity
from .text import Edit, Pieces, apply_edits

_MOST = 1000  # fixes in one document; each costs an analysis
_REFUSALS = ("EM001", "EM002", "EM006", "EM007")
_GRAVITY = {severity: len(Severity) - at for at, severity in enumerate(Severity)}
_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that was made; `at` is the offset of its finding in the text as it was at first."""

    finding: Finding
    fix: Fix
    at: int


@dataclass(frozen=True, eq=False)
class Fixed:
    """A document after its fixes. `edits` lead there from the text as it was, `analysis` is that of the new text."""

    analysis: Analysis
    edits: tuple[Edit, ...] = ()
    applied: tuple[Applied, ...] = ()

    @property
    def text(self) -> str:
        return self.analysis.text


def _any(_: Finding) -> bool:
    return True


def fix_all(
    analysis: Analysis,
    again: Callable[[str], Analysis],
    *,
    unsafe: bool = False,
    wanted: Callable[[Finding], bool] = _any,
) -> Fixed:
    """The document with all its fixes that need no choice. `again` analyses a text as the document was.

    With `unsafe` also those that need a look; never a last resort, nor what is only shown. Only findings that are
    `wanted` are fixed.
    """
    pieces = Pieces(len(analysis.text))
    applied: list[Applied] = []
    passed: set[_Key] = set()
    fresh = True  # whether something was applied since `passed` was empty
    while len(applied) < _MOST:
        step = _next(analysis, pieces, unsafe, wanted, passed)
        if step is None:
            if not fresh or not passed:
                break
            # What was applied may have made room for what could not be done before.
            passed, fresh = set(), False
            continue
        finding, fix, key = step
        after = again(apply_edits(analysis.text, fix.edits))
        if not kept(analysis, after, finding):
            passed.add(key)
            continue
        applied.append(Applied(finding, fix, pieces.original(finding.span.start)))
        pieces.apply(fix.edits)
        analysis, fresh = after, True
    return Fixed(analysis, tuple(pieces.edits()), tuple(applied))


def candidates(analysis: Analysis, finding: Finding, *, unsafe: bool) -> Iterator[Fix]:
    """The fixes of a finding that may be applied without choosing, the best first."""
    for fix in fixes.propose(analysis.context, finding):
        able = fix.applicability is Applicability.SAFE or (unsafe and fix.applicability is Applicability.UNSAFE)
        if fix.edits and able and not fix.last_resort:
            yield fix


def kept(before: Analysis, after: Analysis, finding: Finding) -> bool:
    """Whether a fix removed its finding, or made a lesser one of it (`%pip` in a notebook), and brought none."""
    old, new = _grave(before), _grave(after)
    graver = any(one > other for k, now in new.items() for one, other in zip_longest(now, old.get(k, []), fillvalue=-1))
    mine = kind(finding)
    return not graver and new.get(mine, []) != old[mine]


def _grave(analysis: Analysis) -> dict[str, list[int]]:
    """How grave the findings of each kind are, the gravest first."""
    found: dict[str, list[int]] = {}
    for finding in analysis.findings:
        found.setdefault(kind(finding), []).append(_GRAVITY[finding.severity])
    return {k: sorted(weights, reverse=True) for k, weights in found.items()}


def kind(finding: Finding) -> str:
    """What a finding is about: a refusal is one rule's or another's by what else the document holds."""
    return "refusal" if finding.rule in _REFUSALS else finding.rule


def _next(
    analysis: Analysis, pieces: Pieces, unsafe: bool, wanted: Callable[[Finding], bool], passed: set[_Key]
) -> tuple[Finding, Fix, _Key] | None:
    """The first fix that was not tried; adds findings that have none to `passed`."""
    for finding in analysis.findings:
        at = pieces.original(finding.span.start)
        nothing = (finding.rule, "", at)
        if nothing in passed or not wanted(finding):
            continue
        for fix in candidates(analysis, finding, unsafe=unsafe):
            key = (finding.rule, fix.id, at)
            if key not in passed:
                return finding, fix, key
        passed.add(nothing)
    return None
