"""The command line. Exit codes: 0 clean, 1 findings of severity warning or error, 2 usage or internal error."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from . import __version__

if TYPE_CHECKING:
    from .analysis import Analysis
    from .model import Finding, Machine
    from .settings import Settings

_CONFIGURATION = ("pep668.toml", "pyproject.toml")


class UsageError(Exception):
    """Something that the user can put right; the message says what and how. Exit code 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"pep668: {message}\nTry '{self.prog} --help'.\n")


def main(argv: Sequence[str] | None = None) -> int:
    # Nearly all that is made lives to the end: looking for garbage often is a tenth of a large check's time.
    gc.set_threshold(50_000)
    arguments = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except UsageError as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        _complain("stopped")
        return 130
    except BrokenPipeError:
        # The reader of our output is gone (`| head`): nothing more to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:  # the last resort: one sentence instead of a traceback
        if os.environ.get("PEP668_TRACEBACK"):
            raise
        _complain(f"internal error: {type(error).__name__}: {error}; set PEP668_TRACEBACK=1 and report what it prints")
        return 2


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; docs/command-line.md is generated from it."""
    top = _Parser(
        prog="pep668",
        description="Find install commands that PEP 668 refuses, explain the refusal, create a virtual environment.",
    )
    top.add_argument("--version", action="version", version=f"pep668 {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, prog="pep668")

    check = commands.add_parser("check", help="report install commands that are refused, or break something")
    _add_paths(check)
    check.add_argument("--select", metavar="CODES", help="rules to report, separated by commas (EM001,EM002)")
    check.add_argument("--ignore", metavar="CODES", help="rules not to report")
    check.add_argument(
        "--show-suppressed", action="store_true", help="tell what comments silence, and which comments silence nothing"
    )
    check.add_argument(
        "--output-format", choices=("text", "json"), default="text", help="how to print it (default: text)"
    )
    check.add_argument(
        "--on",
        metavar="SYSTEMS",
        help="where would it fail: judge as if run on each of these (debian:13,ubuntu:24.04,alpine,macos; common for "
        "those that people have most; local for this machine) and print a table of commands and systems",
    )
    check.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    check.set_defaults(run=_check)

    inventory = commands.add_parser("inventory", help="list every install command with its verdict")
    _add_paths(inventory)
    inventory.add_argument(
        "--output-format", choices=("text", "json"), default="text", help="how to print it (default: text)"
    )
    inventory.set_defaults(run=_inventory)

    explain = commands.add_parser("explain", help="say what an error in a terminal or log means and what to do")
    explain.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the output or log; - or nothing: standard input"
    )
    explain.add_argument("--command", default="", metavar="LINE", help="the command line that printed it")
    explain.add_argument("--exit-code", type=int, metavar="N", help="the exit code of that command")
    explain.add_argument("--cwd", default="", metavar="DIR", help="the folder that it ran in")
    explain.add_argument("--shell", default="", metavar="NAME", help="the shell that ran it (bash, fish, pwsh ...)")
    explain.add_argument(
        "--output-format", choices=("text", "json"), default="text", help="how to print it (default: text)"
    )
    explain.add_argument("--machine", choices=("local", "none"), default="none", help="judge by this machine as well")
    explain.set_defaults(run=_explain)

    venv = commands.add_parser("venv", help="create a virtual environment, and install into it")
    venv.add_argument("directory", nargs="?", metavar="DIR", help="the environment's folder (default: .venv)")
    venv.add_argument(
        "-r", "--requirement", action="append", default=[], metavar="FILE", help="install this file's requirements"
    )
    venv.add_argument(
        "-e", "--editable", action="append", default=[], metavar="PATH", help="install this project in place"
    )
    venv.add_argument("-p", "--package", action="append", default=[], metavar="NAME", help="install this package")
    venv.set_defaults(run=_venv)

    rule = commands.add_parser("rule", help="show what a rule finds, why, and when to ignore it")
    rule.add_argument("code", nargs="?", metavar="CODE", help="EM001; without it, all rules in a line each")
    rule.set_defaults(run=_rule)

    server = commands.add_parser("server", help="run the language server on standard input and output")
    server.add_argument("--stdio", action="store_true", help="accepted, as editors pass it; there is no other way")
    server.set_defaults(run=_server)
    return top


def subparsers(top: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """The commands' parsers and summaries, by name."""
    found = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {a.dest: a.help or "" for a in found._choices_actions}
    return {name: (parser, summaries[name]) for name, parser in found.choices.items()}


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders to read; - is standard input")
    parser.add_argument("--stdin-filename", default="", metavar="NAME", help="tells what standard input holds")
    parser.add_argument("--config", metavar="FILE", help="read settings from this pep668.toml or pyproject.toml")
    parser.add_argument(
        "--machine",
        choices=("local", "none"),
        default="none",
        help="local: judge commands without a context of their own as if run on this machine",
    )


# --- check and inventory ------------------------------------------------------------------------


class _Run:
    """The documents that a command line names, analysed one after the other; problems are told as they come."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.settings, self.top = _settings(arguments)
        self.failed = False
        self.machine = _machine(arguments, with_packages=arguments.run is _check)

    def analyses(self) -> Iterator[tuple[str, Analysis]]:
        for path, text, language in self.documents():
            yield path, self.analyzed(path, text, language)

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Path, text and language of each."""
        from . import files

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
        from .analysis import analyze
        from .model import Evidence, Fact

        named = path if path != "-" else ""
        settings = self._settings_of(named) if named else self.settings
        if not system:
            return analyze(text, language, settings, self.machine, named)
        if system == "local":
            if self.machine is None:
                from . import machine

                self.machine = machine.snapshot(os.getcwd())
            return analyze(text, language, settings, self.machine, named)
        facts = (Fact("system", system, Evidence(f"judged as on {system}")),)
        return analyze(text, language, settings, None, named, facts)

    def _standard_input(self) -> tuple[str, str, str]:
        from . import languages

        name = self.arguments.stdin_filename
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        language = languages.detect(name, text)
        if language is None:
            raise UsageError("what standard input holds is not known; name it: --stdin-filename setup.sh")
        return name or "-", text, language

    def problem(self, message: str, fatal: bool) -> None:
        self.failed = self.failed or fatal
        _complain(message)


def _check(arguments: argparse.Namespace) -> int:
    from .model import Severity

    run = _Run(arguments)
    if arguments.on:
        return _check_on(arguments, run)
    found: list[Finding] = []
    suppressed = 0
    objects: list[dict[str, Any]] = []
    color = _color(arguments.color)
    for path, analysis in run.analyses():
        found += analysis.findings
        suppressed += len(analysis.suppressed)
        for remark in _remarks(path, analysis, arguments.show_suppressed):
            _complain(remark)
        if arguments.output_format == "text":
            _print_findings(path, analysis, color)
        elif analysis.findings:
            from .render.findings import findings

            objects += findings(analysis, path)
    if arguments.output_format == "json":
        _print_json({"findings": objects})
    elif found or not run.failed:
        _summarize(found, suppressed)
    if run.failed:
        return 2
    return int(any(f.severity in (Severity.ERROR, Severity.WARNING) for f in found))


def _check_on(arguments: argparse.Namespace, run: _Run) -> int:
    """`--on`: the same documents judged on several systems."""
    import shutil

    from .render import systems as tables

    names = _systems(arguments.on)
    found: list[tables.Row] = []
    for path, text, language in run.documents():
        found += tables.rows(path, {name: run.analyzed(path, text, language, name) for name in names})
    if arguments.output_format == "json":
        _print_json(tables.as_json(found, names))
    elif found or not run.failed:
        columns = shutil.get_terminal_size((120, 24)).columns
        sys.stdout.write(tables.table(found, names, columns, _color(arguments.color)))
    return 2 if run.failed else int(any(map(tables.fails, found)))


def _systems(text: str) -> list[str]:
    from .environment import systems

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
    from . import fixes
    from .render.text import render

    context = analysis.context
    text = render(
        analysis.findings, analysis.text, path, context.lines, color, lambda finding: fixes.propose(context, finding)
    )
    sys.stdout.write(text)


def _remarks(path: str, analysis: Analysis, verbose: bool) -> list[str]:
    if not analysis.context.suppressions.directives:
        return []
    from .render.suppression import remarks

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


def _inventory(arguments: argparse.Namespace) -> int:
    from .render.inventory import inventory

    run = _Run(arguments)
    commands = [c for path, analysis in run.analyses() for c in inventory(analysis, path)]
    if arguments.output_format == "json":
        _print_json({"commands": commands})
    else:
        for c in commands:
            bypass = f" ({c['bypass']})" if c["bypass"] else ""
            print(f"{c['path']}:{c['line']}:{c['column']}: {c['verdict']}{bypass}: {c['text']} [{c['environment']}]")
    return 2 if run.failed else 0


# --- explain, venv, rule, server ------------------------------------------------------------------


def _explain(arguments: argparse.Namespace) -> int:
    from .explain import explain
    from .render.explanation import as_json, as_text

    output = _output(arguments.file)
    explanation = explain(
        output,
        command=arguments.command,
        exit_code=arguments.exit_code,
        cwd=arguments.cwd,
        shell=arguments.shell,
        machine=_machine(arguments, with_packages=True),
    )
    if arguments.output_format == "json":
        _print_json(as_json(explanation, output))
    else:
        sys.stdout.write(as_text(explanation))
    return 0


def _output(file: str) -> str:
    if file == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        with open(file, "rb") as stream:
            return stream.read().decode("utf-8", "replace")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{file}: cannot be read: {reason}; name a file with the output, or pipe it in") from None


def _venv(arguments: argparse.Namespace) -> int:
    from . import machine, provision

    settings, _ = _settings(argparse.Namespace(config=None, paths=["."]))
    folder, name = os.path.split(os.path.abspath(arguments.directory or settings.environment_directory))
    request = provision.EnvironmentRequest(
        folder=folder,
        directory=name,
        requirements=tuple(os.path.abspath(r) for r in arguments.requirement),
        packages=tuple(arguments.package),
        editable=tuple(os.path.abspath(e) for e in arguments.editable),
        prefer_uv=settings.prefer_uv,
    )
    result = provision.create_environment(
        request, machine.snapshot(folder), report=lambda line: print(line, file=sys.stderr), cancelled=lambda: False
    )
    if result.ok:
        print(result.message)
        return 0
    _complain(result.message)
    if result.help:
        print(f"  {result.help}", file=sys.stderr)
    return 2


def _rule(arguments: argparse.Namespace) -> int:
    from . import rules

    if arguments.code is None:
        for loaded in rules.all_rules():
            print(f"{loaded.rule.code}  {loaded.rule.name}: {loaded.rule.summary}")
        return 0
    found = rules.by_code(arguments.code.upper())
    if found is None:
        known = ", ".join(r.rule.code for r in rules.all_rules())
        raise UsageError(f"there is no rule {arguments.code}; rules are {known}")
    print(f"# {found.rule.code} {found.rule.name}\n\n{found.documentation.strip()}")
    return 0


def _server(_: argparse.Namespace) -> int:
    from .lsp import serve

    try:
        return serve()
    except ModuleNotFoundError as error:
        raise UsageError(f"the language server needs pygls: {error}; install pep668 with its dependencies") from None


# --- what they share ------------------------------------------------------------------------------


def _settings(arguments: argparse.Namespace) -> tuple[Settings, str]:
    """The settings, and the folder that their path patterns are about."""
    from dataclasses import replace

    from .settings import SettingsError

    try:
        settings, top = _from_file(arguments.config, next((p for p in arguments.paths if p != "-"), "."))
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if getattr(arguments, "select", None):
        settings = replace(settings, select=_codes(arguments.select))
    if getattr(arguments, "ignore", None):
        settings = replace(settings, ignore=_codes(arguments.ignore))
    return settings, top


def _codes(text: str) -> tuple[str, ...]:
    from . import rules

    codes = tuple(code.strip().upper() for code in text.split(",") if code.strip())
    for code in codes:
        if not any(r.rule.code.startswith(code) for r in rules.all_rules()):
            raise UsageError(rules.no_rule(code))
    return codes


def _from_file(named: str | None, start: str) -> tuple[Settings, str]:
    """The settings of the named file, else of the nearest one at or above the first path, else the defaults.

    With them the folder of that file, or the working directory.
    """
    from .settings import Settings, SettingsError

    if named:
        try:
            with open(named, encoding="utf-8") as file:
                return _parsed(file.read(), named) or Settings(), os.path.dirname(os.path.abspath(named))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{named}: cannot be read: {error}") from None
    folder = os.path.abspath(start)
    while True:
        for name in _CONFIGURATION:
            path = os.path.join(folder, name)
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            except (OSError, UnicodeDecodeError):
                continue
            # Somebody else's pyproject.toml, broken or not, is no concern of ours.
            if name == "pyproject.toml" and "pep668" not in text:
                continue
            settings = _parsed(text, path)
            if settings is not None:
                return settings, folder
        above = os.path.dirname(folder)
        if above == folder:
            return Settings(), os.getcwd()
        folder = above


def _parsed(text: str, path: str) -> Settings | None:
    from . import rules
    from .settings import parse

    settings = parse(text, path)
    if settings is None or not any(settings.codes()):
        return settings
    return rules.usable(settings, path)


def _machine(arguments: argparse.Namespace, *, with_packages: bool) -> Machine | None:
    if arguments.machine != "local":
        return None
    from . import machine

    return machine.snapshot(os.getcwd(), with_packages=with_packages)


def _color(choice: str, stream: TextIO | None = None) -> bool:
    if choice != "auto":
        return choice == "always"
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print_json(value: Any) -> None:
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _complain(message: str) -> None:
    print(f"pep668: {message}", file=sys.stderr)
