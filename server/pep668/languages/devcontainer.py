"""devcontainer.json: the commands of a development container's life, in the container that it describes.

Source: the Development Containers specification (lifecycle scripts, variables in devcontainer.json, features).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax import json
from pep668.syntax.node import Entry, Mapping, Node, Scalar

from . import Language, _pipeline
from ._containers import Commands, image
from ._hidden import hiding
from ._pipeline import Process, fact

LANGUAGE = Language(
    "devcontainer",
    names=("devcontainer.json", ".devcontainer.json", "devcontainer-feature.json"),
    comments=("//", "/* */"),
)

_ON_THE_HOST = "initializeCommand"
_IN_THE_CONTAINER = (
    *("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand"),
)
# What is replaced before a shell sees a command.
_PUT_IN = re.compile(
    r"\$\{(?:(?:localEnv|containerEnv|env):[^{}]*|(?:local|container)?[wW]orkspaceFolder(?:Basename)?|devcontainerId)\}"
)
_INHERITED = re.compile(r"\$\{containerEnv:(\w+)\}")
# `ghcr.io/devcontainers/features/python:1`, in old files `python` alone.
_FEATURE = re.compile(r"(?:ghcr\.io/(?:devcontainers/features|rocker-org/devcontainer-features)/)?([\w-]+)(?:[:@].*)?")
_CONDA = ("conda", "anaconda", "miniforge", "miniconda", "mambaforge")
_OF_THE_SYSTEM = ("os-provided", "none")


def extract(region: Region) -> Iterator[Region]:
    """The commands; the container is one system, what runs before it is made another."""
    root = json.parse(region.text)
    if not isinstance(root, Mapping):
        return
    commands = Commands(hiding(_PUT_IN))
    facts = tuple(_facts(region, root))
    found = [*_processes(commands, root, _ON_THE_HOST, "host", ())]
    for name in _IN_THE_CONTAINER:
        found += _processes(commands, root, name, "container", facts)
    yield from _pipeline.regions(region, found)


def _processes(commands: Commands, root: Mapping, name: str, system: str, facts: tuple[Fact, ...]) -> Iterator[Process]:
    """A text for a shell, a list of words, or several of them by name, which run at the same time."""
    given = root.get(name)
    if isinstance(given, Mapping):
        for entry in given.entries:
            yield Process(system, f"{name}:{entry.key.value}", commands.run(entry.value), facts, entry.span)
    elif given is not None:
        yield Process(system, name, commands.run(given), facts)


def _facts(region: Region, root: Mapping) -> Iterator[Fact]:
    yield _image(region, root)
    for entry in root.mapping("features").entries:
        yield from _feature(region, entry)
    for table in ("containerEnv", "remoteEnv"):
        yield from _pipeline.variables(region, root.get(table), _value)
    user = root.entry("remoteUser") or root.entry("containerUser")
    if user is not None and isinstance(user.value, Scalar) and user.value.value:
        name = user.value.value
        yield fact(region, "user", None if "$" in name else name, user.span, f"{user.key.value}: {name}")
    directory = root.text("workspaceFolder")
    if directory and "$" not in directory:
        yield fact(region, "directory", directory, root.get("workspaceFolder") or root)


def _image(region: Region, root: Mapping) -> Fact:
    for name, why in (
        ("dockerComposeFile", "the container is a service of a compose file"),
        ("build", "the image is built from a Dockerfile"),
        ("dockerFile", "the image is built from a Dockerfile"),
    ):
        entry = root.entry(name)
        if entry is not None:
            return fact(region, "image", "", entry.key, why)
    return image(region, root.get("image"), root, "which image the container has is not told here")


def _feature(region: Region, entry: Entry) -> Iterator[Fact]:
    """What a feature puts first in PATH: a Python that it builds or downloads, or conda's."""
    found = _FEATURE.fullmatch(entry.key.value)
    name = found[1] if found else ""
    if name in _CONDA:
        yield fact(
            region, "conda", "base", entry.key, f"the feature {entry.key.value} puts conda's Python first in PATH"
        )
    elif name == "python" and _version(entry.value) not in _OF_THE_SYSTEM:
        why = f"the feature {entry.key.value} installs a Python of its own in /usr/local/python, first in PATH"
        yield fact(region, "python", "the Python feature", entry.key, why)


def _version(options: Node) -> str:
    if isinstance(options, Mapping):
        return options.text("version") or ""
    return options.value if isinstance(options, Scalar) else ""


def _value(node: Node) -> str | None:
    """A variable's value, with what it takes from the container's as `${NAME}`; None where more is put in."""
    value = _pipeline.plain(node)
    inherited = None if value is None else _INHERITED.sub(r"${\1}", value)
    return (
        None if inherited is None or re.search(r"\$\{\w+:|[wW]orkspaceFolder|devcontainerId", inherited) else inherited
    )
