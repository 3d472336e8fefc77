"""pyproject.toml: what a project, its extras, its groups and its build ask for (PEP 621, PEP 735, Poetry, PDM, uv)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pep668.model import Region, Requirement, RequirementsFile, RequirementsKind
from pep668.syntax.node import Mapping, Scalar

from . import Language, _pyproject_scripts
from ._dependencies import listed, located, tabled

LANGUAGE = Language("pyproject", names=("pyproject.toml",), always=True)


def extract(region: Region) -> Iterator[Region | RequirementsFile]:
    """What the project asks for, as one object, and what its tools run."""
    from pep668.syntax.toml import parse  # a megabyte of patterns that most documents do not need

    document = parse(region.text)
    found = sorted((*_standard(region, document), *_tools(region, document)), key=lambda r: r.span)
    sources = _sources(document.mapping("tool", "uv", "sources"))
    requirements = tuple(_from(r, sources.get(r.name, "")) for r in found)
    asked = next((r.span for r in requirements if r.group != "build-system"), None)
    indexes = (("uv", "index"), ("uv", "index-url"), ("uv", "extra-index-url"), ("poetry", "source"), ("pdm", "source"))
    named = any(document.get("tool", *path) is not None for path in indexes)
    yield RequirementsFile(requirements, first=asked, kind=_kind(document, requirements), sources=named)
    yield from _pyproject_scripts.regions(region, document)


def _standard(region: Region, document: Mapping) -> Iterator[Requirement]:
    yield from listed(region, document.items("build-system", "requires"), "build-system")
    yield from listed(region, document.items("project", "dependencies"))
    for entry in document.mapping("project", "optional-dependencies").entries:
        yield from listed(
            region, document.items("project", "optional-dependencies", entry.key.value), _extra(entry.key)
        )
    for entry in document.mapping("dependency-groups").entries:
        # The groups that a group includes are listed where they stand.
        yield from listed(region, document.items("dependency-groups", entry.key.value), _group(entry.key))


def _tools(region: Region, document: Mapping) -> Iterator[Requirement]:
    yield from listed(region, document.items("tool", "uv", "dev-dependencies"), "group:dev")
    for entry in document.mapping("tool", "pdm", "dev-dependencies").entries:
        yield from listed(region, document.items("tool", "pdm", "dev-dependencies", entry.key.value), _group(entry.key))
    poetry = document.mapping("tool", "poetry")
    yield from _poetry(region, poetry.mapping("dependencies"), "")
    yield from _poetry(region, poetry.mapping("dev-dependencies"), "group:dev")
    for entry in poetry.mapping("group").entries:
        yield from _poetry(region, poetry.mapping("group", entry.key.value, "dependencies"), _group(entry.key))


def _poetry(region: Region, table: Mapping, group: str) -> Iterator[Requirement]:
    return (r for r in tabled(region, table, group) if r.name != "python")


def _extra(key: Scalar) -> str:
    return f"extra:{key.value}"


def _group(key: Scalar) -> str:
    return f"group:{key.value}"


def _sources(table: Mapping) -> dict[str, str]:
    """Where uv takes projects from instead of an index, by normalized name."""
    from pep668.data.names import normalized

    out: dict[str, str] = {}
    for entry in table.entries:
        tables = (n for n in table.items(entry.key.value) if isinstance(n, Mapping))
        place = next((p for p in map(located, tables) if p), "")
        if place:
            out[normalized(entry.key.value)] = place
    return out


def _from(requirement: Requirement, source: str) -> Requirement:
    if not source or requirement.url or requirement.group == "build-system":
        return requirement
    return replace(requirement, text=f"{requirement.name} @ {source}", specifier="", url=source)


def _kind(document: Mapping, requirements: tuple[Requirement, ...]) -> RequirementsKind:
    if document.text("project", "name") is not None:
        return RequirementsKind.PROJECT
    if document.mapping("tool", "poetry").entries:
        return RequirementsKind.TOOL
    groups = any(r.group.startswith("group:") for r in requirements)
    return RequirementsKind.GROUPS if groups else RequirementsKind.BUILD
