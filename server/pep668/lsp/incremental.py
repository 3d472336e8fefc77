"""Findings of a shell script, carried over the edits that cannot change them."""

from __future__ import annotations

from dataclasses import replace

from pep668.analysis import Analysis
from pep668.model import Evidence, Finding
from pep668.shell import Statements, touches
from pep668.suppression import NEEDLE
from pep668.text import Span


class Incremental:
    """The findings of an analysis and the text they are about, both as of the latest edit that was kept."""

    def __init__(self, text: str, found: Analysis) -> None:
        self.text = text
        self.findings = found.findings
        self._statements: Statements | None = None

    def keeps(self, span: Span, new_text: str) -> bool:
        """Makes an edit. After False the text has to be analyzed anew, and this is of no more use."""
        if self._statements is None:
            if NEEDLE in self.text or touches(self.text, span, new_text):
                return False
            self._statements = Statements(self.text)
        if not self._statements.keeps(span, new_text):
            return False
        self.text = self._statements.text
        if NEEDLE in self.text:
            return False  # which findings a comment silences may have changed
        shift = len(new_text) - len(span)
        if shift:
            self.findings = tuple(_moved(finding, span.end, shift) for finding in self.findings)
        return True


def _moved(finding: Finding, behind: int, by: int) -> Finding:
    """What stands at or behind the edit moves; no finding touches it."""
    if finding.span.end <= behind and all(e.span is None or e.span.end <= behind for e in finding.related):
        return finding
    related = tuple(Evidence(e.text, _span(e.span, behind, by)) if e.span else e for e in finding.related)
    return replace(finding, span=_span(finding.span, behind, by), related=related)


def _span(span: Span, behind: int, by: int) -> Span:
    return Span(
        span.start + by if span.start >= behind else span.start, span.end + by if span.end > behind else span.end
    )
