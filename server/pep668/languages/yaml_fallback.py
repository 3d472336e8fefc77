"""YAML that no other language claims: shell text under the keys that by convention are run (`script`, `commands`).

The last of the languages to be asked, as its module's name is the last one. Text that is
another language's (a workflow in a Markdown fence) is given on to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.model import Fact, Region
from pep668.syntax import yaml
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence
from pep668.text import SourceMap

from . import Language, _pipeline, detect
from ._containers import Commands, image, script_language
from ._hidden import hiding
from ._pipeline import Piece, Process

# Keys as they are compared: in small letters, without `-` and `_`.
_LINES = frozenset(
    "run runs shell bash sh install beforeinstall afterinstall preinstall postinstall prebuild postbuild build"
    " beforebuild afterbuild setup bootstrap prepare provision before init prologue epilogue poststart prestart"
    " commandline exec test postclone userdata hooks".split()
)
_ENDING = re.compile(r"(?:.*[-_])?(?:script|command|cmd)s?|.*[a-z](?:Script|Command|Cmd)s?", re.DOTALL)
# Keys of one program with its arguments, where they hold a list.
_WORDS = frozenset("command cmd entrypoint exec".split())
_PROSE = re.compile(r"[A-Z][a-z']+[ ,](?:[a-z'`]+[ ,.]){2}|[-*] [A-Z]|```|>|\[[^\]]*\]\(")
_TEMPLATE = re.compile(
    r"\$?\{\{[^{}\n]{0,500}\}\}|\{%[^%\n]{0,500}%\}|<%[^%\n]{0,500}%>|<<[ ]?[\w.]{1,100}[ ]?>>|\$\[\[[^\]\n]{0,300}\]\]"
)
_FIRST = re.compile(r"\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:---|%YAML|[ \t]*(?:- )*[\w.\"'/-]+:(?=\s|$)|[ \t]*- )")
_SCRIPT = re.compile(r"^[ \t]+#(?:!|cloud-config)", re.MULTILINE)
_ANY_KEY = re.compile(r"^[ \t]*(?:- +)*[\"']?([A-Za-z_-]{2,40})[\"']?:", re.MULTILINE)


def _sniff(text: str) -> bool:
    if not _FIRST.match(text):
        return False
    return _SCRIPT.search(text) is not None or any(_is_run(m[1]) for m in _ANY_KEY.finditer(text))


def _is_run(key: str) -> bool:
    return _plain(key) in _LINES or _plain(key) in _WORDS or _ENDING.fullmatch(key) is not None


def _plain(key: str) -> str:
    return key.lower().replace("-", "").replace("_", "")


LANGUAGE = Language("yaml", ids=("yaml", "yml"), candidates=("*.yml", "*.yaml"), sniff=_sniff)


@dataclass(frozen=True, slots=True)
class _Place:
    node: Node
    name: str
    facts: tuple[Fact, ...]


def extract(region: Region) -> Iterator[Region]:
    """The texts that something may run; each mapping's are a system of their own."""
    known = detect("document.yml", region.text)
    if known is not None and known != LANGUAGE.id:
        yield region.inside(known, (region.text, SourceMap.identity(len(region.text))))
        return
    commands = Commands(hiding(_TEMPLATE))
    found: list[Process] = []
    for number, root in enumerate(yaml.documents(region.text)):
        found += _processes(region, commands, _Place(root, f"{number}", ()))
    yield from _pipeline.regions(region, found)


def _processes(region: Region, commands: Commands, root: _Place) -> Iterator[Process]:
    seen: set[int] = set()
    pending = [root]
    while pending:
        place = pending.pop()
        if id(place.node) in seen:
            continue
        seen.add(id(place.node))
        inner: list[_Place] = []
        if isinstance(place.node, Mapping):
            facts = (*place.facts, *_facts(region, place.node))
            for entry in place.node.entries:
                yield from _entry(commands, entry, place.node, place.name, facts)
                inner.append(_Place(entry.value, f"{place.name}/{entry.key.value}", facts))
        elif isinstance(place.node, Sequence):
            inner += [_Place(item, f"{place.name}:{at}", place.facts) for at, item in enumerate(place.node.items)]
        pending += reversed(inner)


def _facts(region: Region, node: Mapping) -> Iterator[Fact]:
    named = node.get("image")
    if isinstance(named, Mapping):
        named = named.get("name")
    if isinstance(named, Scalar) and not named.missing and re.fullmatch(r"[\w./:@${}-]+", named.value):
        yield image(region, named, named, "")


def _entry(commands: Commands, entry: Entry, holder: Mapping, name: str, facts: tuple[Fact, ...]) -> Iterator[Process]:
    key, value = _plain(entry.key.value), entry.value
    process = f"{entry.key.value}:{entry.key.span.start}"
    pieces: tuple[Piece, ...] = ()
    if isinstance(value, Scalar) and (script := _script(value)):
        pieces = commands.text(value, script)
    elif key in _WORDS and (not isinstance(value, Sequence) or _is_words(value)):
        if isinstance(value, Scalar) and _is_prose(value.value):
            return
        pieces = commands.run(value, holder.get("args"))
    elif _is_run(entry.key.value):
        nodes = value.items if isinstance(value, Sequence) else (value,)
        for node in nodes:
            if isinstance(node, Scalar) and not _is_prose(node.value):
                pieces += commands.text(node, _script(node) or "shell")
    if pieces:
        yield Process(name, process, pieces, facts)


def _script(node: Scalar) -> str:
    """The language of a text that says itself what reads it, under whatever key (a machine's `UserData`)."""
    if node.value.startswith("#!"):
        return script_language(node.value)[0] or "text"
    return "cloud-init" if node.value.startswith("#cloud-config") else ""


def _is_words(node: Sequence) -> bool:
    """Whether a list is the words of one command, not several commands."""
    first = node.items[0] if node.items else None
    return isinstance(first, Scalar) and len(first.value.split()) == 1


def _is_prose(text: str) -> bool:
    """Whether the first line that says something is a sentence or Markdown."""
    first = next((line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"), "")
    return _PROSE.match(first) is not None
