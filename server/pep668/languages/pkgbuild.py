"""PKGBUILD and APKBUILD: shell scripts that makepkg runs on Arch Linux, abuild on Alpine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Region
from pep668.text import SourceMap

from . import Language

LANGUAGE = Language("pkgbuild", ids=("pkgbuild", "apkbuild"), names=("PKGBUILD", "APKBUILD"))

# Only makepkg's bash has arrays; abuild's ash has none.
_ARRAY = re.compile(r"^(?:arch|license|depends|makedepends|source|sha\d+sums|md5sums|pkgname)=\(", re.MULTILINE)


def extract(region: Region) -> Iterator[Region]:
    if _ARRAY.search(region.text):
        image, program, why = "archlinux", "bash", "makepkg builds on Arch Linux"
    else:
        image, program, why = "alpine:edge", "ash", "abuild builds on Alpine"
    facts = (
        Fact("image", image, Evidence(why)),
        Fact("shell", program, Evidence(why)),
        Fact("user", "builder", Evidence(why)),
    )
    yield region.inside("shell", (region.text, SourceMap.identity(len(region.text))), facts=facts)
