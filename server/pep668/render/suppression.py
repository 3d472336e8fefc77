"""What there is to say about the comments that silence findings, in a line each."""

from __future__ import annotations

from pep668 import rules
from pep668.analysis import Analysis


def remarks(analysis: Analysis, path: str, verbose: bool) -> list[str]:
    """Of comments that name no rule; with `verbose` also what is silenced, and of comments that silence nothing."""
    lines = analysis.context.lines
    out = []
    for directive in analysis.context.suppressions.directives:
        where = f"{path}:{lines.line_of(directive.span.start) + 1}"
        out += [f"{where}: {rules.no_rule(code)}" for code in rules.unknown(directive.codes)]
        if directive.problem:
            out.append(f"{where}: {directive.problem}")
        elif verbose and directive in analysis.idle:
            out.append(f"{where}: this comment silences nothing")
    for finding in analysis.suppressed if verbose else ():
        line, column = lines.position(finding.span.start)
        out.append(f"{path}:{line + 1}:{column + 1}: suppressed {finding.rule}: {finding.message}")
    return out
