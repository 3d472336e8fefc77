"""What a word asks for: a project, a path, a URL, as pip tells them apart."""

from __future__ import annotations

import re

from pep668.data.names import normalized
from pep668.model import Request, RequestKind

from ._options import Argument, Scan

_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz")
_URL = re.compile(r"(?:(?:git|hg|svn|bzr)(?:\+[A-Za-z]+)?|https?|file|ftp|ssh)(?::|\+\0)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")


def request(argument: Argument) -> Request:
    """The request of one argument of an install command."""
    pattern = argument.pattern
    before_at = pattern.partition("@")[0] if "@" in pattern else ""
    named_url = bool(before_at) and not _is_path(before_at) and not _URL.match(before_at)
    if not named_url:
        if _URL.match(pattern):
            return _make(RequestKind.URL, argument, _egg(pattern))
        if _is_path(pattern.partition("[")[0] or pattern) or _is_archive(pattern):
            return _make(RequestKind.PATH, argument)
    project = _project(pattern)
    if project is None:
        return _make(RequestKind.UNKNOWN, argument)
    return Request(RequestKind.PROJECT, argument.text, argument.span, *project)


def _project(pattern: str) -> tuple[str, str] | None:
    """The name and the specifier of `name[extra] >= 1; marker`; a part that is not known may stand behind the name."""
    pattern = pattern.strip()
    name = _NAME.match(pattern)
    if name is None:
        return None
    rest = pattern[name.end() :].lstrip()
    if rest.startswith("["):
        _, closed, rest = rest.partition("]")
        if not closed:
            return None
        rest = rest.lstrip()
    if rest and rest[0] not in "=<>!~@(;":
        return None
    return normalized(name[0]), rest.partition(";")[0].strip().replace("\0", "?")


def of_kind(kind: RequestKind, argument: Argument) -> Request:
    """The value of `-r`, `-c` or `-e`."""
    return _make(kind, argument, _egg(argument.pattern) if kind is RequestKind.EDITABLE else None)


def requests(scan: Scan, kinds: dict[str, RequestKind]) -> list[Request]:
    """The requests of arguments and of the options that `kinds` names, in the order in which they stand."""
    found = [request(argument) for argument in scan.arguments]
    found += [of_kind(kinds[name], value) for name, value in scan.values if name in kinds]
    return sorted(found, key=lambda r: (r.span.start, r.span.end))


def _make(kind: RequestKind, argument: Argument, name: str | None = None) -> Request:
    return Request(kind, argument.text, argument.span, name)


def _egg(pattern: str) -> str | None:
    match = _EGG.search(pattern)
    return normalized(match[1]) if match else None


def _is_path(pattern: str) -> bool:
    return "/" in pattern or "\\" in pattern or pattern.startswith((".", "~"))


def _is_archive(pattern: str) -> bool:
    return pattern.partition("[")[0].lower().endswith(_ARCHIVES)
