"""Container images: which distribution's Python a tag holds, by rule.

`data/images.json` is derived by `scripts/derive_images.py` from the history of the
official images' manifests, so that it knows what `node:14` stood on when it was
built last; `data/images_other.json` is written by hand, each row with its source.
What neither knows is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pep668 import data
from pep668.data._files import load_json


@dataclass(frozen=True, slots=True)
class Image:
    """`suite` is `debian:trixie`, `alpine:3.24`, `alpine:?` (recent), `fedora`; "" when unknown.

    `python` is what `python3` and `pip` on PATH are: `system` (the distribution's,
    once it is installed), `own` (in /usr/local, unmarked), `conda`, `none`.
    `note` says where the knowledge comes from, for the evidence. `environment` is a folder whose
    programs come first in PATH, once a virtual environment is made there. `by_name`: nothing but its name says so.
    """

    suite: str
    python: str = "system"
    note: str = ""
    environment: str = ""
    by_name: bool = False


_SUITE_TOKENS = {
    "debian": ("wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "sid"),
    "ubuntu": (
        *("precise", "trusty", "xenial", "artful", "bionic", "cosmic", "disco", "eoan", "focal", "groovy", "hirsute"),
        *("impish", "jammy", "kinetic", "lunar", "mantic", "noble", "oracular", "plucky", "questing", "resolute"),
        "stonking",
    ),
}
_BY_TOKEN = {token: f"{family}:{token}" for family, tokens in _SUITE_TOKENS.items() for token in tokens}
_NUMBERED = re.compile(
    r"(ubuntu|debian|alpine|ubi|al|amazonlinux|oraclelinux|rockylinux|rocky|almalinux|centos|el|fedora)v?(\d[\d.]*)$"
)
_VERSION = re.compile(r"v?(\d[\w.]*?)(?:[-_]|$)")
_ARCHITECTURE = re.compile(r"^(?:amd64|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)/")
_BASES = ("debian", "ubuntu", "alpine")


@cache
def _rules() -> tuple[dict[str, Any], dict[str, Any]]:
    return load_json("images.json")["images"], load_json("images_other.json")["images"]


def split_reference(reference: str) -> tuple[str, str]:
    """Repository and tag of an image reference, without registry default parts and digest.

    `docker.io/library/python:3.12-slim@sha256:..` is (`python`, `3.12-slim`); no tag is `latest`,
    a digest alone is "".
    """
    name, _, digest = reference.partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = name, "" if digest else "latest"
    for prefix in (
        "docker.io/",
        "index.docker.io/",
        "registry-1.docker.io/",
        "public.ecr.aws/docker/",
        "mirror.gcr.io/",
    ):
        repository = repository.removeprefix(prefix)
    repository = _ARCHITECTURE.sub("", repository.removeprefix("library/"))
    return repository.lower(), tag


def suite_in_tag(tag: str) -> str:
    """The suite that a tag names (`3.12-slim-bookworm`, `24-alpine3.19`, `12.4-devel-ubuntu22.04`), or ""."""
    found = ""
    tokens = re.split(r"[-_+]", tag.lower())
    for token, following in zip(tokens, (*tokens[1:], ""), strict=True):
        if token in _BY_TOKEN:
            found = _BY_TOKEN[token]
        elif token in _BASES and _RELEASES[token].fullmatch(following):  # `dev-ubuntu-22.04`
            found = f"{token}:{following}"
        elif (numbered := _NUMBERED.match(token)) and numbered[1] in _BASES:
            release = numbered[2]
            if numbered[1] == "ubuntu" and len(release) == 4 and release.isdigit():  # ubuntu2204
                release = f"{release[:2]}.{release[2:]}"
            found = f"{numbered[1]}:{release}"
        elif numbered:
            found = token
    return found


_RELEASES = {
    "debian": re.compile(r"\d{1,2}(?:\.\d+)?"),
    "ubuntu": re.compile(r"\d\d\.\d\d"),
    "alpine": re.compile(r"3\.\d{1,2}(?:\.\d+)?"),
}


def key_of(tag: str) -> tuple[str, str, str]:
    """Version (or ""), leading name (or "") and variant of a tag: `3.9-jdk21-alpine` is (3.9, "", jdk21-alpine)."""
    version = _VERSION.match(tag)
    if version:
        return version[1], "", tag[version.end() :]
    name, _, variant = tag.partition("-")
    return "", name, variant


def fallback(variant: str) -> str:
    """The variant whose rules hold for one that has none of its own."""
    return "alpine" if "alpine" in re.split(r"[-\d.]", variant) else ""


def _by_rule(rules: dict[str, Any], tag: str) -> str:
    version, name, variant = key_of(tag)
    if not version and name in rules and name != "*":  # `slim`, `alpine`: a variant of no version
        table = rules[name]
        if "" in table and not variant:
            return str(table[""])
    wanted = variant if version else variant or name
    for key in (wanted, fallback(wanted)):
        table = rules.get(key)
        if table is None:
            continue
        if version:
            return by_version(table, version)
        if name in table:
            return str(table[name])
    return ""


def by_version(table: Mapping[str, str], version: str) -> str:
    """The suite of a version by a table of steps: each holds from its version on; `1.17` is the last of `1.17.x`."""
    asked = numbers(version)
    steps = sorted((numbers(key), suite) for key, suite in table.items() if numbers(key))
    if not asked or not steps or asked[0] > steps[-1][0][0] + _AHEAD:
        return ""
    behind = (*asked, float("inf"))
    return next((suite for step, suite in reversed(steps) if step <= behind), "")


_AHEAD = 3  # major versions: a number that is further ahead is a date or counts something else


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version (`8u292` is (8, 292)), () for a name."""
    return tuple(map(int, _DIGITS.findall(version))) if version[:1].isdigit() else ()


_DIGITS = re.compile(r"[0-9]{1,9}")


def family(suite: str) -> str:
    """The distribution of a suite, as an ID of the distributions' data: `oraclelinux9` is ol, `al2023` amzn."""
    name = suite.partition(":")[0]
    row = data.distribution(name) or data.distribution(name.rstrip("0123456789.v"))
    return row.id if row else _FAMILIES.get(name.rstrip("0123456789."), name)


_FAMILIES = {"al": "amzn", "el": "rhel"}


def _release(suite: str) -> str:
    release = suite.partition(":")[2]
    return "edge" if release == "?" else release


def forget() -> None:
    """The rules are read anew: for the script that writes them."""
    _rules.cache_clear()
    load_json.cache_clear()


def lookup(reference: str) -> Image | None:
    """What is known of an image reference; None for an unknown one. `reference` has no variables left."""
    repository, tag = split_reference(reference)
    official, other = _rules()
    for pattern, row in other.items():
        if repository == pattern or (pattern.endswith("*") and repository.startswith(pattern[:-1])):
            return _other(row, tag)
    if repository in _BASES:
        return Image(_base_suite(repository, tag))
    rules = official.get(repository)
    if rules is None:
        return _by_its_names(repository, tag)
    suite = suite_in_tag(tag) or _by_rule(rules, tag)
    python = "own" if repository in ("python", "pypy") else "system"
    return Image(suite, python)


def _by_its_names(repository: str, tag: str) -> Image | None:
    """An image whose tag or name says what it stands on: `x/y:1-noble`, `x/dev-ubuntu-22.04`, `x/ubuntu:22.04`."""
    name = repository.rpartition("/")[2]
    suite = suite_in_tag(tag) or suite_in_tag(name)
    if not suite and name in _BASES:
        suite = _base_suite(name, tag) if _RELEASES[name].fullmatch(tag.partition("-")[0]) else ""
    return Image(suite, by_name=True) if suite else None


def is_bare(reference: str) -> bool:
    """Whether it is a distribution's own image, of which it is known that hardly anything is installed in it."""
    return split_reference(reference)[0] in _BASES


def by_repository(reference: str) -> Image | None:
    """What is known whatever the unknown parts (`$`) of a reference's tag are: `python:${X}`, `x:${Y}-bookworm`."""
    name, colon, tag = reference.partition("@")[0].rpartition(":")
    if not colon or "$" in name or "/" in tag:
        return None
    repository, _ = split_reference(name)
    row: dict[str, Any] = _rules()[1].get(repository, {})
    own = repository in ("python", "pypy") or (row.get("python") == "own" and not row.get("tags"))
    suite = suite_in_tag(tag)
    if not own and not suite:
        return None
    return Image(suite, "own" if own else row.get("python", "system"))


def _base_suite(repository: str, tag: str) -> str:
    """The suite of a distribution's own image: its tag begins with a release, a codename or a channel."""
    first = tag.partition("-")[0]
    if repository == "alpine" and (first in ("latest", "edge", "3") or (first.isdigit() and len(first) == 8)):
        return "alpine:?"
    return f"{repository}:{first}" if first else ""


def _other(row: dict[str, Any], tag: str) -> Image:
    environment: str = row.get("environment", "")
    for pattern, entry in row.get("tags", {}).items():
        if re.match(pattern, tag):
            note = entry.get("note", row.get("note", "") if environment else "")
            return Image(entry.get("suite", ""), entry.get("python", "system"), note, environment)
    suite = suite_in_tag(tag) or row.get("suite", "")
    return Image(suite, row.get("python", "system"), row.get("note", ""), environment)
