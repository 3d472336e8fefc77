"""Shell text to commands: POSIX sh, bash, and what of zsh and ksh looks like them.

Tolerant of errors and half-typed text: it yields what stands and never raises. Time is
linear in the length of the text; a text read again after an edit is read only
where it changed.
"""

from __future__ import annotations

from pep668.model import Command, Region

from . import _build, _relevance
from ._edits import Statements, touches
from ._expand import expand
from ._inner import heredoc, inner
from ._outline import Part, outline
from ._parser import Parser
from ._relevance import mentions
from ._runs import Run, runs
from ._wrappers import peel

__all__ = [
    "Part",
    "Run",
    "Statements",
    "expand",
    "heredoc",
    "inner",
    "mentions",
    "outline",
    "parse",
    "peel",
    "relevant",
    "runs",
    "touches",
]


def parse(region: Region) -> list[Command]:
    """Every simple command of a shell text, in the order of the text.

    Programs that run others (`sudo`, `env`, `docker run`) stand in `Command.wrappers`,
    so that `words[0]` is what really runs; functions of the text that run their
    arguments count among them. Commands in substitutions and functions are listed with their scope.
    """
    units = Parser(region.text).read()
    found = _build.commands([(unit, by, unit.raws) for unit, by in units], region)
    functions = _build.passing_functions(units)
    return _build.follow(found, functions) if functions else found


def relevant(region: Region) -> list[Command]:
    """Those commands of `parse` that can matter to where Python packages go, at a fraction of its cost."""
    units = Parser(region.text).read()
    found = _build.commands(_relevance.choose(units, region.text), region)
    functions = _build.passing_functions(units)
    return _build.follow(found, functions) if functions else found
