"""What every host promises: cut anywhere it never raises, and what stood complete in another unit is still found.

A case with `later=yes` is left out of the second half: what stands later decides there whether a text runs at all
(a script in a variable, a template that jobs extend).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefiles import Case, cases
from pep668 import languages
from pep668.analysis import Analysis, analyze
from pep668.model import Region, Span

FILES = sorted(p for p in (Path(__file__).parent.parent / "cases").glob("*.md") if p.name != "README.md")
CUTS = 20  # of each source, besides its line ends


def unit(region: Region) -> Span:
    """The host's unit that holds a region: its step, target, cell, instruction, or the region itself."""
    outermost = region
    while outermost.parent is not None and outermost.parent.parent is not None:
        outermost = outermost.parent
    return outermost.anchor or outermost.outer(Span(0, len(outermost.text)))


def commands(analysis: Analysis) -> Iterator[tuple[int, str, Region]]:
    for judged in analysis.context.judged:
        install = judged.install
        yield install.command.outer(install.program).start, install.tool, install.command.region


def cuts(text: str) -> list[int]:
    chosen = random.Random(len(text)).sample(range(len(text) + 1), min(CUTS, len(text) + 1))
    return sorted({*chosen, *(i + 1 for i, c in enumerate(text) if c == "\n")})


@pytest.mark.parametrize(
    "case",
    [c for f in FILES for c in cases(f)],
    ids=lambda c: f"{c.file.stem}: {c.title}" if isinstance(c, Case) else c,
)
def test_a_cut_loses_nothing_that_stands_complete_elsewhere(case: Case) -> None:
    text = case.text
    path = case.source.options.get("path", "")
    language = languages.detect(path, text, case.source.kind) or case.source.kind
    later = case.source.options.get("later") == "yes"
    whole = list(commands(analyze(text, language)))
    for cut in cuts(text):
        found = {(start, tool) for start, tool, _ in commands(analyze(text[:cut], language))}
        for start, tool, region in whole:
            if not later and region.parent is not None and unit(region).end < cut and (start, tool) not in found:
                raise AssertionError(f"cut at {cut}, {tool} at {start} is lost:\n{text[:cut]}")
