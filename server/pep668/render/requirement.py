"""The hover of a requirement: what the environment and the distribution have of it, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from pep668 import data
from pep668.context import Context
from pep668.data.applications import SUITES, debian_package, is_application
from pep668.environment.installed import State, limits_only, look_up, name_of, satisfies, workspace_environment
from pep668.model import Distribution, Requirement

from .markdown import code, escaped

# The releases whose packages are known (data/applications).
_RELEASES = {"12": "bookworm", "13": "trixie"}


def requirement(context: Context, asked: Requirement) -> str:
    """A handful of lines about a requirement of the document."""
    return "\n\n".join([_headline(context, asked), *_installed(context, asked), *_packages(context, asked)])


def _headline(context: Context, asked: Requirement) -> str:
    line = f"**{escaped(asked.name)}**" + (f" {code(asked.specifier)}" if asked.specifier else "")
    kind, _, group = asked.group.partition(":")
    if asked.group == "build-system":
        line += ": for building the project, in an environment that the build makes"
    elif asked.group == "conda":
        line += ": a conda package"
    elif kind:
        line += f": of the {'extra' if kind == 'extra' else 'dependency group'} {code(group)}"
    elif limits_only(context.path):
        line += ": a limit for what others install; nothing is installed by this line"
    if asked.url:
        line += f", from {code(asked.url)}"
    if asked.marker:
        line += f", where {code(asked.marker)}"
    return line


def _installed(context: Context, asked: Requirement) -> Iterator[str]:
    machine = context.machine
    environment = workspace_environment(machine, context.settings.environment_directory)
    if machine is None or environment is None:
        return
    found, name = look_up(asked, environment, machine), code(name_of(environment))
    if found.state is State.INSTALLED:
        satisfied = ", which satisfies it" if asked.specifier and not asked.url else ""
        yield f"{name} has {escaped(found.version)}{satisfied}." if found.version else f"{name} has it."
    elif found.state is State.OTHER_VERSION:
        yield f"{name} has {escaped(found.version)}, which does **not** satisfy {code(asked.specifier)}."
    elif found.state is State.MISSING:
        yield f"Not installed in {name}."
    elif found.state is State.NOT_WANTED:
        python = f" (Python {environment.version})" if environment.version else ""
        yield f"Not wanted in {name}{python}: its marker does not hold there."
    elif found.version:
        yield f"{name} has {escaped(found.version)}."


def _packages(context: Context, asked: Requirement) -> Iterator[str]:
    if asked.group == "conda" or asked.url:
        return
    if is_application(asked.name):
        yield f"An application: {code(f'pipx install {asked.name}')} gives it an environment of its own."
    distribution = _distribution(context)
    if distribution is None:
        known = (_package(asked, f"Debian {number}", suite) for number, suite in _RELEASES.items())
        yield from (line for line in known if line)
        return
    row = data.distribution(distribution.id, distribution.like)
    if row is None:
        return
    suite = _RELEASES.get(distribution.version.partition(".")[0], "") if distribution.id == "debian" else ""
    label = data.label(distribution.id, distribution.version) or row.label
    if suite:
        yield _package(asked, label, suite) or f"{escaped(label)} has no package of it."
    elif row.install.startswith("apt"):
        found = next((p for p in (debian_package(asked.name, s) for s in reversed(SUITES)) if p), None)
        if found:
            yield f"{escaped(label)} may have it as {code(found[0])}, as Debian does; its version is not known here."
    elif row.package(asked.name):
        name = code(row.package(asked.name))
        yield f"{escaped(label)} would name its package {name}; whether it has one is not known here."


def _distribution(context: Context) -> Distribution | None:
    """The stated target, else this machine's."""
    id, _, release = context.settings.target.strip().lower().partition(":")
    if id:
        row = data.distribution(id)
        return Distribution(row.id if row else id, row.release(release) if row else release)
    return context.machine.distribution if context.machine else None


def _package(asked: Requirement, label: str, suite: str) -> str:
    found = debian_package(asked.name, suite)
    if found is None:
        return ""
    package, version = found
    line = f"{escaped(label)} has it as {code(package)}" + (f" {escaped(version)}" if version else "")
    satisfied = satisfies(version, asked.specifier) if version and asked.specifier and not asked.url else None
    if satisfied is None:
        return f"{line}."
    return f"{line}, which {'satisfies it' if satisfied else f'does **not** satisfy {code(asked.specifier)}'}."
