"""Python programs, noxfiles among them: the commands that they run, each a process of its own.

Notebooks that were saved as programs are read as what they were: Databricks' by their marks, Colab's by the
`!` lines that they keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pep668.model import Fact, Place, Region
from pep668.text import Notation, SourceMap

from . import Language

LANGUAGE = Language(
    "python",
    ids=("python",),
    names=("SConstruct", "SConscript", "wscript"),
    patterns=("*.py", "*.pyw", "*.py.in", "*.py.j2", "*.py.jinja", "*.py.tmpl"),
    shebangs=("python", "pypy", "pipx", "uv"),
)

# A text without any of these runs nothing that matters.
_MENTIONS = re.compile(
    r"pip|\buvx?\b|conda|mamba|poetry|venv|session\.|install|EXTERNALLY|apt|apk|dnf|yum|zypper|pacman|pdm|brew",
    re.IGNORECASE,
)


_DATABRICKS = re.compile(r"\ufeff?# Databricks notebook source[ \t]*\r?$", re.MULTILINE)
_CELL_LINE = re.compile(
    r"^[ \t]*(?:!{1,2}[ \t]*(?:sudo |pip|conda|mamba|apt|python|uv |\{)|%(?:pip|conda|mamba|uv)[ \t])", re.MULTILINE
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of a program, in the order in which they are called."""
    if not _MENTIONS.search(region.text):
        return
    if _DATABRICKS.match(region.text):
        from . import _databricks

        yield from _databricks.regions(region)
    if _CELL_LINE.search(region.text) and _in_file(region):
        from . import _ipython

        yield from _ipython.regions(region)
        return
    from ._python_program import Program

    for run in Program(region.text).runs():
        yield _inside(region, run.made, run.at, run.facts(region), run.notation, run.elsewhere)


def _in_file(region: Region) -> bool:
    """Whether the text is a file, in which such lines have not been taken out."""
    return region.parent is None


def _inside(
    region: Region,
    made: tuple[str, SourceMap],
    at: str,
    facts: tuple[Fact, ...],
    notation: Notation,
    elsewhere: str,
) -> Region:
    system = f"{region.place.system}/{elsewhere}" if elsewhere else region.place.system
    place = Place(system, f"{region.place.process}/{at}", None if elsewhere else region.place.base)
    inner = region.inside("shell", made, facts=facts, place=place, notation=notation)
    # What a shell's heredoc or string gave to Python keeps that shell's state.
    return replace(inner, origin=region.origin)
