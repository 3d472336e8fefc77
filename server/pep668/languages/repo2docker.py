"""Scripts that repo2docker (Binder) runs in the image that it builds: `postBuild`, and `start` in a `binder` folder.

A conda environment of its own stands first in PATH there, whatever else the repository asks for
(https://repo2docker.readthedocs.io/en/latest/configuration/development/#postbuild).
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.model import Evidence, Fact, Region
from pep668.text import SourceMap

from . import HEAD, Language, detect

LANGUAGE = Language("repo2docker", names=("postBuild",), patterns=("binder/start", ".binder/start"))


def extract(region: Region) -> Iterator[Region]:
    """The script in the language that its first line names, in the environment that repo2docker makes."""
    text = region.text
    language = detect("", text[:HEAD]) if text.startswith("#!") else "shell"
    if language:
        why = Evidence("repo2docker runs it in the conda environment of its image")
        made = text, SourceMap.identity(len(text))
        yield region.inside(language, made, facts=(Fact("conda", "repo2docker", why),))
