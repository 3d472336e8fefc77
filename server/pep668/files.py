"""Finds and reads the documents below the paths that a command line names."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import languages

SKIPPED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
    )
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: `path` as the user would write it, with `/` and from where the user stands.

    `encoding` is that of its bytes, `utf-8`, `utf-8-sig` or `latin-1`: in it they can be written again.
    """

    path: str
    language: str
    text: str
    encoding: str = "utf-8"


class Unreadable(Exception):
    """A path that cannot be read; the message says why and what to do."""


def documents(
    paths: list[str], excluded: Callable[[str], bool], problem: Callable[[str, bool], None]
) -> Iterator[Document]:
    """The documents at and below `paths`, folders in the order of their names.

    A path that is named is read even if it is hidden or excluded; below it `.git`,
    `node_modules`, environments and what `excluded` names are skipped. `problem(message,
    fatal)` is told of what cannot be read; fatal are those that the user named.
    """
    for path in paths:
        try:
            if not os.path.isdir(path):
                document = _document(path, named=True, problem=problem)
                if document is not None:
                    yield document
                continue
        except Unreadable as error:
            problem(str(error), True)
            continue
        for file in below(path, excluded, problem):
            try:
                document = _document(file, named=False, problem=problem)
            except Unreadable as error:
                problem(str(error), False)
                continue
            if document is not None:
                yield document


def below(folder: str, excluded: Callable[[str], bool], problem: Callable[[str, bool], None]) -> Iterator[str]:
    """The regular files below a folder; symbolic links to folders are not followed."""
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as found:
                entries = sorted(found, key=lambda e: e.name)
        except OSError as error:
            problem(
                f"{current}: cannot be read: {_reason(error)}; check its permissions or leave it out", current == folder
            )
            continue
        if current != folder and any(e.name == "pyvenv.cfg" for e in entries):
            continue
        folders = []
        for entry in entries:
            path = f"{current.rstrip('/')}/{entry.name}" if current != "." else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not excluded(path):
                    folders.append(path)
            elif not excluded(path):
                yield path
        pending += reversed(folders)


_READABLE = 1_000_000  # bytes of a file that a command may have run


def reader(folder: str) -> Callable[[str], str | None]:
    """Reads the text of files below a folder; None for what is none, is too large, or lies outside by way of a link."""
    top = os.path.realpath(folder)

    def read(path: str) -> str | None:
        try:
            real = os.path.realpath(path)
            if os.path.commonpath((real, top)) != top:
                return None
            with open(real, "rb", buffering=0, opener=_open) as file:
                state = os.fstat(file.fileno())
                if not stat.S_ISREG(state.st_mode) or state.st_size > _READABLE:
                    return None
                raw = file.readall()
        except (OSError, ValueError):
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    return read


def _document(path: str, *, named: bool, problem: Callable[[str, bool], None]) -> Document | None:
    """The document at a path, None where it is none of ours or holds nothing that matters."""
    language = languages.by_name(path.replace(os.sep, "/"))
    name = path.rpartition("/")[2]
    ambiguous = language is None and languages.ambiguous(path.replace(os.sep, "/"))
    if language is None and not named and not ambiguous and "." in name.lstrip("."):
        return None
    raw = _read(path, named=named, whole=language is not None or ambiguous)
    if raw is None:
        return None
    if ambiguous and not named and not languages.matters("", raw):
        return None
    if language is None:
        head = raw if ambiguous else raw[: languages.HEAD]
        language = languages.detect(path, head.decode("utf-8", "replace"))
        if language is None:
            if named:
                problem(f"{path}: not a kind of file that pep668 knows; nothing was checked in it", False)
            return None
        if len(raw) == languages.HEAD and not ambiguous:
            raw = _read(path, named=named, whole=True) or b""
    if b"\0" in raw[: languages.HEAD]:
        if named:
            raise Unreadable(f"{path}: a binary file (or UTF-16); save it as UTF-8 to have it checked")
        return None
    if not languages.matters(language, raw):
        return Document(path, language, "")
    encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem(
            f"{path}:{line}: not valid UTF-8 (byte 0x{raw[error.start]:02x}); read as Latin-1, save it as UTF-8", False
        )
        encoding = "latin-1"
        text = raw.decode(encoding)
    return Document(path, language, text, encoding)


def _read(path: str, *, named: bool, whole: bool) -> bytes | None:
    """The bytes of a regular file (its head unless `whole`), None for a device or the like below a folder."""
    try:
        with open(path, "rb", buffering=0, opener=_open) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) and not named:
                return None
            return file.readall() if whole or named else file.read(languages.HEAD)
    except OSError as error:
        if not named and isinstance(error, (FileNotFoundError, IsADirectoryError)):
            return None  # a dangling link, a link to a folder, or gone since
        raise Unreadable(f"{path}: cannot be read: {_reason(error)}{_advice(error)}") from None


def _open(path: str, flags: int) -> int:
    # A named pipe below a folder must not block the walk.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _advice(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "; check the spelling and the working directory"
    if isinstance(error, PermissionError):
        return "; check its permissions"
    return ""
