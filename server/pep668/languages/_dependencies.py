"""Requirements that stand in structured text (pyproject.toml, Pipfile, setup.cfg, environment.yml)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.data.names import normalized
from pep668.model import Region, Requirement
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, text
from pep668.text import SourceMap, Span

from ._requirement import parse

_CLAUSE = re.compile(r"(\^|~=|~|===|==|=|!=|>=|<=|>|<)?\s*v?(\d[\w.*+!-]*)")
_BETWEEN = re.compile(r"\s*,?\s*")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_VCS = ("git", "hg", "svn", "bzr")


def named(region: Region, made: tuple[str, SourceMap], group: str = "") -> Requirement | None:
    """The requirement that a text is (PEP 508), None where it is none or tells no name; `made` as `Scalar.made`."""
    value, where = made
    lead = len(value) - len(value.lstrip())
    found = parse(value[lead:].rstrip())
    if found is None or not found.name:
        return None
    span = region.outer(where.span(Span(lead, lead + found.end)))
    return Requirement(found.name, found.text, span, found.specifier, found.marker, found.extras, group, found.url)


def listed(region: Region, nodes: tuple[Node, ...], group: str = "") -> Iterator[Requirement]:
    """Those of a list of strings; what else stands in it is left out."""
    for node in nodes:
        found = named(region, node.made, group) if isinstance(node, Scalar) and node.style != "plain" else None
        if found is not None:
            yield found


def tabled(region: Region, table: Mapping, group: str = "") -> Iterator[Requirement]:
    """Those of a table of names with versions or tables, as Poetry and Pipenv write them."""
    for entry in table.entries:
        if isinstance(entry.value, Sequence):
            for item in entry.value.items:
                yield _versioned(region, entry, item, item.span, group)
        else:
            yield _versioned(region, entry, entry.value, entry.span, group)


def _versioned(region: Region, entry: Entry, value: Node, span: Span, group: str) -> Requirement:
    name = normalized(entry.key.value)
    version, extras, markers, url = "", [], [], ""
    if isinstance(value, Mapping):
        version = value.text("version") or ""
        extras = [normalized(e.value) for e in value.items("extras") if isinstance(e, Scalar)]
        url = located(value)
        if (value.text("optional") or "") == "true":
            group = group or "extra:optional"
        markers = [m for m in (value.text("markers"), *_conditions(value)) if m]
    else:
        version = text(value) or ""
    specifier = "" if url else specifiers(version)
    bracketed = f"{name}[{','.join(extras)}]" if extras else name
    asked = f"{bracketed} @ {url}" if url else bracketed + specifier
    marker = " and ".join(f"({m})" for m in markers) if len(markers) > 1 else "".join(markers)
    return Requirement(name, asked, region.outer(span), specifier, marker, tuple(extras), group, url)


def _conditions(table: Mapping) -> Iterator[str]:
    """Poetry's own conditions, and Pipenv's keys that are named as markers are, as markers."""
    python = specifiers(table.text("python") or "")
    if python:
        yield " and ".join(_python(clause) for clause in python.split(","))
    platform = table.text("platform")
    if platform:
        yield f"sys_platform == '{platform}'"
    for key in ("sys_platform", "os_name", "platform_system", "platform_machine", "python_version"):
        condition = table.text(key)
        if condition:
            yield f"{key} {condition}"


def _python(clause: str) -> str:
    found = _RELEASE.search(clause)
    operator = clause[: found.start()] if found else clause
    version = clause[len(operator) :]
    return f"python_version {operator} '{version}'"


def located(table: Mapping) -> str:
    """The URL or path that a table of Poetry, Pipenv or uv takes a project from, "" for an index."""
    for vcs in _VCS:
        address = table.text(vcs)
        if address:
            revision = next((r for r in map(table.text, ("rev", "tag", "branch", "ref")) if r), "")
            return f"{vcs}+{address}" + (f"@{revision}" if revision else "")
    for key in ("url", "path", "file"):
        address = table.text(key)
        if address:
            return address
    return "." if table.text("workspace") == "true" else ""


def specifiers(version: str) -> str:
    """Poetry's versions (`^1.2`, `~1.2`, `1.*`, `>=1 <2`) as clauses of PEP 440; "" for any version, and for unions."""
    version = version.strip()
    out: list[str] = []
    at = 0
    while at < len(version):
        found = _CLAUSE.match(version, at)
        if found is None:
            return ""
        out += _clauses(found[1] or "", found[2])
        between = _BETWEEN.match(version, found.end())
        at = between.end() if between else len(version)
    return ",".join(out)


def _clauses(operator: str, version: str) -> list[str]:
    if operator in ("^", "~"):
        release = _RELEASE.match(version)
        numbers = [int(n) for n in release[0].split(".")] if release and len(release[0]) < 60 else [0]
        keep = min(2, len(numbers))
        if operator == "^":  # up to and with the first number that is not zero
            keep = next((i for i, n in enumerate(numbers, 1) if n), len(numbers))
        bound = [*numbers[: keep - 1], numbers[keep - 1] + 1]
        if "*" in version:
            return [f"=={version}"]
        return [f">={version}", f"<{'.'.join(map(str, bound))}"]
    if operator in ("", "="):
        return [f"=={version}"]
    return [operator + version]
