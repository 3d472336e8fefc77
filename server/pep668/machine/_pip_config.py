"""pip's configuration files, merged as pip merges them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from ._tree import Tree

_SECTIONS = ("global", "install", "uninstall")


def read(tree: Tree, environ: Mapping[str, str], prefix: str) -> tuple[dict[str, str], dict[str, str]]:
    """Values and the files that they come from, both by `section.key`.

    `prefix` is that of the environment or Python whose pip is meant, "" where none is
    known. A file that pip could not load (not UTF-8, not INI) adds nothing.
    """
    values: dict[str, str] = {}
    sources: dict[str, str] = {}
    for path in _files(tree, environ, prefix):
        for key, value in _parse(tree, path):
            values[key] = value
            sources[key] = path
    return values, sources


def _files(tree: Tree, environ: Mapping[str, str], prefix: str) -> Iterator[str]:
    """Later ones override earlier ones: the system's, the user's, the prefix's, PIP_CONFIG_FILE."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    if os.name == "nt":
        name = "pip.ini"
        system = [os.path.join(environ.get("PROGRAMDATA", "C:\\ProgramData"), "pip")]
        user = [os.path.join(home, "pip"), os.path.join(environ.get("APPDATA", home), "pip")]
    else:
        name = "pip.conf"
        mac = sys.platform == "darwin" and not tree.root
        shared = [os.path.join(d, "pip") for d in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if d]
        system = ["/Library/Application Support/pip"] if mac else [*shared, "/etc"]
        own = os.path.join(home, "Library", "Application Support", "pip")
        if not mac or not tree.is_folder(own):
            base = "" if mac else environ.get("XDG_CONFIG_HOME", "")
            own = os.path.join(base or os.path.join(home, ".config"), "pip")
        user = [os.path.join(home, ".pip"), own]
    folders = list(system)
    if home and not (chosen and tree.mode(chosen)):
        folders += user
    if prefix:
        folders.append(prefix)
    yield from (os.path.join(folder, name) for folder in folders)
    if chosen:
        yield chosen


def _parse(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    content = tree.read(path)
    if content is None:
        return
    from configparser import Error, RawConfigParser

    parser = RawConfigParser()
    try:
        parser.read_string(content.decode("utf-8"))
    except (Error, UnicodeDecodeError):
        return
    for section in _SECTIONS:
        if parser.has_section(section):
            for key, value in parser.items(section):
                yield f"{section}.{key.lower().replace('_', '-').removeprefix('--')}", value
