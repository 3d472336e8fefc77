"""Google Cloud Build: each step is a container of an image of its own.

Source: "Build configuration file schema" (name, entrypoint, args, script, env, dir; `$$` is a dollar sign).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Scalar

from . import Language, _pipeline
from ._containers import Commands, dollars, image, script_language, undollar
from ._pipeline import Process, fact

_STEPS = re.compile(r"^steps:[ \t]*(?:#.*)?$", re.MULTILINE)
_BUILDER = re.compile(r"name:[ \t]*[\"']?(?:gcr\.io/|[\w.-]+-docker\.pkg\.dev/|[\w./-]+/cloud-builders/)")
_SCHEMA = re.compile(r"^(?:substitutions|availableSecrets|serviceAccount|logsBucket):", re.MULTILINE)


def _sniff(text: str) -> bool:
    if not _STEPS.search(text):
        return False
    return _BUILDER.search(text) is not None or _SCHEMA.search(text) is not None


LANGUAGE = Language(
    "cloudbuild",
    names=("cloudbuild.yaml", "cloudbuild.yml"),
    patterns=("cloudbuild*.yaml", "cloudbuild*.yml", "*cloudbuild.yaml", "*cloudbuild.yml"),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)


def extract(region: Region) -> Iterator[Region]:
    """The commands of the steps."""
    root = yaml.parse(region.text)
    if not isinstance(root, Mapping):
        return
    commands, scripts = Commands(undollar, dollars), Commands()
    common = _pipeline.variables(region, root.get("options", "env"), _pipeline.plain)
    found: list[Process] = []
    for at, step in enumerate(root.items("steps")):
        if not isinstance(step, Mapping):
            continue
        facts = (*common, *_facts(region, step))
        script = step.get("script")
        if isinstance(script, Scalar) and not script.missing:
            language, program = script_language(script.value)
            if program:
                facts = (*facts, fact(region, "shell", program, script, f"#! names {program}"))
            # Substitutions in a script need `automapSubstitutions`; its dollar signs are the shell's.
            found.append(Process(f"step:{at}", "script", scripts.text(script, language), facts, step.span))
        else:
            pieces = commands.run(step.get("entrypoint"), step.get("args"))
            found.append(Process(f"step:{at}", "args", pieces, facts, step.span))
    yield from _pipeline.regions(region, found)


def _facts(region: Region, step: Mapping) -> Iterator[Fact]:
    yield image(region, step.get("name"), step, "which image the step has is not told here")
    yield from _pipeline.variables(region, step.get("env"), _pipeline.plain)
    directory = step.text("dir")
    if directory and "$" not in directory:
        path = directory if directory.startswith("/") else f"/workspace/{directory}"
        yield fact(region, "directory", path, step.get("dir") or step, f"dir: {directory}")
