"""conda recipes (`meta.yaml`, rattler-build's `recipe.yaml`): build and test scripts, run in conda environments.

Source: conda-build's "Defining metadata (meta.yaml)", rattler-build's "Recipe file". Both make an
environment for the build and another for the tests, and activate it before the script runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, walk
from pep668.text import MappedText, Span

from . import Language, _pipeline
from ._containers import Commands
from ._hidden import hiding
from ._pipeline import Made, Process, fact

_PACKAGE = re.compile(r"^(?:package|recipe):[ \t]*(?:[#{].*)?$", re.MULTILINE)
_RECIPE = re.compile(r"^(?:requirements|outputs|about|source|tests?):", re.MULTILINE)
_BUILD = re.compile(r"^build:[ \t]*(?:[#{].*)?$|^outputs:", re.MULTILINE)


def _sniff(text: str) -> bool:
    return all(pattern.search(text) for pattern in (_PACKAGE, _RECIPE, _BUILD))


LANGUAGE = Language("conda-recipe", candidates=("*.yml", "*.yaml"), sniff=_sniff)

_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]{0,500}\}\}|\{%[^%\n]{0,500}%\}")
_PYTHON = re.compile(r"\$?\{\{[ \t]*PYTHON[ \t]*\}\}")
_KEYS = ("script", "commands")
_MOST = 10_000  # nodes of one script: aliases of aliases


def extract(region: Region) -> Iterator[Region]:
    """The scripts of builds and tests, those of all outputs too; each is a shell of its own."""
    hide = hiding(_TEMPLATE)
    commands = Commands(lambda made: hide(_with_python(made)))
    variable = fact(region, "variable", "python", Span(0, 0), "$PYTHON is the environment's Python", "PYTHON")
    active = fact(region, "conda", "", Span(0, 0), "conda builds a recipe in an environment of its own")
    found: list[Process] = []
    for node in walk(yaml.parse(region.text)):
        for entry in node.entries if isinstance(node, Mapping) else ():
            if entry.key.value in _KEYS:
                pieces = tuple(p for s, language in _scripts(entry.value) for p in commands.text(s, language))
                found.append(Process(f"recipe:{entry.key.span.start}", entry.key.value, pieces, (active, variable)))
    yield from _pipeline.regions(region, found)


def _with_python(made: Made) -> Made:
    """`{{ PYTHON }}` is the environment's own interpreter."""
    text, mapped = made
    if not _PYTHON.search(text):
        return made
    out = MappedText()
    at = 0
    for found in _PYTHON.finditer(text):
        out.verbatim(text[at : found.start()], at)
        out.opaque("python", Span(found.start(), found.end()))
        at = found.end()
    out.verbatim(text[at:], at)
    inner, within = out.finish()
    return inner, mapped.compose(within)


def _scripts(node: Node) -> Iterator[tuple[Scalar, str]]:
    """The texts of a script and their language.

    rattler-build may say more of one: `{content: ..., interpreter: ...}`, and `{if: ..., then: ..., else: ...}`.
    """
    pending, steps = [(node, "shell")], 0
    while pending and steps < _MOST:
        steps += 1
        node, language = pending.pop()
        if isinstance(node, Scalar):
            yield node, language
        elif isinstance(node, Sequence):
            pending += [(item, language) for item in reversed(node.items)]
        elif isinstance(node, Mapping):
            interpreter = node.text("interpreter")
            language = _pipeline.shell_of(interpreter)[0] if interpreter else language
            inner = [node.get(key) for key in ("else", "then", "content")]
            pending += [(i, language) for i in inner if i is not None]
