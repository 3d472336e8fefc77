"""What the commands share: settings, this machine, output."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pep668.model import Machine
    from pep668.settings import Settings

_CONFIGURATION = ("pep668.toml", "pyproject.toml")


class UsageError(Exception):
    """Something that the user can put right; the message says what and how. Exit code 2."""


def settings_of(arguments: argparse.Namespace) -> tuple[Settings, str]:
    """The settings, and the folder that their path patterns are about."""
    from dataclasses import replace

    from pep668.settings import SettingsError

    try:
        settings, top = _from_file(arguments.config, next((p for p in arguments.paths if p != "-"), "."))
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if getattr(arguments, "select", None):
        settings = replace(settings, select=codes(arguments.select))
    if getattr(arguments, "ignore", None):
        settings = replace(settings, ignore=codes(arguments.ignore))
    return settings, top


def codes(text: str) -> tuple[str, ...]:
    from pep668 import rules

    codes = tuple(code.strip().upper() for code in text.split(",") if code.strip())
    for code in codes:
        if not any(r.rule.code.startswith(code) for r in rules.all_rules()):
            raise UsageError(rules.no_rule(code))
    return codes


def _from_file(named: str | None, start: str) -> tuple[Settings, str]:
    """The settings of the named file, else of the nearest one at or above the first path, else the defaults.

    With them the folder of that file, or the working directory.
    """
    from pep668.settings import Settings, SettingsError

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
    from pep668 import rules
    from pep668.settings import parse

    settings = parse(text, path)
    if settings is None or not any(settings.codes()):
        return settings
    return rules.usable(settings, path)


def machine_of(arguments: argparse.Namespace, *, with_packages: bool) -> Machine | None:
    if arguments.machine != "local":
        return None
    from pep668 import machine

    return machine.snapshot(os.getcwd(), with_packages=with_packages)


def shown_here(folder: str) -> tuple[Machine, Settings]:
    """This machine as seen from a folder, with its packages, and the folder's settings (the defaults where broken)."""
    from pep668 import machine
    from pep668.settings import Settings

    try:
        settings = settings_of(argparse.Namespace(config=None, paths=[folder]))[0]
    except UsageError as error:
        complain(str(error))
        settings = Settings()
    return machine.snapshot(folder, with_packages=True), settings


def shell_of(environ: Mapping[str, str]) -> str:
    """The shell that the user types into, by its name: bash, fish, pwsh ..."""
    named = environ.get("SHELL", "")
    return os.path.basename(named) if named or os.name == "posix" else "powershell"


def colored(choice: str, stream: TextIO | None = None) -> bool:
    if choice != "auto":
        return choice == "always"
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_json(value: Any) -> None:
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def complain(message: str) -> None:
    print(f"pep668: {message}", file=sys.stderr)
