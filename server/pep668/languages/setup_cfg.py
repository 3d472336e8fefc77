"""setup.cfg: what a project that setuptools builds asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region, Requirement, RequirementsFile, RequirementsKind
from pep668.syntax.node import Mapping, Scalar
from pep668.text import SourceMap, Span

from . import Language, _tox
from ._dependencies import named

LANGUAGE = Language("setup-cfg", names=("setup.cfg",), always=True, comments=("#", "^;"))

_LINE = re.compile(r"[^\n]+")
_PIECE = re.compile(r"[^;]+")
_COMMENT = re.compile(r"(?:^|\s+)#.*")


def extract(region: Region) -> Iterator[Region | RequirementsFile]:
    """What the project asks for, as one object, and what tox runs."""
    from pep668.syntax.ini import parse

    document = parse(region.text)
    requirements = [
        *_listed(region, document, ("options", "setup_requires"), "build-system"),
        *_listed(region, document, ("options", "install_requires"), ""),
        *_listed(region, document, ("options", "tests_require"), "extra:tests"),
    ]
    for entry in document.mapping("options.extras_require").entries:
        group = f"extra:{entry.key.value.partition(':')[0]}"
        requirements += _listed(region, document, ("options.extras_require", entry.key.value), group)
    requirements.sort(key=lambda r: r.span)
    asked = next((r.span for r in requirements if r.group != "build-system"), None)
    project = document.text("metadata", "name") is not None or document.mapping("options").entries
    kind = RequirementsKind.PROJECT if project else RequirementsKind.BUILD
    yield RequirementsFile(tuple(requirements), first=asked, kind=kind)
    yield from _tox.ini_regions(region, document)


def _listed(region: Region, document: Mapping, path: tuple[str, str], group: str) -> Iterator[Requirement]:
    """Those of a value: one a line, or on one line between semicolons, as setuptools reads it."""
    section, key = path
    value = document.get(section, key) or document.get(section, key.replace("_", "-"))  # as setuptools took it
    if not isinstance(value, Scalar) or value.value.lstrip().startswith(("file:", "attr:")):
        return
    pattern = _LINE if "\n" in value.value else _PIECE
    for found in pattern.finditer(value.value):
        comment = _COMMENT.search(found[0])
        end = found.start() + (comment.start() if comment else len(found[0]))
        requirement = named(region, _part(value, Span(found.start(), end)), group)
        if requirement is not None and not any(quote in requirement.specifier for quote in "'\""):
            yield requirement


def _part(value: Scalar, span: Span) -> tuple[str, SourceMap]:
    within = SourceMap.identity(len(span), span.start)
    return value.value[span.start : span.end], value.map.compose(within)
