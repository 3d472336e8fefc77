"""Package databases of distributions: one file each, found by itself. They are read, never asked.

A module of this package has

- `MANAGERS`: the programs that people know it by (`apt`), the usual one first;
- `FILES`: what changes whenever packages come or go, absolute;
- `read(tree)`: yields the installed `Package`s. What cannot be read is not there; it never raises.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from pep668 import data, plugins
from pep668.data.packages import projects
from pep668.machine._tree import Tree
from pep668.model import Distribution, DistributionPackage

from ._package import Package, Project

_Identity = tuple[tuple[str, int, int], ...]
# The last answer for each root, good as long as the files are the same.
_known: dict[str, tuple[_Identity, Mapping[str, tuple[DistributionPackage, ...]]]] = {}


def files(root: str = "/") -> _Identity:
    """The databases that are there, with what tells whether one was written to."""
    host = "" if root == "/" else root
    found = []
    for module in plugins.modules(__name__):
        for path in module.FILES:
            try:
                state = os.stat(host + path)
            except (OSError, ValueError):
                continue
            found.append((path, state.st_mtime_ns, state.st_size))
    return tuple(found)


def packages(distribution: Distribution | None, root: str = "/") -> Mapping[str, tuple[DistributionPackage, ...]]:
    """The distribution's packages that hold a project, by its normalized name; read again when a database changed."""
    identity = files(root)
    before = _known.get(root)
    if before is not None and before[0] == identity:
        return before[1]
    found: dict[str, tuple[DistributionPackage, ...]] = {}
    row = data.distribution(distribution.id, distribution.like) if distribution else None
    usual = row.install.partition(" ")[0] if row else ""
    there = {path for path, _, _ in identity}
    tree = Tree(root)
    for module in plugins.modules(__name__):
        if there.intersection(module.FILES):
            manager = usual if usual in module.MANAGERS else module.MANAGERS[0]
            for name, held in _held(list(module.read(tree)), manager):
                found[name] = (*found.get(name, ()), held)
    _known[root] = identity, found
    return found


def _held(every: list[Package], manager: str) -> Iterator[tuple[str, DistributionPackage]]:
    known_by: dict[str, list[str]] = {}
    for package in every:
        for name in {package.name, *package.provides}:
            known_by.setdefault(name, []).append(package.name)
    dependents: dict[str, set[str]] = {}
    for package in every:
        for choice in package.depends:
            # of `a | b` the first that is there is what it uses
            for holder in next((known_by[name] for name in choice if name in known_by), ()):
                if holder != package.name:
                    dependents.setdefault(holder, set()).add(package.name)
    for package in every:
        for project in package.projects or _by_name(package):
            names = sorted(dependents.get(package.name, ()), key=lambda name: (_is_library(name), name))
            yield (
                project.name,
                DistributionPackage(package.name, project.version, manager, tuple(names), project.python, project.path),
            )


def _by_name(package: Package) -> Iterable[Project]:
    """What a package is known to hold, where the database does not list its files."""
    if package.listed:
        return ()
    return [Project(name, package.upstream) for name in sorted(projects(package.name))]


def _is_library(name: str) -> bool:
    return name.startswith(("python", "py3-", "lib"))


__all__ = ["Package", "Project", "files", "packages"]
