"""Jupyter notebooks on disk (nbformat 3 to 5): code cells as IPython or bash, Markdown cells as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.syntax.node import Mapping, Node, Scalar, Sequence, items, text
from pep668.text import MappedText, SourceMap, Span

from . import Language

LANGUAGE = Language("notebook", ids=("jupyter", "ipynb", "jupyter-notebook"), patterns=("*.ipynb",), comments=())

_PYTHON = re.compile(r"(?:i?python|py|xpython|conda-|sage|pyodide)[\w. -]*", re.IGNORECASE)
_SHELL = re.compile(r"(?:ba|z|k|da)?sh|shellscript|shell", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:ir|r|julia|javascript|jslab|deno|tslab|scala|almond|kotlin|java|rust|evcxr|gophernotes|c\+\+|xcpp\d*|octave|matlab"
    r"|sql|ruby|iruby|perl|lua|haskell|ihaskell|\.net|stata|sas|maxima|go|gonb|clojure|ocaml|elixir|swift)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
# What is large and says nothing: pictures, tables, what commands printed.
_SKIPPED = ("outputs", "attachments", "widgets", "output")
_COLAB = re.compile(r"^(?:from google\.colab import|import google\.colab)\b", re.MULTILINE)
_SETTING = re.compile(
    r"""^(?:%(?:set_)?env[ \t]+(\w+)[ \t]*[= \t][ \t]*([^\r\n]*)
    |os\.environ\[['"](\w+)['"]\][ \t]*=[ \t]*['"]([^'"\r\n]*)['"][ \t]*(?:\#.*)?$
    |%cd[ \t]+([^\r\n]+))""",
    re.MULTILINE | re.VERBOSE,
)


def extract(region: Region) -> Iterator[Region]:
    """The cells of a notebook; all run on one system, one after the other."""
    from pep668.syntax import json

    root = json.parse(region.text, skip=_SKIPPED)
    if not isinstance(root, Mapping):
        return
    default = _kernel(root, len(region.text))
    system = region.named("notebook")
    read = [(index, cell, made) for index, cell in enumerate(_cells(root)) if (made := _source(cell)) is not None]
    facts = _colab(region, read)
    for index, cell, made in read:
        if not made[0].strip():
            continue
        kind = text(cell.get("cell_type"))
        place = Place(system, f"{system}/cell:{index}", region.place.base)
        notation = _first(cell)
        if kind == "markdown":
            document = Fact("document", "", Evidence("a Markdown cell", region.outer(_span(cell))))
            yield region.inside(
                "markdown", made, facts=(*facts, document), place=place, anchor=cell.span, notation=notation.notation
            )
        elif kind == "code":
            language = _language(cell, default)
            if not language:
                continue
            if language == "shell":  # its cells are typed into one shell
                place = Place(system, f"{system}/shell", region.place.base)
            inner = region.inside(
                language, made, facts=facts, place=place, anchor=cell.span, notation=notation.notation
            )
            if language == "ipython":
                facts = (*facts, *_following(inner))
            yield inner


def _colab(region: Region, read: list[tuple[int, Mapping, tuple[str, SourceMap]]]) -> tuple[Fact, ...]:
    """Whether the notebook runs on Colab only: it imports, on no condition, the module that is there alone.

    That Colab wrote it (`metadata.colab`) says nothing of where a copy of it runs.
    """
    for _, cell, (source, where) in read:
        found = _COLAB.search(source) if text(cell.get("cell_type")) == "code" else None
        if found:
            here = region.outer(where.span(Span(found.start(), found.end())))
            return (Fact("runner", "colab", Evidence(f"{found[0]}: it runs on Google Colab", here)),)
    return ()


def _cells(root: Mapping) -> Iterator[Mapping]:
    """The cells; nbformat 3 keeps them in worksheets."""
    sheets = [root, *(s for s in root.items("worksheets") if isinstance(s, Mapping))]
    for sheet in sheets:
        cells = sheet.get("cells")
        if isinstance(cells, Sequence):
            yield from (cell for cell in cells.items if isinstance(cell, Mapping))


def _strings(cell: Mapping) -> list[Scalar]:
    node = cell.get("source")
    if node is None:
        node = cell.get("input")
    return [item for item in items(node) if isinstance(item, Scalar) and item.style != "plain"]


def _first(cell: Mapping) -> Scalar:
    return _strings(cell)[0]


def _span(cell: Mapping) -> Span:
    strings = _strings(cell)
    return strings[0].span.to(strings[-1].span) if strings else cell.span


def _source(cell: Mapping) -> tuple[str, SourceMap] | None:
    """The cell's text, its strings joined, with the way back to the file."""
    strings = _strings(cell)
    if not strings:
        return None
    if len(strings) == 1:
        return strings[0].made
    out = MappedText()
    for scalar in strings:
        for segment in scalar.map.segments:
            piece = scalar.value[segment.inner.start : segment.inner.end]
            if segment.verbatim:
                out.verbatim(piece, segment.outer.start)
            else:
                out.opaque(piece, segment.outer)
    return out.finish(strings[0].span.start)


def _kernel(root: Mapping, end: int) -> str:
    """The language of the code cells: "" for a kernel that is not read, R or Julia.

    A name at the end of the text is not written to its end.
    """
    for path in (("kernelspec", "language"), ("language_info", "name")):
        node = root.get("metadata", *path)
        named = text(node)
        if named and node is not None and node.span.end < end:
            return _known(named)
    kernel = root.text("metadata", "kernelspec", "name") or ""
    if _SHELL.fullmatch(kernel):
        return "shell"
    # Kernels of Python environments have whatever name somebody gave them.
    return "" if _OTHER.match(kernel) else "ipython"


def _known(name: str) -> str:
    if _PYTHON.fullmatch(name):
        return "ipython"
    return "shell" if _SHELL.fullmatch(name) else ""


def _language(cell: Mapping, default: str) -> str:
    """The language of a code cell, which editors may say of a single one."""
    node: Node | None = cell.get("metadata", "vscode", "languageId") or cell.get("language")
    named = text(node)
    return _known(named) if named else default


def _following(cell: Region) -> Iterator[Fact]:
    """What a cell says of those behind it: variables and the directory of the kernel's process."""
    for found in _SETTING.finditer(cell.text):
        evidence = Evidence(found[0].strip(), cell.outer(Span(found.start(), found.end())))
        if found[5]:
            yield Fact("directory", found[5].strip().strip("'\""), evidence)
        elif found[1]:
            yield Fact("variable", None if "{" in found[2] else found[2].strip().strip("'\""), evidence, found[1])
        else:
            yield Fact("variable", found[4], evidence, found[3])
