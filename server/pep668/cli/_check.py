"""`pep668 check` and `pep668 inventory`: the documents that a command line names, analysed one after the other."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._shared import UsageError, colored, complain, machine_of, print_json, settings_of

if TYPE_CHECKING:
    from pep668.analysis import Analysis
    from pep668.model import Finding
    from pep668.settings import Settings


class _Run:
    """The documents that a command line names, analysed one after the other; problems are told as they come."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.settings, self.top = settings_of(arguments)
        self.failed = False
        self.machine = machine_of(arguments, with_packages=arguments.run is check)

    def analyses(self) -> Iterator[tuple[str, Analysis]]:
        for path, text, language in self.documents():
            yield path, self.analyzed(path, text, language)

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Path, text and language of each."""
        from pep668 import files

        paths = [p for p in self.arguments.paths if p != "-"]
        if len(paths) < len(self.arguments.paths):
            yield self._standard_input()
        for document in files.documents(paths, self._excluded, self.problem):
            if document.text:
                yield document.path, document.text, document.language

    def _excluded(self, path: str) -> bool:
        return bool(self.settings.exclude) and self.settings.excludes(self._below_top(path))

    def _settings_of(self, path: str) -> Settings:
        return self.settings.for_file(self._below_top(path)) if self.settings.per_file_ignores else self.settings

    def _below_top(self, path: str) -> str:
        """A path as the settings' patterns are to match it."""
        path = os.path.abspath(path)
        try:
            return os.path.relpath(path, self.top).replace(os.sep, "/")
        except ValueError:  # another drive
            return path.replace(os.sep, "/")

    def analyzed(self, path: str, text: str, language: str, system: str = "") -> Analysis:
        """An analysis; with `system`, as if run there (`local`: on this machine)."""
        from pep668.analysis import analyze
        from pep668.model import Evidence, Fact

        named = path if path != "-" else ""
        settings = self._settings_of(named) if named else self.settings
        if not system:
            return analyze(text, language, settings, self.machine, named)
        if system == "local":
            if self.machine is None:
                from pep668 import machine

                self.machine = machine.snapshot(os.getcwd())
            return analyze(text, language, settings, self.machine, named)
        facts = (Fact("system", system, Evidence(f"judged as on {system}")),)
        return analyze(text, language, settings, None, named, facts)

    def _standard_input(self) -> tuple[str, str, str]:
        from pep668 import languages

        name = self.arguments.stdin_filename
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        language = languages.detect(name, text)
        if language is None:
            raise UsageError("what standard input holds is not known; name it: --stdin-filename setup.sh")
        return name or "-", text, language

    def problem(self, message: str, fatal: bool) -> None:
        self.failed = self.failed or fatal
        complain(message)


def check(arguments: argparse.Namespace) -> int:
    from pep668.model import Severity

    run = _Run(arguments)
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


def _check_on(arguments: argparse.Namespace, run: _Run) -> int:
    """`--on`: the same documents judged on several systems."""
    import shutil

    from pep668.render import systems as tables

    names = _systems(arguments.on)
    found: list[tables.Row] = []
    for path, text, language in run.documents():
        found += tables.rows(path, {name: run.analyzed(path, text, language, name) for name in names})
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

    run = _Run(arguments)
    commands = [c for path, analysis in run.analyses() for c in inventory(analysis, path)]
    if arguments.output_format == "json":
        print_json({"commands": commands})
    else:
        for c in commands:
            bypass = f" ({c['bypass']})" if c["bypass"] else ""
            print(f"{c['path']}:{c['line']}:{c['column']}: {c['verdict']}{bypass}: {c['text']} [{c['environment']}]")
    return 2 if run.failed else 0
