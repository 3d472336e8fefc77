"""The case files of tests/cases, the examples of the rules' documentation, and what holds for every fix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from casefiles import Case, cases, converged, fences, rendered, update
from pep668 import fixes, languages, rules
from pep668.analysis import Analysis
from pep668.model import Applicability, Severity
from pep668.render.hover import hover
from pep668.text import Edit, apply_edits

FILES = sorted(p for p in (Path(__file__).parent / "cases").glob("*.md") if p.name != "README.md")
CASES = [pytest.param(case, id=f"{file.stem}: {case.title}") for file in FILES for case in cases(file)]
RULES = [pytest.param(loaded, id=loaded.rule.code) for loaded in rules.all_rules()]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_case_file(file: Path, request: pytest.FixtureRequest) -> None:
    mismatches = []
    for case in cases(file):
        assert case.expectations, f"{case.title}: nothing is expected"
        analysis = case.analyze()
        for expectation in case.expectations:
            actual = rendered(case, analysis, expectation)
            if actual != expectation.body:
                mismatches.append((case, expectation, actual))
    if request.config.getoption("--update-cases"):
        update(file, [(fence, actual) for _, fence, actual in mismatches])
        return
    report = [f"## {case.title}: {fence.kind}\n{actual}" for case, fence, actual in mismatches]
    assert not mismatches, "rendered otherwise (--update-cases writes it):\n" + "\n".join(report)


@pytest.mark.parametrize("loaded", RULES)
def test_documentation_has_the_headings(loaded: rules.LoadedRule) -> None:
    headings = re.findall(r"^## (.+)$", loaded.documentation, re.MULTILINE)
    assert headings == ["What it does", "Why is this bad?", "Example", "Use instead", "When to ignore it"]


@pytest.mark.parametrize("loaded", RULES)
def test_documentation_example(loaded: rules.LoadedRule) -> None:
    code = loaded.rule.code
    bad, good = list(fences(loaded.documentation))[:2]
    assert code in {f.rule for f in Case(code, bad, ()).analyze().findings}
    if languages.detect("", good.body, good.kind):
        better = Case(code, good, ())
        better.source.options.update({k: v for k, v in bad.options.items() if k != "path"})
        assert code not in {f.rule for f in better.analyze().findings}


@pytest.mark.parametrize("case", CASES)
def test_a_fix_removes_its_finding_and_no_more(case: Case) -> None:
    analysis = case.analyze()
    for finding in analysis.findings:
        preferred = 0
        for fix in (*fixes.propose(analysis.context, finding), *fixes.silence(analysis.context, finding)):
            preferred += fix.preferred
            assert not (fix.preferred and fix.last_resort)
            if not fix.edits:
                assert fix.steps or fix.applicability is Applicability.DISPLAY_ONLY, fix
                continue
            fixed = apply_edits(case.text, fix.edits)
            after = case.analyze(fixed)
            kind = finding.rule, finding.severity
            assert _count(after)[kind] < _count(analysis)[kind], f"{fix.id} leaves {finding.rule}:\n{fixed}"
            assert _errors(after) <= _errors(analysis), f"{fix.id} brings an error:\n{fixed}"
            _same_shape(case.text, fixed)
        assert preferred <= 1


@pytest.mark.parametrize("case", CASES)
def test_a_comment_silences_its_finding_and_changes_nothing_else(case: Case) -> None:
    before = case.analyze()
    known = Counter((f.rule, f.severity, f.message) for f in (*before.findings, *before.suppressed))
    for finding in before.findings:
        for fix in fixes.silence(before.context, finding):
            text = apply_edits(case.text, fix.edits)
            after = case.analyze(text)
            assert Counter((f.rule, f.severity, f.message) for f in (*after.findings, *after.suppressed)) == known, text
            silenced = Counter(f.rule for f in after.suppressed) - Counter(f.rule for f in before.suppressed)
            assert set(silenced) == {finding.rule}, text
            assert len(after.idle) <= len(before.idle), text


@pytest.mark.parametrize("case", CASES)
def test_fixes_converge(case: Case) -> None:
    analysis = case.analyze()
    ids = {fix.id for finding in analysis.findings for fix in fixes.propose(analysis.context, finding) if fix.edits}
    if any(fixes.silence(analysis.context, finding) for finding in analysis.findings):
        ids.add("ignore-here")
    for id in sorted(ids):
        text = converged(case, id)
        assert case.analyze(text).text == text
        _same_shape(case.text, text)


@pytest.mark.parametrize("case", CASES)
def test_fixes_of_different_findings_can_be_applied_together(case: Case) -> None:
    analysis = case.analyze()
    preferred = [
        fix for f in analysis.findings for fix in fixes.propose(analysis.context, f) if fix.preferred and fix.edits
    ]
    by_id = {fix.id for fix in preferred}
    for id in by_id:
        edits: dict[Edit, None] = {}
        for fix in preferred:
            # The fix of an override moves the installs that rest on it: their own fixes are other ways to do so.
            more = edits | dict.fromkeys(fix.edits if fix.id == id else ())
            edits = edits if _overlap(more) else more
        after = case.analyze(apply_edits(case.text, edits))
        left = {_kind(f.rule) for f in after.findings if f.severity is Severity.ERROR}
        answered = {
            _kind(f.rule)
            for f in analysis.findings
            if not any(p.edits and p.preferred for p in fixes.propose(analysis.context, f) if p.id == id)
        }
        assert left <= answered, after.text


@pytest.mark.parametrize("case", CASES)
def test_a_hover_has_at_most_a_dozen_lines(case: Case) -> None:
    analysis = case.analyze()
    for judged in analysis.context.judged:
        shown = hover(analysis, judged.install.command.outer(judged.install.program).start)
        assert shown is not None
        assert len(shown[1].splitlines()) <= 12, shown[1]


def _overlap(edits: Iterable[Edit]) -> bool:
    ordered = sorted(edits, key=lambda e: (e.span.start, e.span.end))
    return any(before.span.end > after.span.start for before, after in pairwise(ordered))


def _kind(rule: str) -> str:
    """A command whose refusal one rule told may be another's once an environment is there."""
    return "refusal" if rule in ("EM001", "EM002", "EM006", "EM007") else rule


def _count(analysis: Analysis) -> Counter[tuple[str, Severity]]:
    return Counter((f.rule, f.severity) for f in analysis.findings)


def _errors(analysis: Analysis) -> int:
    return sum(f.severity is Severity.ERROR for f in analysis.findings)


def _same_shape(before: str, after: str) -> None:
    """Line endings and the final newline stay as they were."""
    if "\r\n" in before:
        assert "\n" not in after.replace("\r\n", ""), after
    assert before.endswith("\n") == after.endswith("\n")
