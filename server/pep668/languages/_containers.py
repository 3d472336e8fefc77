"""What runs in a container, as compose files and manifests say it: commands, images, scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from pep668.model import Evidence, Fact, Region
from pep668.syntax.node import Node, Scalar, Sequence
from pep668.text import Escaped, MappedText, Notation, Span, verbatim

from . import _arguments
from ._pipeline import Made, Piece, fact

# Programs that run what they are given: entry point and arguments are then one command. Of others (`/entrypoint.sh`,
# `tini`) most run their arguments, which are read as a command of their own.
_RUNS = re.compile(
    r"(?:\S*/)?(?:sh|bash|ash|dash|zsh|ksh|env|su|sudo|python[\d.]*|pypy[\d.]*|pip[\d.]*|pipx|uvx?|conda|mamba|micromamba"
    r"|xargs|time|nice|exec|timeout|poetry|pwsh|powershell(?:\.exe)?|cmd(?:\.exe)?)"
)
_SHEBANG = re.compile(r"\s*#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?([\w.+-]+)")
_DEFAULT = re.compile(r"\$\{\w+:?-([^{}$]*)\}")


# How new text is written where a dollar sign must be doubled.
dollars = Escaped((("$", "$$"), ("\n", "\n")))


def undollar(made: Made) -> Made:
    """Text in which `$$` is a dollar sign; what is put in for `${NAME}` is not known, as with a shell's variable."""
    value, mapped = made
    if "$$" not in value:
        return made
    out = MappedText()
    at = 0
    while (found := value.find("$$", at)) >= 0:
        out.verbatim(value[at:found], at)
        at = found + 2
        out.opaque("$", Span(found, at))
    out.verbatim(value[at:], at)
    inner, within = out.finish()
    return inner, mapped.compose(within)


def script_language(text: str, default: str = "shell") -> tuple[str, str]:
    """The language of a script by its first line, "" for one that is not read; and the program that line names."""
    found = _SHEBANG.match(text)
    if not found:
        return default, ""
    program = found[1]
    base = program.rstrip("0123456789.")
    if base in ("python", "pypy", "uv"):
        return "python", ""
    if base in ("pwsh", "powershell"):
        return "powershell", program
    if base == "fish":
        return "fish", program
    return ("shell" if base.endswith("sh") else ""), program


def image(region: Region, node: Node | None, otherwise: Node, missing: str) -> Fact:
    """The image that a container is made of; `missing` says why it is not told, at `otherwise`."""
    if not isinstance(node, Scalar) or node.missing:
        return fact(region, "image", "", Span(otherwise.span.start, otherwise.span.start), missing)
    default = _DEFAULT.sub(lambda found: found[1], node.value)
    value = "" if re.search(r"\{\{|<", default) else default
    text = f"image: {node.value}" if default == node.value else f"image: {node.value}, {default} unless it is set"
    return Fact("image", value, Evidence(text, region.outer(node.span)))


class Commands:
    """The commands of one document, each made once: what aliases share stays one scalar.

    `rewrite` hides what is replaced before a program sees the text, `notation` writes what that would replace.
    """

    def __init__(self, rewrite: Callable[[Made], Made] = lambda made: made, written: Notation = verbatim) -> None:
        self._rewrite, self._written = rewrite, written
        self._made: dict[tuple[int, ...], Scalar] = {}
        self._words: dict[int, tuple[Scalar, ...]] = {}  # what such a scalar was made of

    def text(self, node: Node | None, language: str = "shell") -> tuple[Piece, ...]:
        """A text that a shell reads."""
        if not isinstance(node, Scalar) or node.missing or not language:
            return ()
        return (Piece(self._of((node,), node.made, node.notation), language),)

    def run(self, *given: Node | None) -> tuple[Piece, ...]:
        """An entry point and its arguments, either a list of words or a text."""
        parts = [p for p in map(self._part, given) if p is not None]
        if len(parts) == 2 and _RUNS.fullmatch((parts[0].value.split() or [""])[0]):
            out = MappedText()
            _add(out, parts[0])
            out.opaque(" ", Span(parts[0].span.end, max(parts[0].span.end, parts[1].span.start)))
            _add(out, parts[1])
            nodes = tuple(n for p in parts for n in self._words[id(p)])
            parts = [self._new(nodes, out.finish(), self._notation(_arguments.notation(nodes)))]
        return tuple(Piece(p) for p in parts if p.value.strip())

    def _part(self, node: Node | None) -> Scalar | None:
        if isinstance(node, Sequence):
            words = tuple(i for i in node.items if isinstance(i, Scalar))
            return self._of(words, _arguments.as_shell(words), _arguments.notation(words)) if words else None
        if isinstance(node, Scalar) and not node.missing:
            return self._of((node,), node.made, node.notation)
        return None

    def _of(self, nodes: tuple[Scalar, ...], made: Made, notation: Notation) -> Scalar:
        return self._new(nodes, self._rewrite(made), self._notation(notation))

    def _notation(self, notation: Notation) -> Notation:
        def write(text: str) -> str | None:
            escaped = self._written(text)
            return None if escaped is None else notation(escaped)

        return write

    def _new(self, nodes: tuple[Scalar, ...], made: Made, notation: Notation) -> Scalar:
        key = tuple(map(id, nodes))
        if key not in self._made:
            span = Span(min(n.span.start for n in nodes), max(n.span.end for n in nodes))
            scalar = Scalar(made[0], span, made[1], "list", notation)
            self._made[key] = scalar
            self._words[id(scalar)] = nodes
        return self._made[key]


def _add(out: MappedText, scalar: Scalar) -> None:
    for segment in scalar.map.segments:
        text = scalar.value[segment.inner.start : segment.inner.end]
        if segment.verbatim:
            out.verbatim(text, segment.outer.start)
        else:
            out.opaque(text, segment.outer)
