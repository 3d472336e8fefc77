"""What tox runs, written as INI (tox.ini, setup.cfg, pyproject's `legacy_tox_ini`) or TOML (tox.toml, `[tool.tox]`).

Its commands are lists of arguments, which no shell reads, in the tox environment, which is a virtual one.
Sources: tox's "Configuration" (commands, substitutions, conditional settings), `tox.config.loader.ini`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, items
from pep668.text import MappedText, Notation, SourceMap, Span

from . import _arguments
from ._templates import Made, variable

_KEYS = ("commands_pre", "commands", "commands_post", "install_command", "list_dependencies_command")
_PARTS = re.compile(r"\\.|\{\[[^\]{}\n]*\][^{}\n]*\}|\{(?:[^{}\n]|\{[^{}\n]*\})*\}|['\"]|[^\\{'\"]+|.", re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CONTINUED = re.compile(r"\\\s*\Z")
_FACTOR = re.compile(r"[ \t]*!?[\w.{}!, -]*[\w}]:(?=\s|\Z)")
_MARK = re.compile(r"(?:[-!]\s*)*")
_UNQUOTED = re.compile(r"[;&|<>()$`*?#!~\[\]]")
_IN_DOUBLE = re.compile(r"[$`]")
_ENVIRONMENT = ".tox/environment"
_KNOWN = {
    "envdir": _ENVIRONMENT,
    "env_dir": _ENVIRONMENT,
    "envbindir": f"{_ENVIRONMENT}/bin",
    "env_bin_dir": f"{_ENVIRONMENT}/bin",
    "envpython": f"{_ENVIRONMENT}/bin/python",
    "env_python": f"{_ENVIRONMENT}/bin/python",
    "toxworkdir": ".tox",
    "tox_root": ".",
    "toxinidir": ".",
    "work_dir": ".tox",
    "/": "/",
    ":": ":",
}


def ini_regions(region: Region, tree: Mapping, *, only: str = "") -> Iterator[Region]:
    """The commands of the environments in an INI file's sections, of those alone whose names begin with `only`."""
    for section in tree.entries:
        if not isinstance(section.value, Mapping) or not section.key.value.startswith(only):
            continue
        for entry in section.value.entries:
            if entry.key.value not in _KEYS or not isinstance(entry.value, Scalar):
                continue
            for number, made in enumerate(_lines(entry.value.made)):
                arguments = argument_line(made)
                notation = entry.value.notation
                yield from _inside(region, arguments, section.key, entry.key, number, entry.span, notation)


def toml_regions(region: Region, tree: Mapping) -> Iterator[Region]:
    """The commands of the environments of a tox.toml or of `[tool.tox]`."""
    tables = [(e.key, e.value) for e in tree.entries if e.key.value in ("env_run_base", "env_pkg_base")]
    for key in ("env", "env_base"):
        tables += [(e.key, e.value) for e in tree.mapping(key).entries]
    for name, table in tables:
        for entry in table.entries if isinstance(table, Mapping) else ():
            if entry.key.value not in _KEYS:
                continue
            lists = items(entry.value)
            whole = entry.key.value.endswith("_command")  # one list, not a list of lists
            for number, node in enumerate([entry.value] if whole else lists):
                words = _words(node)
                if words:
                    made = _filled(_arguments.as_shell(words))
                    notation = _arguments.notation(words)
                    yield from _inside(region, made, name, entry.key, number, node.span, notation)


def _words(node: Node) -> list[Scalar]:
    """The arguments; `{ replace = "posargs" }` and its like are none that is known."""
    found = [i for i in node.items if isinstance(i, Scalar)] if isinstance(node, Sequence) else []
    if found and re.fullmatch(r"[-!]", found[0].value):
        return found[1:]
    return found


def _inside(
    region: Region, made: Made, name: Scalar, key: Scalar, number: int, anchor: Span, notation: Notation
) -> Iterator[Region]:
    if not made[0].strip():
        return
    evidence = Evidence(f"tox runs {key.value} in its own virtual environment", region.outer(key.span))
    process = region.named(f"tox:{name.value}/{key.value}/{number}")
    yield region.inside(
        "shell",
        made,
        facts=(Fact("environment", "", evidence),),
        place=Place(region.place.system, process, region.place.base),
        anchor=anchor,
        notation=notation,
    )


def _lines(made: Made) -> Iterator[Made]:
    """The commands of a value: its lines without comments, joined where they end in a backslash."""
    text, within = made
    out: MappedText | None = None
    at = behind = 0
    for line in text.split("\n"):
        content = _COMMENT.sub("", line)
        if not line.startswith("#"):
            start = at + len(content) - len(content.lstrip())
            end = at + len(_CONTINUED.sub("", content).rstrip())
            if out is None:
                out = MappedText()
                factor = _FACTOR.match(text, at, at + len(content))
                start = factor.end() if factor else start
                mark = _MARK.match(text, start + len(text[start:end]) - len(text[start:end].lstrip()), max(start, end))
                start = mark.end() if mark else start
            elif end > start:
                out.opaque(" ", Span(behind, start))
            if end > start:
                out.verbatim(text[start:end], start)
                behind = end
            if not _CONTINUED.search(content):
                yield _composed(out, within, at)
                out = None
        at += len(line) + 1
    if out is not None:
        yield _composed(out, within, len(text))


def _composed(out: MappedText, within: SourceMap, at: int) -> Made:
    text, mapped = out.finish(at)
    return text, within.compose(mapped)


def argument_line(made: Made) -> Made:
    """A line that is split into arguments with quotes and backslashes alone, as shell text of the same arguments."""
    text, within = made
    out = MappedText()
    quote = ""
    for part in _PARTS.finditer(text):
        piece, start = part[0], part.start()
        if piece in ("'", '"') and quote in ("", piece):
            quote = "" if quote else piece
            out.verbatim(piece, start)
        elif piece.startswith("{") and len(piece) > 1:
            out.opaque(_value(piece, quote), Span(start, part.end()))
        elif quote == "'" or piece.startswith("\\"):
            out.verbatim(piece, start)
        else:
            _escaped(out, piece, start, _IN_DOUBLE if quote else _UNQUOTED)
    return _composed(out, within, 0)


def _escaped(out: MappedText, piece: str, start: int, special: re.Pattern[str]) -> None:
    """The text with a backslash before what a shell would not take literally."""
    at = 0
    for found in special.finditer(piece):
        out.verbatim(piece[at : found.start()], start + at)
        out.opaque("\\", Span(start + found.start(), start + found.start()))
        at = found.start()
    out.verbatim(piece[at:], start + at)


def _value(substitution: str, quote: str) -> str:
    """What stands for `{...}`: a known path, a default, or an unknown part."""
    inner = substitution[1:-1]
    if inner in _KNOWN:
        return _KNOWN[inner]
    name, colon, default = inner.partition(":")
    if name == "env":
        name, colon, default = default.partition(":")
    if colon and not set(default) & set("{}'\"\\$`;&|<>()"):
        return default
    hole = "${" + variable(inner) + "}"
    return f"'\"{hole}\"'" if quote == "'" else hole


def _filled(made: Made) -> Made:
    from ._templates import filled

    return filled(made, re.compile(r"\{[^{}\s]+\}"), lambda m: _known(m[0]))


def _known(substitution: str) -> str | None:
    value = _value(substitution, "")
    return None if value.startswith("${") else value


__all__ = ["argument_line", "ini_regions", "toml_regions"]
