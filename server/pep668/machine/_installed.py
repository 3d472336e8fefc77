"""What an environment has installed, read from the names of its folders and never by running it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pep668.data.names import normalized

if TYPE_CHECKING:
    from ._interpreters import Interpreters
    from ._tree import Tree


def installed(
    tree: Tree, interpreters: Interpreters, prefix: str, config: Mapping[str, str], python: str
) -> Mapping[str, str] | None:
    """Normalized names and versions ("" where not known) of what a virtual environment's Python can import.

    `config` is its pyvenv.cfg. None where there are no packages to look at, or where it sees those of a
    system that was not found.
    """
    own = [folder for folder in interpreters.environment_folders(prefix) if tree.is_folder(folder)]
    if not own:
        return None
    folders = own
    if config.get("include-system-site-packages", "").lower() == "true":
        shared = interpreters.base_folders(_base(tree, prefix, config, python))
        if not shared:
            return None
        folders = [*own, *shared]
    found: dict[str, str] = {}
    for folder in folders:  # as imports go: the first one counts
        for name, version in distributions(tree.names(folder)):
            found.setdefault(name, version)
    return found


def _base(tree: Tree, prefix: str, config: Mapping[str, str], python: str) -> str:
    """The Python that the environment was made with: its own leads there, or it was copied from `home`."""
    real = tree.real(python) or ""
    if real and not real.startswith(f"{prefix}{os.sep}"):
        return real
    home = config.get("home", "")
    return tree.real(os.path.join(home, os.path.basename(python))) or "" if home else ""


def distributions(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Normalized names and versions, from the names of what lies in a folder of packages."""
    for name in names:
        stem, ending = os.path.splitext(name)
        if name.startswith("~"):  # what pip left of one that it could not remove
            continue
        if ending == ".dist-info":
            project, _, version = stem.rpartition("-")
        elif ending in (".egg-info", ".egg"):
            project, _, rest = stem.partition("-")
            version = rest.partition("-")[0]
        elif ending == ".egg-link":
            project, version = stem, ""
        else:
            continue
        if project:
            yield normalized(project), version
