"""Kubernetes manifests, Tekton's and Argo's among them: what containers run, and scripts in ConfigMaps.

Every mapping under `containers` (`initContainers`, `steps` ...) is a container, whatever
object holds it: pods, jobs, templates of operators. Helm's templates are tolerated.
Sources: the Kubernetes API reference (Container), Tekton's "Tasks", Argo Workflows' fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pep668.model import Fact, Place, Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Scalar, items, walk

from . import Language, _pipeline
from ._containers import Commands, image, script_language
from ._hidden import hiding
from ._pipeline import Process, fact

_MANIFEST = re.compile(r"^[\"']?apiVersion[\"']?:[ \t]*\S", re.MULTILINE)
_KIND = re.compile(r"^[\"']?kind[\"']?:[ \t]*\S", re.MULTILINE)


def _sniff(text: str) -> bool:
    return _MANIFEST.search(text) is not None and _KIND.search(text) is not None


LANGUAGE = Language(
    "kubernetes", ids=("kubernetes", "helm"), candidates=("*.yml", "*.yaml", "*.tpl", "*.j2"), sniff=_sniff
)

# What Helm, Argo (`{{inputs.parameters.x}}`) and Tekton (`$(params.x)`) put in before a container starts.
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,500}\}\}"
    r"|\$\((?:params|workspaces|tasks|steps|step|context|results|inputs|outputs|resources|task)\.[\w.-]{1,200}"
    r"(?:\[[^\]\n]{0,100}\])?\)"
)
_LISTS = ("initContainers", "containers", "ephemeralContainers", "sidecars", "steps")
_SINGLE = ("container", "script")  # of an Argo template
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SCRIPT_NAME = re.compile(r".*\.(?:sh|bash|py|ps1)")
_BY_ENDING = {"py": "python", "ps1": "powershell"}


@dataclass(frozen=True, slots=True)
class _Container:
    node: Mapping
    name: str
    template: Mapping | None  # Tekton's `stepTemplate`: what its steps have in common


def extract(region: Region) -> Iterator[Region]:
    """What the containers of all documents run."""
    commands = Commands(hiding(_TEMPLATE))
    found: list[Process] = []
    for number, root in enumerate(yaml.documents(region.text)):
        if isinstance(root, Mapping):
            for container in _containers(root, f"{number}"):
                found += _processes(region, commands, container)
            found += _config(region, commands, root, f"{number}")
            yield from _dockerfiles(region, root)
    yield from _pipeline.regions(region, found)


def _dockerfiles(region: Region, root: Mapping) -> Iterator[Region]:
    """The Dockerfiles of OpenShift's builds: `source: {dockerfile: |`."""
    for node in walk(root):
        written = node.get("source", "dockerfile") if isinstance(node, Mapping) else None
        if isinstance(written, Scalar) and not written.missing:
            name = region.named(f"build:{written.span.start}")
            place = Place(name, name)
            yield region.inside("dockerfile", written.made, place=place, anchor=written.span, notation=written.notation)


def _containers(root: Mapping, name: str) -> Iterator[_Container]:
    """The containers under a node, in the order of the text; each once."""
    seen: set[int] = set()
    pending: list[tuple[Node, str]] = [(root, name)]
    while pending:
        node, name = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inner: list[tuple[Node, str]] = []
        if isinstance(node, Mapping):
            template = node.get("stepTemplate")
            for entry in node.entries:
                key = entry.key.value
                listed = _mappings(entry.value) if key in _LISTS or key in _SINGLE else ()
                for at, item in enumerate(listed):
                    own = template if key == "steps" and isinstance(template, Mapping) else None
                    if id(item) not in seen and _is_container(item):
                        yield _Container(item, f"{name}/{key}:{at}", own)
                inner.append((entry.value, f"{name}/{key}"))
        else:
            inner += [(item, f"{name}:{at}") for at, item in enumerate(items(node)) if not isinstance(item, Scalar)]
        pending += reversed(inner)


def _mappings(node: Node) -> tuple[Mapping, ...]:
    return tuple(i for i in items(node) if isinstance(i, Mapping))


def _is_container(node: Mapping) -> bool:
    return any(node.get(name) is not None for name in ("image", "command", "args", "script", "source"))


def _processes(region: Region, commands: Commands, container: _Container) -> Iterator[Process]:
    node, name = container.node, container.name
    facts = tuple(_facts(region, container))
    command, arguments = node.get("command"), node.get("args")
    script = node.get("script") or node.get("source")
    if isinstance(script, Scalar) and not script.missing:
        yield _script(region, commands, script, command, Process(name, "script", (), facts, node.span))
    else:
        yield Process(name, "command", commands.run(command, arguments), facts, node.span)
    for hook in ("postStart", "preStop"):
        yield Process(name, hook, commands.run(node.get("lifecycle", hook, "exec", "command")), facts, node.span)
    for probe in _PROBES:
        yield Process(name, probe, commands.run(node.get(probe, "exec", "command")), facts, node.span)


def _script(region: Region, commands: Commands, text: Scalar, command: Node | None, process: Process) -> Process:
    """A script that a file is made of: its first line, or Argo's `command`, says what reads it."""
    language, program = script_language(text.value)
    program = next((i.value for i in items(command) if isinstance(i, Scalar)), program)
    if program and text.value[:2] != "#!":
        language, program = script_language(f"#!{program}")
    named = (fact(region, "shell", program, text, f"{program} reads it"),) if program else ()
    pieces = commands.text(text, language)
    return Process(process.system, process.name, pieces, (*process.facts, *named), process.anchor)


def _facts(region: Region, container: _Container) -> Iterator[Fact]:
    sources = [s for s in (container.template, container.node) if s is not None]
    named = next((s.get("image") for s in reversed(sources) if s.get("image") is not None), None)
    yield image(region, named, container.node, "which image the container has is not told here")
    for source in sources:
        for item in _mappings_of(source.get("env")):
            key, value = item.text("name"), item.get("value")
            if key:
                known = _pipeline.plain(value) if value is not None else None
                plain = known if known is not None and "$(" not in known and "{{" not in known else None
                yield fact(region, "variable", plain, item, f"{key}: {plain}" if plain else key, key)
        directory = source.text("workingDir")
        if directory and not re.search(r"\$\(|\{\{", directory):
            yield fact(region, "directory", directory, source.get("workingDir") or source, f"workingDir: {directory}")
        user = source.text("securityContext", "runAsUser")
        if user and user.isdigit():
            node = source.get("securityContext", "runAsUser") or source
            yield fact(region, "user", "root" if user == "0" else user, node, f"runAsUser: {user}")


def _mappings_of(node: Node | None) -> Iterable[Mapping]:
    return () if node is None else _mappings(node)


def _config(region: Region, commands: Commands, root: Mapping, name: str) -> Iterator[Process]:
    """The scripts that a ConfigMap or Secret holds for some container."""
    if root.text("kind") not in ("ConfigMap", "Secret"):
        return
    for key in ("data", "stringData"):
        for entry in root.mapping(key).entries:
            value = entry.value
            if root.text("kind") == "Secret" and key == "data":  # base64
                continue
            if not isinstance(value, Scalar) or not (
                value.value.startswith("#!") or _SCRIPT_NAME.fullmatch(entry.key.value)
            ):
                continue
            default = _BY_ENDING.get(entry.key.value.rpartition(".")[2], "shell")
            language, program = script_language(value.value, default)
            facts = [fact(region, "image", "", entry.key, "which container runs it is not told here")]
            if program:
                facts.append(fact(region, "shell", program, value, f"#! names {program}"))
            pieces = commands.text(value, language)
            yield Process(f"{name}/{key}:{entry.key.value}", "script", pieces, tuple(facts), entry.span)
