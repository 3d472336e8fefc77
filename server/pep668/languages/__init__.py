"""Languages: one file each, that turns a region into what stands in it.

A module of this package has

- `LANGUAGE`: a `Language`, how documents of it are recognized;
- `extract(region)`: yields, in the order of the text, nested `Region`s,
  `Command`s, a `RequirementsFile` or `ErrorReport`s. It never raises, whatever
  the text, and knows nothing of what holds the region.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, cast

from pep668 import plugins
from pep668.model import Command, ErrorReport, Region, RequirementsFile

Extracted = Region | Command | RequirementsFile | ErrorReport
Extract = Callable[[Region], Iterable[Extracted]]

# A document without any of these words, in whatever case, holds nothing that this program knows.
# Ten searches for a plain string take a tenth of the time of one for a pattern of alternatives.
_NEEDLES = (b"pip", b"install", b"requirements", b"poetry", b"conda", b"mamba", b"nox", b"externally")
_UV = re.compile(rb"\buv\b")


@dataclass(frozen=True, slots=True)
class Language:
    """How documents of a language are recognized, the surest sign first.

    `ids` are LSP language identifiers, `names` and `patterns` are matched against
    the file name and (`patterns` with a slash) the end of the path, `shebangs`
    are interpreters. `sniff` decides by content: of the whole text where the name matches one
    of `candidates` (`*.yml` may be a playbook, a manifest or neither), else of the head of a
    text of which nothing is known. Documents of a language that is read `always` matter
    without a needle (requirements files). `comments` are what opens a comment (`^#`: at a line's
    start only), with what closes one that has an end (`/* */`).
    """

    id: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    shebangs: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    sniff: Callable[[str], bool] | None = None
    always: bool = False
    comments: tuple[str, ...] = ("#",)


@cache
def all_languages() -> tuple[Language, ...]:
    """All languages in the order in which their content is asked."""
    return tuple(language for _, language in _modules())


@cache
def _modules() -> tuple[tuple[str, Language], ...]:
    """The module and the row of each language.

    Importing all of them takes a tenth of a second, which a start has not got: the rows are kept in `index.json`
    (made by `scripts/index_languages.py`), which counts as long as it is about the modules that are there.
    """
    names = plugins.names(__name__)
    kept = _kept()
    if set(kept) == set(names):
        return tuple((name, _from_row(name, kept[name])) for name in names)
    return tuple((name, cast(Language, plugins.load(__name__, name).LANGUAGE)) for name in names)


def _kept() -> dict[str, dict[str, Any]]:
    import json

    try:
        with open(os.path.join(os.path.dirname(__file__), INDEX), encoding="utf-8") as file:
            rows = json.load(file)
    except (OSError, ValueError):
        return {}
    return rows if isinstance(rows, dict) else {}


INDEX = "index.json"


def as_row(language: Language) -> dict[str, object]:
    """A language as `index.json` holds it: what is not the default."""
    row = {f.name: getattr(language, f.name) for f in fields(Language) if getattr(language, f.name) != f.default}
    return {**row, "sniff": True} if language.sniff else row


def _from_row(module: str, row: dict[str, Any]) -> Language:
    def sniff(text: str) -> bool:
        decide = plugins.load(__name__, module).LANGUAGE.sniff
        return bool(decide(text))

    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    values["sniff"] = sniff if row.get("sniff") else None
    return Language(**values)


def matters(language: str, text: str | bytes) -> bool:
    """Whether a document may hold anything; decided without parsing it."""
    raw = (text.encode("utf-8", "replace") if isinstance(text, str) else text).lower()
    if any(needle in raw for needle in _NEEDLES) or (b"uv" in raw and _UV.search(raw)):
        return True
    return language in _always()


@cache
def _always() -> frozenset[str]:
    return frozenset(known.id for known in all_languages() if known.always)


@cache
def comments(language: str) -> tuple[str, ...]:
    """What opens a comment in a language (see `Language`); nothing in an unknown one."""
    return next((known.comments for known in all_languages() if known.id == language), ())


@cache
def extractor(language: str) -> Extract | None:
    """The `extract` of a language by its id, None for an unknown one."""
    for module, known in _modules():
        if known.id == language:
            return cast(Extract, plugins.load(__name__, module).extract)
    return None


HEAD = 4096
# Programs that run another one, which reads the script (s6-overlay's with-contenv in container images).
_SHEBANG = re.compile(
    r"#![ \t]*(?:\S*/)?(?:env|with-contenv|busybox)[ \t]+(?:-\S+[ \t]+)*(?:\S*/)?([\w.+-]+)|#![ \t]*(?:\S*/)?([\w.+-]+)"
)


def detect(path: str, text: str = "", language_id: str = "") -> str | None:
    """The language of a document: by file name, path pattern, LSP id, shebang, then content.

    The beginning of the text, a few thousand characters, is enough but for `ambiguous` names.
    """
    pure = path.replace("\\", "/")
    named = by_name(pure)
    if named is not None:
        return named
    languages = all_languages()
    for language in _candidates(pure):
        if language.sniff and language.sniff(text):
            return language.id
    if language_id:
        for language in languages:
            if language_id in language.ids:
                return language.id
    head = text[:HEAD]
    shebang = _SHEBANG.match(head)
    if shebang:
        program = (shebang[1] or shebang[2]).rstrip("0123456789.")
        for language in languages:
            if program in language.shebangs:
                return language.id
        return None
    for language in languages:
        if language.sniff and language.sniff(head):
            return language.id
    return None


def ambiguous(path: str) -> bool:
    """Whether the name leaves several languages possible, so that the whole text decides."""
    return bool(_candidates(path))


def _candidates(path: str) -> tuple[Language, ...]:
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return _by_candidate().get(name[dot:], ()) if dot >= 0 else ()


@cache
def _by_candidate() -> dict[str, tuple[Language, ...]]:
    """Languages by the file name endings (`.yml`) that they may have."""
    out: dict[str, tuple[Language, ...]] = {}
    for language in all_languages():
        for pattern in language.candidates:
            ending = pattern.removeprefix("*")
            out[ending] = (*out.get(ending, ()), language)
    return out


@dataclass(frozen=True, slots=True)
class _Group:
    """Patterns of as many components (`depth` slashes), matched against as many at a path's end."""

    depth: int
    pattern: re.Pattern[str]
    owners: tuple[str, ...]

    def owner(self, components: list[str]) -> str | None:
        if len(components) <= self.depth:
            return None
        match = self.pattern.fullmatch("/".join(components[-1 - self.depth :]))
        return self.owners[match.lastindex - 1] if match and match.lastindex else None


@dataclass(frozen=True, slots=True)
class _Names:
    """File names, endings and patterns of all languages, laid out so that a look-up or two decide.

    `groups` are the patterns by the ending (`.yml`) of what they match, those with folders first; "" holds those
    that match any ending, of names that begin or end like one of them.
    """

    exact: dict[str, str]
    endings: dict[str, str]
    groups: dict[str, tuple[_Group, ...]]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


@cache
def _names() -> _Names:
    exact: dict[str, str] = {}
    endings: dict[str, str] = {}
    patterns: dict[tuple[str, int], list[tuple[str, str]]] = {}
    prefixes: set[str] = set()
    suffixes: set[str] = set()
    for language in all_languages():
        exact.update(dict.fromkeys(language.names, language.id))
        for pattern in language.patterns:
            if pattern.startswith("*.") and not set("*?[/.") & set(pattern[2:]):
                endings[pattern[1:]] = language.id
                continue
            literal = re.split(r"[*?]", pattern.rpartition("/")[2])
            ending = _ending(literal[-1])
            if not ending and literal[-1]:
                suffixes.add(literal[-1])
            elif not ending:
                prefixes.add(literal[0])
            patterns.setdefault((ending, pattern.count("/")), []).append((_translate(pattern), language.id))
    groups: dict[str, list[_Group]] = {}
    # The folder says more than the name: `.github/workflows/docker-compose.yml` is a workflow.
    for (ending, depth), known in sorted(patterns.items(), key=lambda item: -item[0][1]):
        joined = re.compile("|".join(f"({text})" for text, _ in known))
        groups.setdefault(ending, []).append(_Group(depth, joined, tuple(owner for _, owner in known)))
    return _Names(exact, endings, {e: tuple(g) for e, g in groups.items()}, tuple(prefixes), tuple(suffixes))


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def _translate(pattern: str) -> str:
    pieces = ({"*": "[^/]*", "?": "[^/]"}.get(c, re.escape(c)) for c in pattern)
    return "".join(pieces)


def by_name(path: str) -> str | None:
    """The language that a path's name tells; slashes separate its components."""
    names = _names()
    name = path.rpartition("/")[2]
    ending = _ending(name)
    groups = names.groups.get(ending, ()) if ending else ()
    if name.endswith(names.suffixes) or name.startswith(names.prefixes):
        groups += names.groups.get("", ())
    found = names.exact.get(name)
    if groups:
        components = path.split("/")
        for group in groups:
            owner = group.owner(components) if found is None or group.depth else None
            if owner is not None:
                return owner
    return found or names.endings.get(ending)
