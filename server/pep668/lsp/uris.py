"""URIs of documents and folders, and paths."""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote, urlsplit

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters or more: "C:" is a drive
_DRIVE = re.compile(r"/[A-Za-z]:(?:/|$)")
_WINDOWS = re.compile(r"[A-Za-z]:(?:[\\/]|$)|\\\\")

# Schemes whose path is one on the machine that the server runs on.
_LOCAL = {"file", "vscode-local", "vscode-remote"}


def to_path(uri: str) -> str | None:
    """The path that a URI names here; None for `untitled:` and others that name no file."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme not in _LOCAL or not parts.path:
        return None
    path = unquote(parts.path)
    if _DRIVE.match(path):
        return path[1:].replace("/", "\\")
    if parts.scheme == "file" and parts.netloc and parts.netloc != "localhost":
        return f"\\\\{unquote(parts.netloc)}" + path.replace("/", "\\")
    return path


def name_of(uri: str) -> str:
    """A path for messages and for recognizing the language, whatever the scheme: `Untitled-1`."""
    path = to_path(uri)
    if path is not None:
        return path
    try:
        return unquote(urlsplit(uri).path) or uri
    except ValueError:
        return uri


def local(value: str | None) -> str | None:
    """A path from what a client sends for a folder: a URI or a path. None where it is not on this machine."""
    if not value:
        return None
    return to_path(value) if _URI.match(value) else value


def from_path(path: str) -> str:
    """The `file:` URI of an absolute path, of Windows or POSIX form."""
    if not _WINDOWS.match(path):
        return "file://" + quote(path, safe="/~")
    path = path.replace("\\", "/")
    if path.startswith("//"):
        return "file:" + quote(path, safe="/~")
    return "file:///" + quote(path, safe="/~:")


def parent(path: str) -> str:
    """The folder of a path, of Windows or POSIX form; its own for a root."""
    return ntpath.dirname(path) if _WINDOWS.match(path) else posixpath.dirname(path)


def is_within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    folder = folder.rstrip("\\/")
    return path == folder or path.startswith((folder + "/", folder + "\\"))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether the last components of a path match one of the patterns: `setup.cfg`, `*.dist-info/RECORD`."""
    parts = path.replace("\\", "/").split("/")
    return any(fnmatchcase("/".join(parts[-1 - pattern.count("/") :]), pattern) for pattern in patterns)
