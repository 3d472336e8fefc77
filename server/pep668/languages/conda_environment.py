"""conda's environment.yml: conda packages, and what its `pip:` section has pip install into that environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.data.names import normalized
from pep668.model import Region, Requirement, RequirementsFile, RequirementsKind
from pep668.syntax.node import Mapping, Scalar
from pep668.text import Span

from . import Language
from ._dependencies import named

_DEPENDENCIES = re.compile(
    r"^dependencies:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-[ \t]+[\"']?[\w:./-]+", re.MULTILINE
)
_OTHER_KEY = re.compile(
    r"^(?:channels|prefix):|^[ \t]*-[ \t]+[\"']?(?:conda-forge::)?(?:python\b(?!-)|pip:)", re.MULTILINE
)
_MATCH = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)")
_INCLUDE = re.compile(r"(-r|-c|-e|--requirement|--constraint|--editable)(?:[ \t]+|=)?(\S+)")
_LISTS = {"-r": 0, "--requirement": 0, "-c": 1, "--constraint": 1, "-e": 2, "--editable": 2}


def _sniff(text: str) -> bool:
    return "dependencies:" in text and bool(_DEPENDENCIES.search(text)) and bool(_OTHER_KEY.search(text))


LANGUAGE = Language(
    "conda-environment",
    names=("environment.yml", "environment.yaml", "conda.yml", "conda.yaml"),
    patterns=("environment-*.yml", "environment_*.yml", "environment-*.yaml", "environment_*.yaml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
    always=True,
)


def extract(region: Region) -> Iterator[RequirementsFile]:
    """What the file asks for, as one object; nothing in it is a command."""
    from pep668.syntax.yaml import parse

    document = parse(region.text)
    if not isinstance(document, Mapping):
        return
    requirements: list[Requirement] = []
    files: tuple[list[str], list[str], list[str]] = ([], [], [])
    for item in document.items("dependencies"):
        if isinstance(item, Scalar):
            found = _MATCH.match(item.value)
            if found and "://" not in item.value.partition("[")[0]:  # a file of a package, by its address
                span = region.outer(item.map.span(Span(0, len(item.value.rstrip()))))
                requirements.append(Requirement(normalized(found[1]), item.value.strip(), span, group="conda"))
        elif isinstance(item, Mapping):
            for line in item.items("pip"):
                if isinstance(line, Scalar):
                    _pip(region, line, requirements, files)
    includes, constraints, editable = map(tuple, files)
    yield RequirementsFile(tuple(requirements), includes, constraints, editable, kind=RequirementsKind.CONDA)


def _pip(
    region: Region, line: Scalar, requirements: list[Requirement], files: tuple[list[str], list[str], list[str]]
) -> None:
    included = _INCLUDE.match(line.value)
    if included:
        files[_LISTS[included[1]]].append(included[2].strip("\"'"))
    elif not line.value.startswith("-"):
        found = named(region, line.made)
        if found is not None:
            requirements.append(found)
