"""snapcraft.yaml: the scripts of its parts, which run in an Ubuntu of the snap's base.

Source: snapcraft's "Override build steps", "Base snaps" and the python plugin's build environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Mapping, Scalar, items, text
from pep668.text import Span

from . import Language

LANGUAGE = Language(
    "snapcraft", names=("snapcraft.yaml", "snapcraft.yml", ".snapcraft.yaml", "rockcraft.yaml", "charmcraft.yaml")
)

_SCRIPTS = (
    *("override-pull", "override-overlay", "override-build", "override-stage", "override-prime", "overlay-script"),
    *("prepare", "build", "install"),
)
_CORE = re.compile(r"core(\d\d)(?:-desktop|-sdk)?|ubuntu@(\d\d)\.(\d\d)")
_DEFAULT = re.compile(r"\b(?:craftctl|snapcraftctl)[ \t]+(?:default|build)\b")
_PYTHON_PLUGINS = ("python", "poetry", "uv", "charm")


def extract(region: Region) -> Iterator[Region]:
    """The scripts of all parts, each a process in one build instance."""
    from pep668.syntax.yaml import parse

    tree = parse(region.text)
    if not isinstance(tree, Mapping):
        return
    image = _image(region, tree)
    for part in tree.mapping("parts").entries:
        for entry in part.value.entries if isinstance(part.value, Mapping) else ():
            script = entry.value
            if entry.key.value not in _SCRIPTS or not isinstance(script, Scalar) or script.missing:
                continue
            place = Place(region.named("snapcraft"), region.named(f"{part.key.value}/{entry.key.value}"))
            facts = (image, *_environment(region, part, script))
            yield region.inside(
                "shell", script.made, facts=facts, place=place, anchor=part.span, notation=script.notation
            )


def _image(region: Region, tree: Mapping) -> Fact:
    entry = tree.entry("build-base") or tree.entry("base")
    found = _CORE.fullmatch(text(entry.value) or "") if entry else None
    if entry is None or found is None:
        span = region.outer(entry.span if entry else Span(0, 0))
        return Fact("image", "", Evidence("its base is not known", span))
    release = f"{found[2]}.{found[3]}" if found[2] else f"{found[1]}.04"
    name = entry.key.value
    evidence = Evidence(f"{name}: {text(entry.value)} is built on Ubuntu {release}", region.outer(entry.span))
    return Fact("image", f"ubuntu:{release}", evidence)


def _environment(region: Region, part: Entry, script: Scalar) -> Iterator[Fact]:
    """The part's variables; the Python plugins make an environment in their default step and put it first in PATH."""
    for item in items(part.value.get("build-environment") if isinstance(part.value, Mapping) else None):
        for entry in item.entries if isinstance(item, Mapping) else ():
            name, value = entry.key.value, text(entry.value)
            evidence = Evidence(f"build-environment: {name}: {value}", region.outer(entry.span))
            yield Fact("variable", value, evidence, name)
    plugin = part.value.entry("plugin") if isinstance(part.value, Mapping) else None
    if plugin is not None and text(plugin.value) in _PYTHON_PLUGINS and _DEFAULT.search(script.value):
        evidence = Evidence(f"the {text(plugin.value)} plugin makes a virtual environment", region.outer(plugin.span))
        yield Fact("environment", "", evidence)
