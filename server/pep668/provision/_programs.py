"""Which programs may be run: none that a workspace brings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping


def outside(path: str, folder: str, environ: Mapping[str, str]) -> bool:
    """Whether a program lies outside of a workspace folder, through links too; a home folder is no workspace."""
    home = os.path.realpath(environ.get("HOME") or os.path.expanduser("~"))
    if (home + os.sep).startswith(os.path.realpath(folder).rstrip(os.sep) + os.sep):
        return True
    folders = {os.path.abspath(folder), os.path.realpath(folder)}
    return not any(p.startswith(f.rstrip(os.sep) + os.sep) for f in folders for p in (path, os.path.realpath(path)))


def found(name: str, folder: str, environ: Mapping[str, str]) -> str | None:
    """The program of that name on PATH that no workspace brings; relative parts of PATH do not count."""
    for part in environ.get("PATH", "").split(os.pathsep):
        path = shutil.which(name, path=part) if os.path.isabs(part) else None
        if path is not None and (not folder or outside(path, folder, environ)):
            return path
    return None
