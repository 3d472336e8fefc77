"""What is run: a document, what stands beside it, and what it is to bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roots.layers import Layer, Outcome

PROJECT = "/srv/project"  # where documents and what they need stand
OWN = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "own"
version = "1"
dependencies = ["six"]

[tool.setuptools]
py-modules = ["own"]
"""
FILES = {
    "requirements.txt": "six\niniconfig\n",
    "sub/requirements.txt": "six\n",
    "pyproject.toml": OWN,
    "own.py": "import six\n",
    "check.py": "import six\n",
}


@dataclass(frozen=True)
class Case:
    """A document of a host.

    `imports` are the modules that it is to bring and `applications` the programs, `root` the variant of the system that
    it runs on, `user` who runs it, `before` what that user ran in the folder first (shell). `refused`: pip refuses what
    it asks for. `stops`: it ends with an error then.
    """

    name: str
    text: str
    path: str
    imports: tuple[str, ...] = ("six",)
    root: str = "venv"
    user: str = "app"
    refused: bool = True
    stops: bool = True
    applications: tuple[str, ...] = ()
    before: str = ""
    files: Mapping[str, str] = field(default_factory=lambda: FILES)


@dataclass(frozen=True)
class Ran:
    """How a document ended, the system that it left, and how what comes after it would run there.

    `reaches`: what comes after it is to use what was installed (an image's programs do).
    """

    outcome: Outcome
    layer: Layer
    user: str = "root"
    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = PROJECT
    reaches: bool = False
