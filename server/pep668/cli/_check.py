"""`pep668 check` and `pep668 inventory`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from ._run import Run
from ._shared import UsageError, colored, complain, print_json

if TYPE_CHECKING:
    from pep668.analysis import Analysis
    from pep668.model import Finding


def check(arguments: argparse.Namespace) -> int:
    from pep668.model import Severity

    run = Run(arguments, with_packages=True)
    if arguments.on:
        return _check_on(arguments, run)
    found: list[Finding] = []
    suppressed = 0
    objects: list[dict[str, Any]] = []
    color = colored(arguments.color)
    for path, analysis in run.analyses():
        found += analysis.findings
        suppressed += len(analysis.suppressed)
        for remark in _remarks(path, analysis, arguments.show_suppressed):
            complain(remark)
        if arguments.output_format == "text":
            _print_findings(path, analysis, color)
        elif analysis.findings:
            from pep668.render.findings import findings

            objects += findings(analysis, path)
    if arguments.output_format == "json":
        print_json({"findings": objects})
    elif found or not run.failed:
        _summarize(found, suppressed)
    if run.failed:
        return 2
    return int(any(f.severity in (Severity.ERROR, Severity.WARNING) for f in found))


def _check_on(arguments: argparse.Namespace, run: Run) -> int:
    """`--on`: the same documents judged on several systems."""
    import shutil

    from pep668.render import systems as tables

    names = _systems(arguments.on)
    found: list[tables.Row] = []
    for document in run.documents():
        found += tables.rows(document.path, {name: run.analyzed(document, name) for name in names})
    if arguments.output_format == "json":
        print_json(tables.as_json(found, names))
    elif found or not run.failed:
        columns = shutil.get_terminal_size((120, 24)).columns
        sys.stdout.write(tables.table(found, names, columns, colored(arguments.color)))
    return 2 if run.failed else int(any(map(tables.fails, found)))


def _systems(text: str) -> list[str]:
    from pep668.environment import systems

    names: list[str] = []
    for name in (part.strip() for part in text.split(",")):
        if name == "common":
            names += systems.COMMON
        elif name == "local" or (name and systems.resolve(name) is not None):
            names.append(name)
        elif name:
            like = systems.names_like(name)
            hint = f"did you mean {', '.join(like)}?" if like else "try debian:13, alpine, macos or ubuntu-24.04"
            raise UsageError(f"--on: there is no system {name}; {hint}")
    if not names:
        raise UsageError("--on: name at least one system, such as debian:13 or common")
    return list(dict.fromkeys(names))


def _print_findings(path: str, analysis: Analysis, color: bool) -> None:
    if not analysis.findings:
        return
    from pep668 import fixes
    from pep668.render.text import render

    context = analysis.context
    text = render(
        analysis.findings, analysis.text, path, context.lines, color, lambda finding: fixes.propose(context, finding)
    )
    sys.stdout.write(text)


def _remarks(path: str, analysis: Analysis, verbose: bool) -> list[str]:
    if not analysis.context.suppressions.directives:
        return []
    from pep668.render.suppression import remarks

    return remarks(analysis, path, verbose)


def _summarize(findings: list[Finding], suppressed: int) -> None:
    from collections import Counter

    silent = f" ({suppressed} suppressed)" if suppressed else ""
    if not findings:
        print(f"No findings{silent}.")
        return
    counts = Counter(f.severity.value for f in findings)
    parts = [f"{n} {name}{'s' if n != 1 and name != 'information' else ''}" for name, n in counts.items()]
    print(f"Found {', '.join(parts)}{silent}.")


def inventory(arguments: argparse.Namespace) -> int:
    from pep668.render.inventory import inventory

    run = Run(arguments, with_packages=False)
    commands = [c for path, analysis in run.analyses() for c in inventory(analysis, path)]
    if arguments.output_format == "json":
        print_json({"commands": commands})
    else:
        for c in commands:
            bypass = f" ({c['bypass']})" if c["bypass"] else ""
            print(f"{c['path']}:{c['line']}:{c['column']}: {c['verdict']}{bypass}: {c['text']} [{c['environment']}]")
    return 2 if run.failed else 0
