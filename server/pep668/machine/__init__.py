"""This machine, read and never executed: the only part that looks at it.

A snapshot answers, without further IO, which Python a `pip` on PATH installs into,
whether that is marked and by whom, which environments a folder has, and what pip's
configuration says. What cannot be read is not there; nothing here raises.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from pep668.model import Machine, Marker

if TYPE_CHECKING:
    from pep668.model import Distribution, DistributionPackage, Interpreter, VirtualEnvironment

    from ._interpreters import Interpreters
    from ._tree import Tree

_USUAL = (".venv", "venv", "env", ".env")
_UV_TABLE = re.compile(r"^\s*\[+\s*tool\s*\.\s*uv\s*[].]", re.MULTILINE)
_CHILDREN = 2000  # folders of a workspace that are looked at for a pyvenv.cfg
_WHEELS = "/usr/share/python-wheels"
BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = "python.exe" if os.name == "nt" else "python"


def snapshot(
    folder: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    root: str = "/",
    with_packages: bool = False,
) -> Machine:
    """What is known of this machine, as seen from a folder.

    `environ` are the variables that count (those of this process by default);
    `root` is the folder that holds the file tree, for machines that are copies;
    `with_packages` reads the package database too, which takes some ten milliseconds.
    """
    from ._interpreters import Interpreters
    from ._pip_config import read
    from ._programs import Programs
    from ._tree import Tree

    environ = os.environ if environ is None else environ
    folder = os.path.abspath(folder) if folder else ""
    tree = Tree(root)
    distribution = _distribution(tree.root, environ.get("PREFIX", ""))
    interpreters = Interpreters(tree, environ, distribution)
    environments = _environments(tree, interpreters, folder, environ.get("VIRTUAL_ENV", ""))
    programs = Programs(interpreters, folder).look([os.path.join(e.path, BIN) for e in environments])
    values, sources = read(tree, environ, _prefix(environ, programs))
    return Machine(
        distribution=distribution,
        programs=programs,
        environments=tuple(environments),
        variables={k: v for k, v in environ.items() if _matters(k)},
        pip_config=values,
        pip_config_files=sources,
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        folder=folder,
        packages=packages(environ=environ, root=root) if with_packages else {},
        project_tool=_project_tool(tree, folder),
        pip_wheel=_pip_wheel(tree),
        exists=not folder or tree.is_folder(folder),
        home=environ.get("HOME", ""),
    )


def packages(
    *, environ: Mapping[str, str] | None = None, root: str = "/"
) -> Mapping[str, tuple[DistributionPackage, ...]]:
    """The distribution's packages that hold a project, by its normalized name; remembered until a database changes."""
    from . import databases
    from ._tree import Tree

    environ = os.environ if environ is None else environ
    return databases.packages(_distribution(Tree(root).root, environ.get("PREFIX", "")), root)


def package_databases(root: str = "/") -> tuple[tuple[str, int, int], ...]:
    """Differs when packages of the distribution came or went: a few stats."""
    from . import databases

    return databases.files(root)


def read_marker(path: str, environ: Mapping[str, str]) -> Marker:
    """The EXTERNALLY-MANAGED file at `path` as pip reads it in that locale (PEP 668, `Error-<locale>` keys).

    The message is "" where pip shows its own default text: no file, not UTF-8, no such key.
    """
    from ._interpreters import parse_marker
    from ._tree import Tree

    return parse_marker(path, Tree().read(path), environ)


def _matters(variable: str) -> bool:
    return variable.startswith(("PIP_", "UV_")) or variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "PATH")


def _prefix(environ: Mapping[str, str], programs: Mapping[str, Interpreter | None]) -> str:
    """Of the Python whose pip a bare command runs: its own pip.conf counts."""
    active = environ.get("VIRTUAL_ENV", "")
    found = next((i for i in map(programs.get, ("pip", "pip3", "python3", "python")) if i), None)
    return active or (found.prefix if found else "")


@lru_cache(maxsize=8)
def _distribution(root: str, prefix: str) -> Distribution | None:
    from pep668.model import Distribution

    if "com.termux" in prefix:
        return Distribution("termux", name="Termux")
    if not root and sys.platform == "darwin":
        import platform

        return Distribution("macos", platform.mac_ver()[0], name="macOS")
    if not root and sys.platform == "win32":
        return Distribution("windows", name="Windows")
    import distro

    # lsb_release, uname and oslevel would be run as programs
    release = distro.LinuxDistribution(
        include_lsb=False, include_uname=False, include_oslevel=False, root_dir=root or None
    )
    try:
        id = release.id()
        if not id:
            return None
        return Distribution(id, release.version(), release.codename().lower(), release.name(), _like(release.like()))
    except (OSError, ValueError):
        return None


def _like(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _project_tool(tree: Tree, folder: str) -> str:
    """`uv` where the folder has a uv.lock, or a pyproject.toml with a table of uv's."""
    if not folder:
        return ""
    text = tree.text(os.path.join(folder, "pyproject.toml"))
    has_lock = text is not None and tree.is_file(os.path.join(folder, "uv.lock"))
    return "uv" if has_lock or (text and _UV_TABLE.search(text)) else ""


def _pip_wheel(tree: Tree) -> str:
    """Debian's wheel of pip, which python3-venv and virtualenv bring; "" where there is none."""
    names = [n for n in tree.names(_WHEELS) if n.startswith("pip-") and n.endswith(".whl")]
    return os.path.join(_WHEELS, names[-1]) if names else ""


def _environments(tree: Tree, interpreters: Interpreters, folder: str, active: str) -> list[VirtualEnvironment]:
    """Those directly in a folder, the usual names first, then the active one wherever it is."""
    found = []
    if folder:
        names = tree.names(folder)
        for name in sorted(names, key=lambda n: (_USUAL.index(n) if n in _USUAL else len(_USUAL), n))[:_CHILDREN]:
            path = os.path.join(folder, name)
            if tree.is_file(os.path.join(path, "pyvenv.cfg")):
                found.append(_environment(tree, interpreters, path))
    active = os.path.normpath(active) if active else ""
    if active and all(e.path != active for e in found) and tree.is_file(os.path.join(active, "pyvenv.cfg")):
        found.append(_environment(tree, interpreters, active))
    return found


def _environment(tree: Tree, interpreters: Interpreters, path: str) -> VirtualEnvironment:
    from pep668.model import VirtualEnvironment

    from ._installed import installed
    from ._interpreters import parse_cfg, short_version

    values = parse_cfg(tree.text(os.path.join(path, "pyvenv.cfg")) or "")
    python = os.path.join(path, BIN, PYTHON)
    return VirtualEnvironment(
        path=path,
        python=python,
        version=short_version(values.get("version_info") or values.get("version", "")),
        complete=tree.is_program(python),
        seeded=bool(interpreters.environment_pip(path)),
        installed=installed(tree, interpreters, path, values, python),
    )


__all__ = ["package_databases", "packages", "read_marker", "snapshot"]
