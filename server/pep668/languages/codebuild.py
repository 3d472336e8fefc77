"""AWS CodeBuild's buildspec: the commands of its phases, which are one shell.

Source: "Build specification reference for CodeBuild" (version 0.2; in 0.1 each command is a shell of its own).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax import yaml
from pep668.syntax.node import Entry, Mapping
from pep668.text import Span

from . import Language, _pipeline
from ._containers import Commands
from ._pipeline import Piece, Process, fact, shell_of

_VERSION = re.compile(r"^version:[ \t]*[\"']?0\.[12]\b", re.MULTILINE)
_PHASES = re.compile(r"^phases:", re.MULTILINE)


def _sniff(text: str) -> bool:
    return _VERSION.search(text) is not None and _PHASES.search(text) is not None


LANGUAGE = Language(
    "codebuild",
    names=("buildspec.yml", "buildspec.yaml"),
    patterns=("buildspec*.yml", "buildspec*.yaml", "*buildspec.yml", "*buildspec.yaml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)

_PHASE_NAMES = ("install", "pre_build", "build", "post_build")


def extract(region: Region) -> Iterator[Region]:
    """The commands of the phases, in the order in which they run."""
    root = yaml.parse(region.text)
    if not isinstance(root, Mapping):
        return
    phases = root.mapping("phases")
    commands = Commands()
    facts = tuple(_facts(region, root, phases))
    language, _ = shell_of(root.text("env", "shell") or "")
    pieces: list[Piece] = []
    for phase in sorted(phases.entries, key=_order):
        if isinstance(phase.value, Mapping):
            for listed in _pipeline.pieces(phase.value.get("commands"), phase.value.get("finally")):
                pieces += commands.text(listed.scalar, language)
    if root.text("version") == "0.1":
        found = [Process("build", f"command:{at}", (piece,), facts) for at, piece in enumerate(pieces)]
    else:
        found = [Process("build", "phases", tuple(pieces), facts)]
    yield from _pipeline.regions(region, found)


def _order(phase: Entry) -> int:
    name = phase.key.value.lower()
    return _PHASE_NAMES.index(name) if name in _PHASE_NAMES else len(_PHASE_NAMES)


def _facts(region: Region, root: Mapping, phases: Mapping) -> Iterator[Fact]:
    program = root.text("env", "shell")
    if shell_of(program or "")[0] == "powershell":
        yield fact(region, "platform", "windows", root.get("env", "shell") or root)
    else:
        yield fact(region, "image", "", Span(0, 0), "the project's settings say which image CodeBuild uses")
    versions = phases.mapping("install", "runtime-versions")
    python = versions.get("python")
    if python is not None:
        yield fact(region, "python", "runtime-versions", python, "runtime-versions: a Python of CodeBuild's own")
    if program:
        yield fact(region, "shell", program, root.get("env", "shell") or root)
    yield from _pipeline.variables(region, root.get("env", "variables"), _pipeline.plain)
    user = root.text("run-as")
    if user:
        yield fact(region, "user", user, root.get("run-as") or root, f"run-as: {user}")
