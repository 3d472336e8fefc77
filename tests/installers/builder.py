"""Reads lines as the analysis does: shell text to commands to installs."""

from __future__ import annotations

from collections.abc import Mapping

from pep668 import installers, shell
from pep668.model import Command, Install, Region


def commands(text: str, variables: Mapping[str, str] | None = None) -> list[Command]:
    found = shell.parse(Region.document("shell", text))
    if variables is None:
        return found
    known = variables
    return [shell.expand(command, known.get) for command in found]


def installs(text: str, variables: Mapping[str, str] | None = None) -> list[Install]:
    return [i for c in commands(text, variables) if (i := installers.parse(c)) is not None]


def install(text: str, variables: Mapping[str, str] | None = None) -> Install:
    found = installs(text, variables)
    assert len(found) == 1, f"{text!r} holds {len(found)} installs"
    return found[0]


def asked(found: Install) -> list[tuple[str, str]]:
    """Kind and text of each request, the name of a project."""
    return [(r.kind.value, (r.name or "") if r.kind.value == "project" else r.text) for r in found.requests]


def given(found: Install) -> list[tuple[str, str | None]]:
    return [(option.name, option.value) for option in found.options]
