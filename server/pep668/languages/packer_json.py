"""Packer's templates in JSON: the lines of shell provisioners, on the machine that is made or here.

Source: Packer's documentation of JSON templates and of the shell, shell-local, powershell and windows-shell
provisioners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Node, Scalar, items
from pep668.text import MappedText, Span

from . import Language
from ._hidden import hiding

_SNIFF = re.compile(r"\"(?:provisioners|builders|post-processors)\"\s*:\s*\[")
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,500}\}\}")
_LANGUAGES = {"shell": "shell", "shell-local": "shell", "powershell": "powershell", "windows-shell": "cmd"}
_LISTS = ("provisioners", "post-processors", "error-cleanup-provisioner")


def _sniff(text: str) -> bool:
    return '"type"' in text and _SNIFF.search(text) is not None


LANGUAGE = Language(
    "packer-json",
    patterns=("*.pkr.json", "packer.json", "packer-*.json", "packer_*.json", "*-packer.json", "packer/*.json"),
    sniff=_sniff,
    comments=(),
)


def extract(region: Region) -> Iterator[Region]:
    """The inline lines of each provisioner, which are one script."""
    from pep668.syntax.json import parse

    root = parse(region.text)
    if not isinstance(root, Mapping):
        return
    for name in _LISTS:
        for given in items(root.get(name)):
            for provisioner in items(given):  # post-processors may be lists of them
                if isinstance(provisioner, Mapping):
                    yield from _script(region, provisioner)


def _script(region: Region, provisioner: Mapping) -> Iterator[Region]:
    kind = provisioner.text("type") or ""
    language = _LANGUAGES.get(kind)
    lines = [
        n for n in (*items(provisioner.get("inline")), *items(provisioner.get("command"))) if isinstance(n, Scalar)
    ]
    if language is None or not lines:
        return
    out = MappedText()
    for index, line in enumerate(lines):
        if index:
            end = lines[index - 1].span.end
            out.opaque("\n", Span(end, max(end, line.span.start)))
        for segment in line.map.segments:
            piece = line.value[segment.inner.start : segment.inner.end]
            if segment.verbatim:
                out.verbatim(piece, segment.outer.start)
            else:
                out.opaque(piece, segment.outer)
    made = hiding(_TEMPLATE)(out.finish(lines[0].span.start))
    system = region.named("here" if kind == "shell-local" else "machine")
    place = Place(system, f"{system}/{lines[0].span.start}")
    facts = tuple(_facts(region, provisioner, kind))
    notation = lines[0].notation
    yield region.inside(language, made, facts=facts, place=place, anchor=provisioner.span, notation=notation)


def _facts(region: Region, provisioner: Mapping, kind: str) -> Iterator[Fact]:
    span = region.outer(Span(provisioner.span.start, provisioner.span.start))
    if kind in ("powershell", "windows-shell"):
        yield Fact("platform", "windows", Evidence(f"the provisioner {kind}", span))
    elif kind == "shell":
        yield Fact("remote", "which system that machine has", Evidence("it runs on the machine that is made", span))
    for node in items(provisioner.get("environment_vars")):
        name, equals, value = _text(node).partition("=")
        if equals:
            yield Fact(
                "variable", None if "{{" in value else value, Evidence(_text(node), region.outer(node.span)), name
            )


def _text(node: Node) -> str:
    return node.value if isinstance(node, Scalar) else ""
