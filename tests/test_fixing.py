"""What holds for the fixes of every case, each alone and all of a document applied together."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles import Case
from parsers import accepts
from pep668 import fixes
from pep668.analysis import Analysis
from pep668.fixing import candidates, fix_all, kind
from pep668.model import Applicability, Edit, Span
from pep668.text import Pieces, apply_edits
from test_cases import CASES


@pytest.mark.parametrize("case", CASES)
def test_each_fix_keeps_its_promise(case: Case) -> None:
    """It brings no other finding, and the host's own parser accepts the result when it accepted the original."""
    analysis = case.analyze()
    before = Counter(kind(f) for f in analysis.findings)
    for finding in analysis.findings:
        for fix in (*fixes.propose(analysis.context, finding), *fixes.silence(analysis.context, finding)):
            if not fix.edits:
                continue
            assert fix.applicability is not Applicability.DISPLAY_ONLY
            text = apply_edits(case.text, fix.edits)
            _accepted_alike(case, analysis, text)
            if fix.last_resort:
                assert fix.applicability is Applicability.UNSAFE
                continue  # what it brings is the override
            brought = Counter(kind(f) for f in case.analyze(text).findings) - before
            assert not brought, f"{fix.id} for {finding.rule} brings {dict(brought)}:\n{text}"


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_all_fixes_together(case: Case, unsafe: bool) -> None:
    analysis = case.analyze()
    fixed = fix_all(analysis, case.analyze, unsafe=unsafe)
    assert apply_edits(case.text, fixed.edits) == fixed.text
    _accepted_alike(case, analysis, fixed.text)
    # As applied one by one, by hand.
    by_hand = case.text
    for applied in fixed.applied:
        now = case.analyze(by_hand)
        assert applied.fix in [fix for f in now.findings for fix in candidates(now, f, unsafe=unsafe)]
        by_hand = apply_edits(by_hand, applied.fix.edits)
    assert by_hand == fixed.text
    # Nothing is left that could be done, and what fix_all guards against did not happen.
    left = fixed.analysis.findings
    assert not [fix for f in left for fix in candidates(fixed.analysis, f, unsafe=unsafe)], fixed.text
    if fixed.edits:
        assert fix_all(case.analyze(fixed.text), case.analyze, unsafe=unsafe).edits == ()


def _accepted_alike(case: Case, analysis: Analysis, text: str) -> None:
    """What the host reads it still reads. (What it did not read may have become readable: `- "$PY" -m pip` in YAML.)"""
    path, language = case.source.options.get("path", ""), analysis.context.language
    assert accepts(language, text, path) is not False or accepts(language, case.text, path) is False, text


PARTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.text("xyz", max_size=3)), max_size=3)


@given(st.lists(PARTS, max_size=5))
@settings(max_examples=300, deadline=None)
def test_edits_in_several_steps_are_one_step(steps: list[list[tuple[int, int, str]]]) -> None:
    text = now = "abcdefgh"
    pieces = Pieces(len(text))
    for parts in steps:
        edits, at = [], 0
        for gap, length, new in parts:
            start = min(at + gap, len(now))
            end = min(start + length, len(now))
            edits.append(Edit(Span(start, end), new))
            at = end + 1
            if at > len(now):
                break
        pieces.apply(tuple(edits))
        now = apply_edits(now, edits)
    found = list(pieces.edits())
    assert apply_edits(text, found) == now
    assert all(0 <= pieces.original(offset) <= len(text) for offset in range(len(now) + 1))
