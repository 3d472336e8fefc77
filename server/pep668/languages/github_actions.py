"""Workflows and composite actions of GitHub: each `run:` is a shell process of its own.

A job's steps share a system. Actions that a step uses are known by data/actions.json:
what they put first in PATH for the steps that follow, and which of their inputs are commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region

from . import Language
from ._github_workflow import commands

_ON = re.compile(r"^(?:on|\"on\"|'on'|true)[ \t]*:", re.MULTILINE)
_JOBS = re.compile(r"^jobs[ \t]*:", re.MULTILINE)
_RUNS = re.compile(r"^runs[ \t]*:", re.MULTILINE)
_COMPOSITE = re.compile(r"^[ \t]+using[ \t]*:[ \t]*[\"']?composite\b", re.MULTILINE)


def _sniff(text: str) -> bool:
    if _JOBS.search(text) and _ON.search(text):
        return True
    return _RUNS.search(text) is not None and _COMPOSITE.search(text) is not None


LANGUAGE = Language(
    "github-actions",
    ids=("github-actions", "github-actions-workflow"),
    names=("action.yml", "action.yaml"),
    patterns=tuple(f".github/workflows/{under}*.{ending}" for under in ("", "*/") for ending in ("yml", "yaml")),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of all steps, with what is known of the job."""
    yield from commands(region)
