"""Buildkite: the commands of each step are one shell, on an agent or in the image of a plugin.

Sources: Buildkite's "Command step", "Group step", "Using plugins"; the docker plugin's README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, Sequence, items, text
from pep668.text import MappedText, Span

from . import Language
from ._containers import Commands
from ._hidden import Made, hiding
from ._pipeline import Process, fact, known_values, pieces, plain, regions, resolved, values, variables

_TEMPLATE = re.compile(r"\{\{[^{}\n]*\}\}")
_STEPS = re.compile(r"^steps:[ \t]*(?:#.*)?$|^- (?:label|command|wait|group|block):?", re.MULTILINE)
_SURE = re.compile(
    r"^[ \t]*- (?:wait\b|block:|group:|trigger:)|"
    r"^[ \t]+(?:- )?(?:agents|plugins|soft_fail|artifact_paths|parallelism):",
    re.MULTILINE,
)
_COMMANDS = re.compile(r"^[ \t]*(?:- )?commands?:", re.MULTILINE)
_OTHERS = re.compile(r"^(?:jobs|kind|on|pool|trigger|version|stages|pipelines):", re.MULTILINE)
_DEEPEST = 8


def _sniff(content: str) -> bool:
    found = _STEPS.search(content) and _COMMANDS.search(content) and _SURE.search(content)
    return bool(found) and not _OTHERS.search(content)


LANGUAGE = Language(
    "buildkite",
    names=("buildkite.yml", "buildkite.yaml", ".buildkite.yml"),
    patterns=(
        *(".buildkite/*.yml", ".buildkite/*.yaml", ".buildkite/*/*.yml", ".buildkite/*/*.yaml"),
        *(".buildkite/*/*/*.yml", "*.buildkite.yml", "buildkite/*.yml", "buildkite.*.yml"),
    ),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    from pep668.syntax import yaml

    processes: list[Process] = []
    for document in yaml.documents(region.text):
        if isinstance(document, Mapping):
            common = variables(region, document.get("env"), plain)
            for steps in values(document, "steps"):
                processes += _steps(region, document, steps, common, 0)
        elif isinstance(document, Sequence):
            processes += _steps(region, Mapping((), document.span), document, (), 0)
    yield from regions(region, processes, _rewrite, _written)


_hide = hiding(_TEMPLATE)
_DOLLAR = re.compile(r"\$\$|\\\$")


def _rewrite(made: Made) -> Made:
    """`$$` and `\\$` are a `$` for the shell; other variables are put in by the agent, and unknown here as there."""
    text_, mapped = _hide(made)
    if not _DOLLAR.search(text_):
        return text_, mapped
    out, at = MappedText(), 0
    for found in _DOLLAR.finditer(text_):
        out.verbatim(text_[at : found.start()], at)
        out.opaque("$", Span(found.start(), found.end()))
        at = found.end()
    out.verbatim(text_[at:], at)
    inner, within = out.finish()
    return inner, mapped.compose(within)


def _written(text_: str) -> str | None:
    return text_.replace("$", "$$")


def _steps(region: Region, root: Mapping, node: Node, common: tuple[Fact, ...], depth: int) -> Iterator[Process]:
    for step in items(node) if depth < _DEEPEST else ():
        if not isinstance(step, Mapping):
            continue
        for inner in values(step, "steps"):
            yield from _steps(region, root, inner, common, depth + 1)
        for nested in values(step, "command"):  # `- command: {command: ...}`, as a step's type
            if isinstance(nested, Mapping):
                yield from _steps(region, root, nested, common, depth + 1)
        own = (*common, *variables(region, step.get("env"), plain))
        plugin = _docker(step)
        if plugin is not None:
            own = (*own, *variables(region, plugin.get("environment"), plain))
        commands = pieces(*values(step, "command"), *values(step, "commands"), *values(step, "script"))
        if plugin is not None and not commands:  # a program with its arguments
            commands = Commands().run(plugin.get("entrypoint"), plugin.get("command"))
        if commands:
            facts = (*own, *_place(region, root, step, own))
            yield Process(f"step:{step.span.start}", "command", commands, facts)


def _docker(step: Mapping) -> Mapping | None:
    """The settings of a step's docker plugin."""
    for node in values(step, "plugins"):
        for plugin in items(node):
            for entry in plugin.entries if isinstance(plugin, Mapping) else ():
                if _name(entry.key.value) == "docker" and isinstance(entry.value, Mapping):
                    return entry.value
    return None


def _name(plugin: str) -> str:
    """`docker` of `https://host/docker-buildkite-plugin.git#v5`."""
    return plugin.partition("#")[0].rpartition("/")[2].removesuffix(".git").removesuffix("-buildkite-plugin")


def _place(region: Region, root: Mapping, step: Mapping, known: tuple[Fact, ...]) -> Iterator[Fact]:
    for node in values(step, "plugins"):
        for plugin in items(node):
            for entry in plugin.entries if isinstance(plugin, Mapping) else ():
                name = _name(entry.key.value)
                image = entry.value.get("image") if isinstance(entry.value, Mapping) else None
                if name == "docker" and image is not None:
                    value = resolved(text(image) or "", known_values(known))
                    yield fact(region, "image", value, image, f"the docker plugin's image {value}")
                    return
                if name.startswith(("docker", "kubernetes")):
                    told = f"the plugin {name} runs it in a container of its own"
                    yield fact(region, "image", "", entry.key, told)
                    return
    image = step.get("image") or root.get("image")  # of hosted agents
    agents = step.get("agents") or root.get("agents")
    if image is not None and text(image):
        yield fact(region, "image", resolved(text(image) or "", known_values(known)), image, f"image: {text(image)}")
    else:
        start = Span(step.span.start, step.span.start)
        yield fact(region, "runner", "", agents or start, "a Buildkite agent")
