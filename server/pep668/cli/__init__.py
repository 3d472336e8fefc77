"""The command line. Exit codes: 0 clean, 1 findings of severity warning or error, 2 usage or internal error.

`run` has those of its command.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from pep668 import __version__

from . import _check, _explain, _fix, _others, _session
from ._shared import UsageError, complain


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
        complain(str(error))
        return 2
    except KeyboardInterrupt:
        complain("stopped")
        return 130
    except BrokenPipeError:
        # The reader of our output is gone (`| head`): nothing more to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:  # the last resort: one sentence instead of a traceback
        if os.environ.get("PEP668_TRACEBACK"):
            raise
        complain(f"internal error: {type(error).__name__}: {error}; set PEP668_TRACEBACK=1 and report what it prints")
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
    check.set_defaults(run=_check.check)

    inventory = commands.add_parser("inventory", help="list every install command with its verdict")
    _add_paths(inventory)
    inventory.add_argument(
        "--output-format", choices=("text", "json"), default="text", help="how to print it (default: text)"
    )
    inventory.set_defaults(run=_check.inventory)

    fix = commands.add_parser("fix", help="apply the fixes of findings to the files")
    _add_paths(fix)
    fix.add_argument("--diff", action="store_true", help="print what would change, and change nothing")
    fix.add_argument(
        "--unsafe",
        action="store_true",
        help="also fixes that need a look: what uses the packages may have to change as well (never the override)",
    )
    fix.add_argument(
        "--select", dest="only", default="", metavar="CODES", help="rules whose findings to fix, separated by commas"
    )
    fix.add_argument("--ignore", dest="leave", default="", metavar="CODES", help="rules whose findings to leave")
    fix.add_argument("--allow-dirty", action="store_true", help="also where changes are not committed to git")
    fix.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    fix.set_defaults(run=_fix.fix)

    explain = commands.add_parser("explain", help="say what an error in a terminal or log means and what to do")
    explain.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the output or log; - or nothing: standard input"
    )
    explain.add_argument("--command", default="", metavar="LINE", help="the command line that printed it")
    explain.add_argument("--exit-code", type=int, metavar="N", help="the exit code of that command")
    explain.add_argument("--cwd", default="", metavar="DIR", help="the folder that it ran in")
    explain.add_argument(
        "--shell",
        default="",
        metavar="NAME",
        help="the shell that ran it (bash, fish, pwsh ...; default: that of $SHELL where this machine counts)",
    )
    explain.add_argument(
        "--output-format", choices=("text", "json"), default="text", help="how to print it (default: text)"
    )
    explain.add_argument(
        "--machine",
        choices=("auto", "local", "none"),
        default="auto",
        help="local: judge by this machine and the folder; none: the output comes from somewhere else; "
        "auto (default): local for standard input, none for a file",
    )
    explain.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    explain.set_defaults(run=_explain.explain)

    run = commands.add_parser(
        "run",
        help="run a command as it is, and say afterwards what to do where its install was refused",
        usage="pep668 run [-h] [--shell NAME] [--color {auto,always,never}] -- COMMAND [ARG ...]",
    )
    run.add_argument(
        "--shell",
        default="",
        metavar="NAME",
        help="the shell that the advice is for (bash, fish, pwsh ...; default: that of $SHELL)",
    )
    run.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="of the advice; default: auto"
    )
    run.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="-- COMMAND [ARG ...]",
        help="the program and its arguments: no shell reads them, so an alias or a function is not seen",
    )
    run.set_defaults(run=_session.run)

    venv = commands.add_parser("venv", help="create a virtual environment, and install into it")
    venv.add_argument("directory", nargs="?", metavar="DIR", help="the environment's folder (default: .venv)")
    venv.add_argument(
        "-r", "--requirement", action="append", default=[], metavar="FILE", help="install this file's requirements"
    )
    venv.add_argument(
        "-e", "--editable", action="append", default=[], metavar="PATH", help="install this project in place"
    )
    venv.add_argument("-p", "--package", action="append", default=[], metavar="NAME", help="install this package")
    venv.set_defaults(run=_others.venv)

    rule = commands.add_parser("rule", help="show what a rule finds, why, and when to ignore it")
    rule.add_argument("code", nargs="?", metavar="CODE", help="EM001; without it, all rules in a line each")
    rule.set_defaults(run=_others.rule)

    server = commands.add_parser("server", help="run the language server on standard input and output")
    server.add_argument("--stdio", action="store_true", help="accepted, as editors pass it; there is no other way")
    server.set_defaults(run=_others.server)
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
