"""Compose files: what the services' containers run, and Dockerfiles that stand in them.

Source: the Compose specification (services, build, deploy, interpolation).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Fact, Place, Region
from pep668.syntax import yaml
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items
from pep668.text import Span

from . import Language, _pipeline
from ._containers import Commands, dollars, image, undollar
from ._pipeline import Piece, Process, fact

_SERVICES = re.compile(r"^services:[ \t]*(?:#.*)?$", re.MULTILINE)
_SERVICE = re.compile(r"^[ \t]+(?:image|build|dockerfile_inline|container_name|depends_on|entrypoint):", re.MULTILINE)
_OTHERS = re.compile(r"^(?:apiVersion|kind|jobs|stages|script|before_script|language|on):", re.MULTILINE)


def _sniff(text: str) -> bool:
    services = _SERVICES.search(text)
    return bool(services and _SERVICE.search(text, services.end()) and not _OTHERS.search(text))


LANGUAGE = Language(
    "compose",
    ids=("dockercompose", "docker-compose"),
    names=("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "podman-compose.yml"),
    patterns=(
        *("docker-compose*.yml", "docker-compose*.yaml", "compose.*.yml", "compose.*.yaml", "compose-*.yml"),
        *("compose-*.yaml", "*.docker-compose.yml", "*.docker-compose.yaml", "*-compose.yml", "*-compose.yaml"),
    ),
    candidates=("*.yml", "*.yaml"),
    sniff=_sniff,
)

_RUN = ("entrypoint", "command")


def extract(region: Region) -> Iterator[Region]:
    """The commands of all services; each service is a system."""
    root = yaml.parse(region.text)
    if not isinstance(root, Mapping):
        return
    commands = Commands(undollar, dollars)
    found: list[Process] = []
    for entry in _services(root):
        if not isinstance(entry.value, Mapping):
            continue
        found += _processes(region, commands, entry, entry.value)
        yield from _dockerfile(region, entry, entry.value)
    yield from _pipeline.regions(region, found)


def _services(root: Mapping) -> tuple[Entry, ...]:
    """The services; the first version of the format has them at the top, extensions may have any."""
    services = root.get("services")
    if isinstance(services, Mapping):
        found = _pipeline.entries(services)
        return (*_unused(root, found), *found)
    old = tuple(e for e in root.entries if isinstance(e.value, Mapping) and not e.key.value.startswith("x-"))
    found = tuple(e for e in old if isinstance(e.value, Mapping) and (e.value.get("image") or e.value.get("build")))
    return (*_unused(root, found), *found)


def _unused(root: Mapping, services: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Extensions that look like a service and that none here is made of: one of another file may be."""
    used = {id(node) for s in services if isinstance(s.value, Mapping) for node in map(s.value.get, _RUN)}
    return tuple(
        e
        for e in root.entries
        if e.key.value.startswith("x-")
        and isinstance(e.value, Mapping)
        and any(node is not None and id(node) not in used for node in map(e.value.get, _RUN))
    )


def _processes(region: Region, commands: Commands, entry: Entry, service: Mapping) -> Iterator[Process]:
    system = f"service:{entry.key.value}"
    facts = (*_facts(region, entry, service),)
    pieces = commands.run(service.get("entrypoint"), service.get("command"))
    yield Process(system, "command", pieces, facts, _anchor(service, "entrypoint", "command"))
    yield Process(system, "healthcheck", _check(commands, service.get("healthcheck", "test")), facts)
    for hook in ("post_start", "pre_stop"):
        for at, item in enumerate(items(service.get(hook))):
            if isinstance(item, Mapping):
                own = (*facts, *_user(region, item))
                yield Process(system, f"{hook}:{at}", commands.run(item.get("command")), own, item.span)


def _anchor(service: Mapping, *names: str) -> Span | None:
    spans = [e.span for e in (service.entry(n) for n in names) if e is not None and service.span.covers(e.span)]
    return Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None


def _check(commands: Commands, test: Node | None) -> tuple[Piece, ...]:
    """`[CMD-SHELL, text]`, `[CMD, word, ...]`, or a text for a shell."""
    if isinstance(test, Scalar):
        return commands.text(test)
    how = items(test)
    if len(how) < 2 or not isinstance(how[0], Scalar) or how[0].value not in ("CMD", "CMD-SHELL"):
        return ()
    if how[0].value == "CMD-SHELL":
        return commands.text(how[1])
    return commands.run(Sequence(how[1:], Span(how[1].span.start, how[-1].span.end)))


def _facts(region: Region, entry: Entry, service: Mapping) -> Iterator[Fact]:
    build = service.get("build")
    if build is None:
        yield image(region, service.get("image"), entry.key, f"which image {entry.key.value} has is not told here")
    else:
        yield fact(region, "image", "", build, f"{entry.key.value} is built from a Dockerfile")
    yield from _pipeline.variables(region, service.get("environment"), _value)
    yield from _user(region, service)
    directory = service.text("working_dir")
    if directory and "$" not in directory:
        yield fact(region, "directory", directory, service.get("working_dir") or entry.key)


def _user(region: Region, holder: Mapping) -> Iterator[Fact]:
    user, node = holder.text("user"), holder.get("user")
    if user and node:
        yield fact(region, "user", None if "$" in user else user.partition(":")[0], node, f"user: {user}")


def _value(node: Node) -> str | None:
    """A variable's value; one without (`- NAME`) and one with interpolation come from where compose runs."""
    value = _pipeline.plain(node)
    if value is None or re.search(r"(?<!\$)(?:\$\$)*\$(?!\$)", value):
        return None
    return value.replace("$$", "$")


def _dockerfile(region: Region, entry: Entry, service: Mapping) -> Iterator[Region]:
    written = service.get("build", "dockerfile_inline")
    if isinstance(written, Scalar) and not written.missing:
        name = region.named(f"build:{entry.key.value}")
        yield region.inside(
            "dockerfile",
            undollar(written.made),
            place=Place(name, name),
            anchor=written.span,
            notation=lambda new: written.notation(new.replace("$", "$$")),
        )
