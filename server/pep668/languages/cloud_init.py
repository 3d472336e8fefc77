"""cloud-init's user data: commands of the first boot, and scripts and settings that it writes.

Source: cloud-init's module reference (bootcmd, runcmd, write_files). The commands of
`runcmd` are lines of one script, those of `bootcmd` of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Region
from pep668.syntax import yaml
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, items
from pep668.text import Span

from . import Language, _pipeline
from ._containers import Commands, script_language
from ._hidden import hiding
from ._pipeline import Process, fact

_HEAD = re.compile(r"\ufeff?(?:[ \t\r]*(?:##[ \t]*template:[^\n]*)?\n)*[ \t]*#cloud-config\b")
_LISTS = re.compile(r"^(?:runcmd|bootcmd|write_files|packages|package_update|ssh_authorized_keys|users):", re.MULTILINE)
_RUN = re.compile(r"^(?:runcmd|bootcmd):", re.MULTILINE)


def _sniff(text: str) -> bool:
    if _HEAD.match(text):
        return True
    # Templates of tools that put the first line in front themselves.
    return _RUN.search(text) is not None and len({m[0] for m in _LISTS.finditer(text)}) > 1


LANGUAGE = Language(
    "cloud-init",
    ids=("cloud-config", "cloudconfig"),
    names=("cloud-init.yml", "cloud-init.yaml", "cloud-config.yml", "cloud-config.yaml", "user-data", "cloud-init.cfg"),
    patterns=(
        *("cloud-init*.yml", "cloud-init*.yaml", "cloud_init*.yml", "cloud_init*.yaml", "cloud-config*.yml"),
        *("cloud-config*.yaml", "cloud-init*.tpl", "cloud-init*.tftpl", "cloud-init*.j2", "user-data.*", "user_data.*"),
    ),
    candidates=("*.yml", "*.yaml", "*.cfg", "*.tpl", "*.tftpl", "*.txt"),
    sniff=_sniff,
)

_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,500}\}\}|\{%[^%\n]{0,500}%\}")
_SETTINGS = re.compile(r".*/pip\.conf|.*/EXTERNALLY-MANAGED")
_SCRIPT_PATH = re.compile(r".*\.(?:sh|bash|py|ps1)|(?:/usr)?(?:/local)?/s?bin/[^/]+|/etc/cron[^/]*/[^/]+")
_BY_ENDING = {".py": "python", ".ps1": "powershell"}


def extract(region: Region) -> Iterator[Region]:
    """The commands of user data, which may also be a script."""
    language, program = script_language(region.text, "")
    if program or language:
        if language:
            yield region.inside(language, (region.text, region.map.identity(len(region.text))))
        return
    root = yaml.parse(region.text)
    if not isinstance(root, Mapping):
        return
    facts: tuple[Fact, ...] = (
        Fact("remote", "which system the machine has", Evidence("cloud-init", region.outer(Span(0, 0)))),
        fact(region, "user", "root", Span(0, 0), "cloud-init runs commands as root"),
        *_settings(region, root),
    )
    commands = Commands(hiding(_TEMPLATE))
    found: list[Process] = []
    for at, item in enumerate(root.items("write_files")):
        found += _file(commands, item, at, facts)
    for key in ("bootcmd", "runcmd"):
        pieces = tuple(p for item in _commands(root, key) for p in _one(commands, item))
        found.append(Process("machine", key, pieces, facts))
    yield from _pipeline.regions(region, found)


def _commands(root: Mapping, key: str) -> tuple[Node, ...]:
    node = root.get(key)
    if isinstance(node, Mapping):  # some tools name them
        return tuple(e.value for e in node.entries)
    return items(node)


def _one(commands: Commands, item: Node) -> tuple[_pipeline.Piece, ...]:
    return commands.run(item) if isinstance(item, Sequence) else commands.text(item)


def _settings(region: Region, root: Mapping) -> Iterator[Fact]:
    """The files that matter to pip, which are written before `runcmd`."""
    for item in root.items("write_files"):
        if isinstance(item, Mapping) and _SETTINGS.fullmatch(path := item.text("path") or ""):
            content = item.get("content")
            plain = isinstance(content, Scalar) and not item.text("encoding")
            value = content.value if plain and isinstance(content, Scalar) else None
            yield fact(region, "file", value, item, f"write_files: {path}", path)


def _file(commands: Commands, item: Node, at: int, facts: tuple[Fact, ...]) -> Iterator[Process]:
    """A script among the files: by the path, or its first line."""
    if not isinstance(item, Mapping):
        return
    content, path = item.get("content"), item.text("path") or ""
    if not isinstance(content, Scalar) or item.text("encoding") in ("b64", "base64", "gz", "gzip", "gz+b64"):
        return
    if not content.value.startswith("#!") and not _SCRIPT_PATH.fullmatch(path):
        return
    language, program = script_language(content.value, _BY_ENDING.get(path[path.rfind(".") :], "shell"))
    if program:
        facts = (*facts, Fact("shell", program, Evidence(f"{path} begins with #!")))
    yield Process("machine", f"file:{at}", commands.text(content, language), facts, item.span)
