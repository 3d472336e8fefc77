"""What a CircleCI configuration says of executors, orbs, commands and parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pep668.model import Fact, Region
from pep668.syntax.node import Mapping, Node, items, text
from pep668.text import Span

from ._pipeline import alternatives, entries, fact, variables

_REFERENCE = re.compile(r"<<[ \t]*(?:pipeline\.)?parameters\.([\w-]+)[ \t]*>>")
_MATRIX = re.compile(r"<<[ \t]*matrix\.([\w-]+)[ \t]*>>")
Named = tuple[tuple[str, Mapping], ...]


@dataclass(frozen=True)
class Configuration:
    """The jobs, commands and executors of a file, those of the orbs that it defines inline included."""

    root: Mapping
    jobs: Named
    commands: Named
    executors: Named
    orbs: dict[str, str] = field(default_factory=dict)
    _calls: dict[str, list[Mapping]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Mapping) -> Configuration:
        parts: dict[str, list[tuple[str, Mapping]]] = {"jobs": [], "commands": [], "executors": []}
        orbs: dict[str, str] = {}
        pending = [("", root)]
        for _ in range(1000):
            if not pending:
                break
            prefix, node = pending.pop()
            for key, found in parts.items():
                found += [(prefix + name, tree) for name, tree in _mappings(node.get(key))]
            for entry in entries(node.mapping("orbs")):
                if isinstance(entry.value, Mapping):
                    pending.append((f"{prefix}{entry.key.value}/", entry.value))
                else:
                    orbs[prefix + entry.key.value] = text(entry.value) or ""
        calls: dict[str, list[Mapping]] = {}
        for workflow in entries(root.mapping("workflows")):
            for job in workflow.value.items("jobs") if isinstance(workflow.value, Mapping) else ():
                for entry in job.entries if isinstance(job, Mapping) else ():
                    if isinstance(entry.value, Mapping):
                        calls.setdefault(entry.key.value, []).append(entry.value)
        return cls(root, tuple(parts["jobs"]), tuple(parts["commands"]), tuple(parts["executors"]), orbs, calls)

    def command(self, name: str, job: Mapping) -> Mapping | None:
        """A reusable command by its name; within an orb, by the name that it has there."""
        found = [(n, c) for n, c in self.commands if n == name or n.endswith(f"/{name}")]
        exact = next((c for n, c in found if n == name), None)
        return exact or next((c for _, c in found if c is not job), None)

    def executor(self, name: str) -> Mapping | None:
        found = [e for n, e in self.executors if n == name] or [e for n, e in self.executors if n.endswith(f"/{name}")]
        return found[-1] if found else None

    def choices(self, job: Mapping, *others: Mapping | None) -> dict[str, tuple[str, ...]]:
        """The values that the parameters of a job (or its executor) may have: the default, and what callers give."""
        out: dict[str, list[str]] = {}
        for tree in (self.root, *others, job):
            for entry in tree.mapping("parameters").entries if tree is not None else ():
                value = entry.value.text("default") if isinstance(entry.value, Mapping) else None
                out[entry.key.value] = [value] if value else []
        name = next((n for n, j in self.jobs if j is job), "")
        given: dict[str, list[str]] = {}
        for call in self._calls.get(name, []):
            matrix = call.mapping("matrix", "parameters")
            for key, default in out.items():
                wanted = [text(n) or "" for n in items(matrix.get(key) or call.get(key))]
                given.setdefault(key, []).extend(wanted or default)
        return {key: tuple(given.get(key, default)) for key, default in out.items()}

    def calls(self) -> Iterator[tuple[Mapping | None, Mapping]]:
        """The jobs that workflows run, each with what it is given; None for a job that stands elsewhere."""
        for name, given in self._calls.items():
            for call in given:
                yield next((j for n, j in self.jobs if n == name), None), call


def _mappings(node: Node | None) -> Iterator[tuple[str, Mapping]]:
    if isinstance(node, Mapping):
        for entry in entries(node):
            if isinstance(entry.value, Mapping):
                yield entry.key.value, entry.value


def facts_of(region: Region, file: Configuration, job: Mapping) -> tuple[tuple[Fact, ...], str]:
    """Where a job runs, its variables and its folder; and the shell that its executor names."""
    named = job.get("executor")
    arguments = named if isinstance(named, Mapping) else None
    choices = file.choices(job)
    name = text(arguments.get("name") if arguments else named) or ""
    given = _put(name, choices)
    executors = [file.executor(n) for n in given.split("|")] if given else []
    facts: list[Fact] = []
    if len(executors) == 1 and executors[0] is not None:
        executor: Mapping | None = executors[0]
        choices = {**file.choices(job, executor), **_arguments(arguments)}
    else:
        executor = None
    where: Node = named or job
    places = [_place(region, tree, choices) for tree in (executor, job) if tree is not None]
    found = [f for f in places if f]
    if found:
        facts += found[-1]
    elif len(executors) > 1 and None not in executors:
        several = [f for e in executors if e is not None for f in _place(region, e, file.choices(job, e))[:1]]
        kinds = {f.kind for f in several}
        kind = kinds.pop() if len(kinds) == 1 and len(several) == len(executors) else ""
        value = "|".join(dict.fromkeys(f.value or "" for f in several)) if kind else ""
        facts.append(fact(region, kind or "image", value, where, f"executor: {given.replace('|', ' or ')}"))
    else:
        facts += _orb(region, file, given, where)
    for tree in (executor, job):
        if tree is not None:
            facts += variables(region, tree.get("environment"), text)
            folder = text(tree.get("working_directory"))
            if folder and "<<" not in folder:
                node = tree.get("working_directory") or tree
                facts.append(fact(region, "directory", folder, node, f"working_directory: {folder}"))
    windows = any(f.kind == "platform" and f.value == "windows" for f in facts)
    shell = text(job.get("shell")) or text(arguments.get("shell") if arguments else None)
    shell = shell or text(executor.get("shell") if executor else None)
    return tuple(facts), shell or ("powershell" if windows else "")


def _arguments(node: Mapping | None) -> dict[str, tuple[str, ...]]:
    return {e.key.value: (text(e.value) or "",) for e in node.entries} if node else {}


def _put(value: str, choices: dict[str, tuple[str, ...]]) -> str:
    """A text with its parameters put in; several values are joined by `|`, unknown ones stay as `${name}`."""
    value = _MATRIX.sub(r"${template}", _REFERENCE.sub(lambda m: "${" + m[1].replace("-", "_") + "}", value))
    return alternatives(value, {n.replace("-", "_"): v for n, v in choices.items()}, {})


def _place(region: Region, tree: Mapping, choices: dict[str, tuple[str, ...]]) -> list[Fact]:
    """What `docker`, `machine` or `macos` of a job or an executor say."""
    images = [i for i in tree.items("docker") if isinstance(i, Mapping)]
    if images:
        node = images[0].get("image") or images[0]
        value = _put(text(node) or "", choices)
        facts = [fact(region, "image", value, node, f"image: {value.replace('|', ' or ')}")]
        user = images[0].text("user")
        if user:
            facts.append(fact(region, "user", user, images[0], f"user: {user}"))
        return [*facts, *variables(region, images[0].get("environment"), text)]
    if tree.get("macos") is not None:
        node = tree.get("macos") or tree
        span = Span(node.span.start, node.span.end)
        told = f"macos: xcode {tree.text('macos', 'xcode') or ''}".strip()
        return [fact(region, kind, value, span, told) for kind, value in _MACOS]
    machine = tree.get("machine")
    if machine is None:
        return []
    image = machine.get("image") if isinstance(machine, Mapping) else None
    value = _put(text(image) or "default", choices)
    kind = text(tree.get("resource_class")) or ""
    node = image or machine
    labels = "|".join(f"circleci:{v}" for v in value.split("|"))
    facts = [fact(region, "runner", labels, node, f"machine image {value.replace('|', ' or ')}")]
    if value.startswith("windows") or kind.startswith("windows"):
        facts.append(fact(region, "platform", "windows", node, f"machine image {value}"))
    return facts


_MACOS = (("runner", "circleci:macos"), ("platform", "macos"))
# The executors of CircleCI's own orbs are its convenience images, or its machines.
_ORB_IMAGES = ("python", "node", "go", "ruby", "rust", "android", "php")


def _orb(region: Region, file: Configuration, name: str, where: Node) -> list[Fact]:
    """What the executor of an orb is, by the orb's own name."""
    orb, _, executor = name.partition("/")
    source = file.orbs.get(orb, "").partition("@")[0]
    publisher, _, product = source.partition("/")
    told = f"executor: {name}" if name else "no executor is named here"
    if executor and publisher == "circleci":
        if product == "windows":
            runner = fact(region, "runner", "circleci:windows", where, told)
            return [runner, fact(region, "platform", "windows", where, told)]
        if product == "macos":
            return [fact(region, kind, value, where, told) for kind, value in _MACOS]
        if product in _ORB_IMAGES and executor == "default":
            return [fact(region, "image", f"cimg/{product}", where, told)]
    span = where if name else Span(where.span.start, where.span.start)
    return [fact(region, "runner", "", span, told)]
