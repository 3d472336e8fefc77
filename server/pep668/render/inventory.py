"""The inventory: every install command found, whether there is a finding or not, as JSON objects."""

from __future__ import annotations

from typing import Any

from pep668.analysis import Analysis
from pep668.model import Environment, Evidence, Judged
from pep668.text import LineTable


def inventory(analysis: Analysis, path: str) -> list[dict[str, Any]]:
    """One object for each install command, in the order of the text; lines and columns count from 1."""
    lines = analysis.context.lines
    return [_command(judged, path, analysis.context.language, lines) for judged in analysis.context.judged]


def _command(judged: Judged, path: str, language: str, lines: LineTable) -> dict[str, Any]:
    install, environment = judged.install, judged.environment
    start = install.command.outer(install.program).start
    line, column = lines.position(start)
    end_line, end_column = lines.position(install.command.outer(install.span).end)
    return {
        "path": path,
        "line": line + 1,
        "column": column + 1,
        "end_line": end_line + 1,
        "end_column": end_column + 1,
        "text": install.text,
        "tool": install.tool,
        "packages": install.packages,
        "requirements": install.requirement_files,
        "editable": install.editable,
        "verdict": environment.verdict.value,
        "environment": environment.kind.value,
        "bypass": environment.bypass.value if environment.bypass else None,
        "evidence": [_evidence(e, lines) for e in _reasons(environment)],
        "language": language,
    }


def _reasons(environment: Environment) -> tuple[Evidence, ...]:
    """The evidence, and for `depends` what would decide it."""
    if not environment.decides:
        return environment.evidence
    return (*environment.evidence, Evidence(f"depends on {environment.decides}"))


def _evidence(evidence: Evidence, lines: LineTable) -> dict[str, Any]:
    if evidence.span is None:
        return {"text": evidence.text, "line": None, "column": None}
    line, column = lines.position(evidence.span.start)
    return {"text": evidence.text, "line": line + 1, "column": column + 1}
