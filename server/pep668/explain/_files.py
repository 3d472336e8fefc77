"""The files that a command may have read: whose text is given by the caller, and no others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_MOST = 60  # files that are read for one output
_LARGEST = 200_000  # characters of one, and of all: each is read command by command
_ALL = 500_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ROOTED = re.compile(r"/|[A-Za-z]:/")


def _never(_: str) -> bool:
    return False


@dataclass(frozen=True)
class Files:
    """What may be read: files below the folder `root`, by absolute paths with slashes.

    `read` gives a file's text, None where there is none, or where it lies outside by way of a link. `unsaved` tells
    whether that text is an editor's and not what is on disk: it is not what ran.
    """

    root: str
    read: Callable[[str], str | None]
    unsaved: Callable[[str], bool] = _never


@dataclass(eq=False)
class Reading:
    """The files read for one output: each once, and a bounded number of them."""

    files: Files
    texts: dict[str, str | None] = field(default_factory=dict)
    read: int = 0

    def text(self, path: str) -> str | None:
        if path == self.join("", self.files.root):
            return None
        if path not in self.texts:
            text = self.files.read(path) if len(self.texts) < _MOST and self.read < _ALL else None
            self.texts[path] = None if text is None or len(text) > _LARGEST else text
            self.read += len(self.texts[path] or "")
        return self.texts[path]

    def join(self, folder: str, name: str | None) -> str | None:
        """The path of a file or folder as it is named in a folder; None for one that lies outside."""
        if not name or name.startswith("~") or _CONTROL.search(name):
            return None
        name, root = name.replace("\\", "/"), self.files.root.replace("\\", "/").rstrip("/")
        if not folder and not _ROOTED.match(name):
            return None
        path = posixpath.normpath(posixpath.join(folder.replace("\\", "/"), name))
        return path if root and (path == root or path.startswith(root + "/")) else None

    def shown(self, path: str) -> str:
        """A path as people name it: from the folder on."""
        root = self.files.root.replace("\\", "/").rstrip("/")
        return path[len(root) + 1 :] if path.startswith(root + "/") else path
