"""Reads one requirement (PEP 508, and the URLs and paths that pip takes besides), with exact places.

`packaging` knows no places, raises at what is half typed and costs start-up time; the tests compare with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.data.names import normalized

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EXTRAS = re.compile(r"\s*\[([^\[\]]*)\]")
_URL = re.compile(r"\s*@\s*(\S+)")
_CLAUSE = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s,;()<>=!~][^\s,;()]*)")
_OPERATOR = re.compile(r"\s*(?:[~=!<>]=?=?)")
_OPENING = re.compile(r"\s*\(")
_CLOSING = re.compile(r"\s*\)")
_NEXT = re.compile(r"\s*,")
_DIRECT = re.compile(r"(?:[a-z][a-z0-9+.-]*://|(?:git|hg|svn|bzr)\+|file:)\S*", re.IGNORECASE)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)(?:\[([^\[\]]*)\])?")
_WHEEL = re.compile(r"([A-Za-z0-9._]+)-[^-/]+(?:-\d[^-/]*)?-[^-/]+-[^-/]+-[^-/]+\.whl")
_SDIST = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)-v?\d[A-Za-z0-9.+!_]*?\.(?:tar\.(?:gz|bz2|xz)|zip|tgz)"
)
_ARCHIVE = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_PINNED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w, .-]*\])?\s*(?:===?|~=|>=|<=|<|>)\s*v?\d")


@dataclass(frozen=True, slots=True)
class Parsed:
    """`name` normalized (PEP 503), "" for a path or URL that tells none; `text` as far as `end`, no marker.

    `url` is the URL or path that it comes from.
    """

    name: str
    text: str
    end: int
    specifier: str = ""
    marker: str = ""
    extras: tuple[str, ...] = ()
    url: str = ""


def is_version_line(line: str) -> bool:
    """Whether a line begins with a project's name and a version."""
    return _PINNED.match(line) is not None


def parse(line: str) -> Parsed | None:
    """A requirement at the start of a line, None where there is none. Options behind it are left alone."""
    direct = _DIRECT.match(line)
    if direct:
        return _located(line, len(direct[0].rstrip(";")))
    named = _NAME.match(line)
    if named:
        found = _named(line, named)
        if found:
            return found
    path = re.split(r"[\s;]", line, maxsplit=1)[0]
    if "/" in path or path.startswith(".") or path.lower().endswith(_ARCHIVE):
        return _located(line, len(path))
    return None


def _named(line: str, named: re.Match[str]) -> Parsed | None:
    at = named.end()
    extras: tuple[str, ...] = ()
    in_brackets = _EXTRAS.match(line, at)
    if in_brackets:
        extras = _extras(in_brackets[1])
        at = in_brackets.end()
    name = normalized(named[0])
    url = _URL.match(line, at)
    if url:
        end = url.start(1) + len(url[1].rstrip(";"))  # pip takes `url; marker` as well
        return Parsed(name, line[:end], end, "", _marker(line, end), extras, line[url.start(1) : end])
    specifier, end = _specifier(line, at)
    rest = line[end : end + 200].lstrip()
    if rest and not rest.startswith((";", "--", "-")):
        if end == at and not _OPERATOR.match(line, at):
            return None
        return Parsed(name, line[:end], end, specifier, "", extras)
    if rest.startswith("-") and not line[end].isspace():
        return None
    return Parsed(name, line[:end], end, specifier, _marker(line, end), extras)


def _specifier(line: str, at: int) -> tuple[str, int]:
    """The clauses from `at` on, joined by commas, and their end; ("", at) without any."""
    opening = _OPENING.match(line, at)
    start = opening.end() if opening else at
    end = start
    clauses: list[str] = []
    while clause := _CLAUSE.match(line, end):
        clauses.append(clause[1] + clause[2])
        end = clause.end()
        comma = _NEXT.match(line, end)
        if not comma:
            break
        if not _CLAUSE.match(line, comma.end()):
            end = comma.end()
            break
        end = comma.end()
    if opening:
        closing = _CLOSING.match(line, end)
        end = closing.end() if closing else end
    return ",".join(clauses), end if clauses or opening else at


def _marker(line: str, at: int) -> str:
    rest = line[at:].lstrip()
    if not rest.startswith(";"):
        return ""
    return rest[1:].partition(" --")[0].strip()


def _extras(text: str) -> tuple[str, ...]:
    return tuple(normalized(e.strip()) for e in text.split(",") if e.strip())


def _located(line: str, end: int) -> Parsed:
    """A URL or path, named by `#egg=` or by the file's name."""
    text = line[:end]
    egg = _EGG.search(text)
    extras: tuple[str, ...] = ()
    if egg:
        name = egg[1]
        extras = _extras(egg[2] or "")
    else:
        file = text.partition("#")[0].partition("?")[0].rpartition("/")[2]
        archive = _WHEEL.fullmatch(file) or _SDIST.fullmatch(file) if len(file) < 256 else None
        name = archive[1] if archive and not text.lower().startswith(("git+", "hg+")) else ""
    return Parsed(normalized(name), text, end, "", _marker(line, end), extras, text)
