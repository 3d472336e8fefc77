"""The other commands: `venv`, `rule`, `server`."""

from __future__ import annotations

import argparse
import os
import sys

from ._shared import UsageError, complain, settings_of


def venv(arguments: argparse.Namespace) -> int:
    from pep668 import machine, provision

    settings, _ = settings_of(argparse.Namespace(config=None, paths=["."]))
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
    complain(result.message)
    if result.help:
        print(f"  {result.help}", file=sys.stderr)
    return 2


def rule(arguments: argparse.Namespace) -> int:
    from pep668 import rules

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


def server(_: argparse.Namespace) -> int:
    from pep668.lsp import serve

    try:
        return serve()
    except ModuleNotFoundError as error:
        raise UsageError(f"the language server needs pygls: {error}; install pep668 with its dependencies") from None
