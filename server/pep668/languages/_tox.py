"""What tox runs, written as INI (tox.ini, setup.cfg, pyproject's `legacy_tox_ini`) or TOML (tox.toml, `[tool.tox]`).

Its commands are lists of arguments, which no shell reads, in the tox environment, which is a virtual one.
Sources: tox's "Configuration" (commands, substitutions, conditional settings), `tox.config.loader.ini`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Entry, Mapping, Node, Scalar, Sequence, items, text
from pep668.text import MappedText, Notation, SourceMap, Span

from . import _arguments
from ._command_line import Unread, argument_line, value_of
from ._templates import Made, filled

_KEYS = ("commands_pre", "commands", "commands_post", "install_command", "list_dependencies_command")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CONTINUED = re.compile(r"\\\s*\Z")
_FACTOR = re.compile(r"[ \t]*!?[\w.{}!, -]*[\w}]:(?=\s|\Z)")
_MARK = re.compile(r"(?:[-!]\s*)*")
_SECTIONS = ("testenv", "pkgenv")
_SET = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]*=(.*)")
_REFERENCE = re.compile(r"\{\[([^\]{}\n]+)\]set_?env\}")
_NAMED = re.compile(r"\{\[([^\]{}\n]+)\]")
_READ = re.compile(r"\$\{?([A-Za-z_]\w*)")
_TOOLS = re.compile(r"PIP|UV_|VIRTUAL_ENV|CONDA|MAMBA|POETRY|PYTHON|PDM|HOME$")
_SET_KEYS = ("setenv", "set_env")
_MOST_VARIABLES = 200
_MOST_SECTIONS = 20


def ini_regions(region: Region, tree: Mapping) -> Iterator[Region]:
    """The commands of the environments in an INI file's sections, and of the sections that others refer to."""
    referred = set(_NAMED.findall(region.text))
    read = set(_READ.findall(region.text))
    sections = {e.key.value: e.value for e in tree.entries if isinstance(e.value, Mapping)}
    common = tuple(islice(_set(region, sections, "testenv", set(), read), _MOST_VARIABLES))
    for section in tree.entries:
        name = section.key.value
        if not isinstance(section.value, Mapping):
            continue
        if not name.startswith(_SECTIONS) and name not in referred:
            continue
        own = any(section.value.entry(key) for key in _SET_KEYS)
        facts = tuple(islice(_set(region, sections, name, set(), read), _MOST_VARIABLES)) if own else common
        for entry in section.value.entries:
            if entry.key.value not in _KEYS or not isinstance(entry.value, Scalar):
                continue
            for number, made in enumerate(_lines(entry.value.made)):
                arguments = argument_line(made)
                notation = Unread(entry.value.notation)
                yield from _inside(region, arguments, section.key, entry.key, number, entry.span, notation, facts)


def toml_regions(region: Region, tree: Mapping) -> Iterator[Region]:
    """The commands of the environments of a tox.toml or of `[tool.tox]`."""
    tables = [(e.key, e.value) for e in tree.entries if e.key.value in ("env_run_base", "env_pkg_base")]
    for key in ("env", "env_base"):
        tables += [(e.key, e.value) for e in tree.mapping(key).entries]
    for name, table in tables:
        if not isinstance(table, Mapping):
            continue
        variables = table if table.get("set_env") is not None else tree.mapping("env_run_base")
        facts = tuple(
            _variable(region, entry, text(entry.value), entry.key.value)
            for entry in variables.mapping("set_env").entries
        )
        for entry in table.entries:
            if entry.key.value not in _KEYS:
                continue
            lists = items(entry.value)
            whole = entry.key.value.endswith("_command")  # one list, not a list of lists
            for number, node in enumerate([entry.value] if whole else lists):
                words = _words(node)
                if words:
                    made = _filled(_arguments.as_shell(words))
                    notation = _arguments.notation(words)
                    yield from _inside(region, made, name, entry.key, number, node.span, notation, facts)


def _set(region: Region, sections: dict[str, Mapping], name: str, seen: set[str], read: set[str]) -> Iterator[Fact]:
    """The variables of a section's `setenv` and of those that it refers to; None for what depends on a factor.

    Only those that the tools or some command `read`.
    """
    section = sections.get(name, Mapping((), Span(0, 0)))
    entry = next((e for e in (section.entry(key) for key in _SET_KEYS) if e), None)
    if name in seen or len(seen) > _MOST_SECTIONS or entry is None or not isinstance(entry.value, Scalar):
        return
    seen.add(name)
    for line in entry.value.value.split("\n")[:_MOST_VARIABLES]:
        referred = _REFERENCE.fullmatch(line.strip())
        if referred:
            yield from _set(region, sections, referred[1], seen, read)
            continue
        factor = _FACTOR.match(line)
        found = _SET.match(line, factor.end() if factor else 0)
        if found and (found[1] in read or _TOOLS.match(found[1])):
            yield _variable(region, entry, None if factor else found[2].strip(), found[1])


def _variable(region: Region, entry: Entry, value: str | None, name: str) -> Fact:
    known = None if value is None or "{" in value else value
    told = f"{entry.key.value}: {name}={value}" if entry.key.value != name else f"{name} = {value}"
    return Fact("variable", known, Evidence(told, region.outer(entry.key.span)), name)


def _words(node: Node) -> list[Scalar]:
    """The arguments; `{ replace = "posargs" }` and its like are none that is known."""
    found = [i for i in node.items if isinstance(i, Scalar)] if isinstance(node, Sequence) else []
    if found and re.fullmatch(r"[-!]", found[0].value):
        return found[1:]
    return found


def _inside(
    region: Region,
    made: Made,
    name: Scalar,
    key: Scalar,
    number: int,
    anchor: Span,
    notation: Notation,
    variables: tuple[Fact, ...],
) -> Iterator[Region]:
    if not made[0].strip():
        return
    evidence = Evidence(f"tox runs {key.value} in its own virtual environment", region.outer(key.span))
    process = region.named(f"tox:{name.value}/{key.value}/{number}")
    yield region.inside(
        "shell",
        made,
        # tox puts its environment first whatever PATH it is given.
        facts=(*(f for f in variables if f.name != "PATH"), Fact("environment", "", evidence)),
        place=Place(region.place.system, process, region.place.base),
        anchor=anchor,
        notation=notation,
    )


def _lines(made: Made) -> Iterator[Made]:
    """The commands of a value: its lines without comments, joined where they end in a backslash."""
    written, within = made
    out: MappedText | None = None
    at = behind = 0
    for line in written.split("\n"):
        content = _COMMENT.sub("", line)
        if not line.startswith("#"):
            start = at + len(content) - len(content.lstrip())
            end = at + len(_CONTINUED.sub("", content).rstrip())
            if out is None:
                out = MappedText()
                factor = _FACTOR.match(written, at, at + len(content))
                start = factor.end() if factor else start
                mark = _MARK.match(
                    written, start + len(written[start:end]) - len(written[start:end].lstrip()), max(start, end)
                )
                start = mark.end() if mark else start
            elif end > start:
                out.opaque(" ", Span(behind, start))
            if end > start:
                out.verbatim(written[start:end], start)
                behind = end
            if not _CONTINUED.search(content):
                yield _composed(out, within, at)
                out = None
        at += len(line) + 1
    if out is not None:
        yield _composed(out, within, len(written))


def _composed(out: MappedText, within: SourceMap, at: int) -> Made:
    text, mapped = out.finish(at)
    return text, within.compose(mapped)


def _filled(made: Made) -> Made:
    return filled(made, re.compile(r"\{[^{}\s]+\}"), lambda m: _known(m[0]))


def _known(substitution: str) -> str | None:
    value = value_of(substitution)
    return None if value.startswith("${") else value
