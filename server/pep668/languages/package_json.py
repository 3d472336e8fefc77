"""package.json: each script is one line of shell, on the machine that npm runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Scalar, items

from . import Language

LANGUAGE = Language("package-json", names=("package.json", "composer.json"), comments=())

# npm has cmd read scripts on Windows: these are paths and variables that nothing else knows.
_WINDOWS = re.compile(r"[\w.~-]\\[Ss]cripts\\|%[A-Za-z_]\w*%")
_POSIX = re.compile(r"(?:^|[\s;&|(])\.[ \t]|/bin/|\bsource[ \t]|\$\w")


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax.json import parse

    tree = parse(region.text)
    scripts = tree.mapping("scripts") if isinstance(tree, Mapping) else None
    for entry in scripts.entries if scripts else ():
        for node in items(entry.value):
            if not isinstance(node, Scalar) or node.style == "plain":
                continue
            if _WINDOWS.search(node.value) and not _POSIX.search(node.value):
                evidence = Evidence("a script for Windows, by its paths", region.outer(node.span))
                language, where = "cmd", Fact("platform", "windows", evidence)
            else:
                evidence = Evidence("scripts are run by sh", region.outer(entry.key.span))
                language, where = "shell", Fact("shell", "sh", evidence)
            process = region.named(f"script:{node.span.start}")
            yield region.inside(
                language,
                node.made,
                facts=(where,),
                place=Place(region.place.system, process, region.place.base),
                anchor=entry.span,
                notation=node.notation,
            )
