"""Findings as JSON objects."""

from __future__ import annotations

from typing import Any

from pep668 import fixes
from pep668.analysis import Analysis
from pep668.model import Finding
from pep668.text import Span


def findings(analysis: Analysis, path: str) -> list[dict[str, Any]]:
    """One object for each finding; lines and columns count from 1, columns in code points."""
    return [_finding(analysis, finding, path) for finding in analysis.findings]


def _finding(analysis: Analysis, finding: Finding, path: str) -> dict[str, Any]:
    return {
        "path": path,
        **_place(analysis, finding.span),
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "related": [
            {"text": e.text, **(_place(analysis, e.span) if e.span else {"line": None, "column": None})}
            for e in finding.related
        ],
        "fixes": [
            {"id": fix.id, "title": fix.title, "applicability": fix.applicability.value}
            for fix in fixes.propose(analysis.context, finding)
        ],
    }


def _place(analysis: Analysis, span: Span) -> dict[str, int]:
    lines = analysis.context.lines
    line, column = lines.position(span.start)
    end_line, end_column = lines.position(span.end)
    return {"line": line + 1, "column": column + 1, "end_line": end_line + 1, "end_column": end_column + 1}
