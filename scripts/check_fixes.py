"""Fix every document below some folders, in memory, and tell whether the fixes keep their promise.

usage: check_fixes.py [-v] PATH...

Each document is fixed with all fixes, those that need a look too (`pep668 fix --unsafe`). Told is: how many findings
have a fix that can be applied, by rule and verdict; what is left of errors and warnings; and the documents that their
host's own parser accepted before and does not accept after. Fails when there are such, or when a refused command has
no fix in more than one of ten. Nothing is written, and nothing of the documents is run.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "server"), str(ROOT / "tests")]

from parsers import accepts  # noqa: E402
from pep668 import files, fixes  # noqa: E402
from pep668.analysis import Analysis, analyze  # noqa: E402
from pep668.fixing import fix_all, kind  # noqa: E402
from pep668.model import Finding, Judged, Severity  # noqa: E402

GOAL = 0.9  # of the refused commands


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("-v", "--verbose", action="store_true", help="name the findings without a fix")
    arguments = parser.parse_args()
    able: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    told: Counter[str] = Counter()
    broken: list[str] = []
    left: list[str] = []
    for document in files.documents(arguments.paths, lambda _: False, lambda message, _: print(message)):

        def again(text: str, document: files.Document = document) -> Analysis:
            return analyze(text, document.language, path=document.path)

        analysis = again(document.text)
        for finding in analysis.findings:
            key = finding.rule, _verdict(finding)
            found[key] += 1
            if any(fix.edits and not fix.last_resort for fix in fixes.propose(analysis.context, finding)):
                able[key] += 1
            elif arguments.verbose:
                print(f"no fix: {_place(document, analysis, finding)}")
        fixed = fix_all(analysis, again, unsafe=True)
        told["documents"] += 1
        told["changed"] += bool(fixed.edits)
        before, after = (accepts(document.language, text, document.path) for text in (document.text, fixed.text))
        if fixed.edits and before:
            told["changed and read by their host's own parser before"] += 1
            told["and after"] += bool(after)
            broken += [] if after else [document.path]
        old = Counter(kind(f) for f in analysis.findings)
        told["with a finding that was not there before"] += bool(
            Counter(kind(f) for f in fixed.analysis.findings) - old
        )
        bad = [f for f in fixed.analysis.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
        left += [_place(document, fixed.analysis, finding) for finding in bad]
    print(f"{'rule':8}{'verdict':10}{'found':>8}{'with a fix':>12}")
    for rule, verdict in sorted(found):
        print(f"{rule:8}{verdict:10}{found[rule, verdict]:8}{able[rule, verdict]:12}")
    for name, number in told.items():
        print(f"{name}: {number}")
    for name in broken:
        print(f"no longer accepted: {name}")
    for name in left:
        print(f"left: {name}")
    refused, fixable = (sum(n for (_, verdict), n in c.items() if verdict == "refused") for c in (found, able))
    print(f"refused with a fix: {fixable} of {refused}")
    return int(bool(broken) or fixable < refused * GOAL)


def _verdict(finding: Finding) -> str:
    return finding.subject.environment.verdict.value if isinstance(finding.subject, Judged) else "-"


def _place(document: files.Document, analysis: Analysis, finding: Finding) -> str:
    line = analysis.context.lines.position(finding.span.start)[0] + 1
    return f"{document.path}:{line}: {finding.severity.value}[{finding.rule}] {finding.message}"


if __name__ == "__main__":
    sys.exit(main())
