"""Pipfile: the packages of an environment that pipenv makes, and the scripts that it runs there."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region, Requirement, RequirementsFile, RequirementsKind
from pep668.syntax.node import Mapping, Scalar

from . import Language
from ._command_line import Unread, argument_line
from ._dependencies import tabled

LANGUAGE = Language("pipfile", ids=("pip-pipfile", "pipfile"), names=("Pipfile",), always=True)

_OTHERS = ("source", "requires", "scripts", "pipenv", "pipfile")


def extract(region: Region) -> Iterator[Region | RequirementsFile]:
    """The scripts, and what the file asks for as one object."""
    from pep668.syntax.toml import parse

    document = parse(region.text)
    requirements: list[Requirement] = []
    for entry in document.entries:
        if isinstance(entry.value, Mapping) and entry.key.value not in _OTHERS:
            group = "" if entry.key.value == "packages" else f"group:{entry.key.value.removesuffix('-packages')}"
            requirements += tabled(region, entry.value, group)
    for entry in document.mapping("scripts").entries:
        if isinstance(entry.value, Scalar):
            why = Evidence("pipenv runs its scripts in the project's environment", region.outer(entry.key.span))
            yield region.inside(
                "shell",
                argument_line(entry.value.made),  # pipenv splits them itself
                facts=(Fact("environment", "", why),),
                place=Place(region.named("pipenv"), region.named(f"pipenv:{entry.key.value}")),
                anchor=entry.span,
                notation=Unread(entry.value.notation),
            )
    requirements.sort(key=lambda r: r.span)
    first = requirements[0].span if requirements else None
    indexes = [n.text("url") for n in document.items("source") if isinstance(n, Mapping)]
    # The default index, which every Pipfile names.
    others = any(url and not url.partition("://")[2].startswith("pypi.") for url in indexes)
    yield RequirementsFile(tuple(requirements), first=first, kind=RequirementsKind.TOOL, sources=others)
