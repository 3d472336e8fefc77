"""package.json: each script is one line of shell, on the machine that npm runs on."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Scalar, items

from . import Language

LANGUAGE = Language("package-json", names=("package.json", "composer.json"))


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.json import parse

    tree = parse(region.text)
    scripts = tree.mapping("scripts") if isinstance(tree, Mapping) else None
    for entry in scripts.entries if scripts else ():
        for node in items(entry.value):
            if not isinstance(node, Scalar) or node.style == "plain":
                continue
            shell = Fact("shell", "sh", Evidence("scripts are run by sh", region.outer(entry.key.span)))
            process = region.named(f"script:{node.span.start}")
            yield region.inside(
                "shell",
                node.made,
                facts=(shell,),
                place=Place(region.place.system, process, region.place.base),
                anchor=entry.span,
                notation=node.notation,
            )
