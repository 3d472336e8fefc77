"""Which commands make a virtual environment, where, and whether a pip is in it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

_MODULES = ("venv", "virtualenv")
_VIRTUALENV = (
    "-p --python --prompt --app-data --extra-search-dir --pip --setuptools --wheel --activators --creator --seeder "
    "--discovery --try-first-with"
)
_UV = (
    "-p --python --prompt -i --index-url --default-index --index --extra-index-url --cache-dir -f --find-links "
    "--link-mode --exclude-newer --python-preference --project --directory --config-file"
)
_WITH_VALUE = {
    "venv": frozenset(("--prompt",)),
    "virtualenv": frozenset(_VIRTUALENV.split()),
    "uv": frozenset(_UV.split()),
}
NO_PIP = frozenset(("--without-pip", "--no-pip", "--no-seed", "--without-p"))


@dataclass(frozen=True, slots=True)
class Making:
    """A command that makes environments: `tool` is venv, virtualenv or uv, `places` the indices of the words that
    name where (none: uv's `.venv`), `options` its other words."""

    tool: str
    places: tuple[int, ...]
    options: tuple[str, ...]

    @property
    def brings_pip(self) -> bool:
        """Whether pip is in what it makes, as far as its options go."""
        if self.tool == "uv":
            return "--seed" in self.options
        return NO_PIP.isdisjoint(self.options)

    @property
    def is_open(self) -> bool:
        """Whether the system's packages may be seen in what it makes: asked for, or by an option that nobody knows."""
        return any("\0" in o or "$" in o or o.startswith("--sys") for o in self.options)


def making(words: Sequence[str]) -> Making | None:
    """What a command line (as texts, unknown parts in whatever notation) makes; None where it makes nothing."""
    if not words:
        return None
    name = posixpath.basename(words[0]).removesuffix(".exe").rstrip("0123456789.-")
    if name in ("virtualenv", "pyvenv"):
        return _made("venv" if name == "pyvenv" else name, words, 1)
    if name == "uv":
        return _by_uv(words, 1)
    run = module(words) if len(words) > 2 else None
    if run is None or not (name in ("python", "pypy", "py", "pythonw") or words[0][-1:] == "}" or "\0" in words[0]):
        return None
    if run[0] == "uv":
        return _by_uv(words, run[1])
    return _made(run[0], words, run[1]) if run[0] in _MODULES else None


def _by_uv(words: Sequence[str], start: int) -> Making | None:
    at = start
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _WITH_VALUE["uv"] else 1
    return _made("uv", words, at + 1) if words[at : at + 1] == ["venv"] else None


def _made(tool: str, words: Sequence[str], start: int) -> Making | None:
    places, options = [], []
    skip = False
    for at in range(start, len(words)):
        word = words[at]
        if skip:
            skip = False
        elif word.startswith("-"):
            options.append(word)
            skip = word in _WITH_VALUE[tool]
        else:
            places.append(at)
    if not places and tool != "uv":
        return None
    return Making(tool, tuple(places if tool == "venv" else places[:1]), tuple(options))


def module(words: Sequence[str]) -> tuple[str, int] | None:
    """`-m name` of a Python command line: the module, and the index of the first word behind it."""
    index = 1
    while index < len(words):
        word = words[index]
        if not word.startswith("-") or word.startswith("--"):
            return None
        if word.endswith("m") and index + 1 < len(words):
            return words[index + 1], index + 2
        if "m" in word[1:] and not word[1:].startswith(("W", "X", "c")):
            return word[word.index("m") + 1 :], index + 1
        index += 2 if word in ("-W", "-X") else 1
    return None
