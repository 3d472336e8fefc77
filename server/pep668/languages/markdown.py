"""Markdown as GitHub, MkDocs, MyST, Quarto, R Markdown and MDX write it: code blocks, code in sentences, HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Region
from pep668.text import MappedText, SourceMap, Span

from . import Language, _inline_code, _markdown
from ._console import looks_typed
from ._documents import BOLD, Document

LANGUAGE = Language(
    "markdown",
    ids=("markdown", "mdx", "quarto", "rmd", "skill", "chatagent", "instructions", "prompt"),
    patterns=(
        *("*.md", "*.markdown", "*.mdown", "*.mkd", "*.mdx", "*.mdc", "*.qmd", "*.Rmd", "*.rmd", "*.myst"),
        *("*.md.j2", "*.md.in", "*.md.tmpl", "*.md.tpl", "*.md.jinja", "*.md.jinja2"),
    ),
    comments=("<!-- -->", "{/* */}"),
)

_DEEPEST = 12  # containers in containers
_BOLD = re.compile(r"(\*\*|__)[^\n]{1,200}?\1[:.]?\s*\Z")
_SECTION = re.compile(r"<(?:h([1-6])|summary)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\s{}:,=]+")
_FILE = re.compile(r"(?:(?:title|file|filename|name|caption)=|^[\w+-]+:)[\"']?([^\s\"'}]+)")
_BRACED = re.compile(r"\{\s*([.:]?)([\w+:-]+)[^}\n]*\}[ \t]*(\S*)")
_OPTIONS = re.compile(r"(?:[ \t]*:[\w-]+:.*(?:\n|\Z))+|---[ \t]*\r?\n(?:.*\n)*?---[ \t]*\r?\n")
# Directives of MyST whose text is code in the language that they name, and engines of notebooks that are no shells.
_CODE = frozenset("code code-block sourcecode code-cell prompt parsed-literal highlight".split())
_ENGINES = frozenset(
    "r julia sql stan js ojs css dot mermaid rcpp cat asis comment perl ruby c fortran haskell node scala sass tikz"
    " math figure image toctree include literalinclude csv-table table list-table bibliography autofunction".split()
)
_SHELLS = frozenset("bash sh zsh shell fish powershell cmd python python3 ipython ipython3 console".split())


def extract(region: Region) -> Iterator[Region]:
    """The code of a document, in the order of its text."""
    yield from _read(Document(region), (region.text, SourceMap.identity(len(region.text))), 0)


def _read(document: Document, made: tuple[str, SourceMap], depth: int) -> Iterator[Region]:
    if depth > _DEEPEST:
        return
    _, where = made
    introduced = False  # whether what was said last is to be typed next
    for block in _markdown.blocks(made[0]):
        text, inner = block.made[0], where.compose(block.made[1])
        anchor = where.span(block.span)
        if block.kind == "heading":
            document.heading(block.level, anchor.start)
        elif block.kind == "text" and _BOLD.match(text):
            document.heading(BOLD, anchor.start)
        if block.kind in ("heading", "text"):
            typed = list(document.bare((text, inner), introduced, anchor)) if block.kind == "text" else []
            yield from typed or _sentence(document, (text, inner))
            introduced = text.rstrip().endswith(":") or (introduced and looks_typed(text))
        elif block.kind == "row":
            for cell in re.finditer(r"(?:\\.|[^|\\])+", text):
                piece = cell[0], inner.compose(SourceMap.identity(len(cell[0]), cell.start()))
                yield from _sentence(document, piece)
        elif block.kind in ("body", "tab"):
            if block.kind == "tab":
                document.heading(BOLD, anchor.start)
            yield from _read(document, (text, inner), depth + 1)
        elif block.kind == "html":
            yield from _html(document, (text, inner), depth)
        elif block.kind == "fence":
            yield from _fence(document, (text, inner), block.info, anchor, depth)
        elif _markdown.opens_fence(text):  # in MDX no code is indented
            yield from _read(document, (text, inner), depth + 1)
        else:
            yield from document.block((text, inner), anchor=anchor)


def _sentence(document: Document, made: tuple[str, SourceMap]) -> Iterator[Region]:
    text, where = made
    if "`" not in text and "<" not in text:
        return
    for kind, span in _inline_code.spans(text):
        if kind == "html":
            element = text[span.start : span.end]
            yield from document.block((element, where.compose(SourceMap.identity(len(element), span.start))), "html")
        else:
            code, inner = _inline_code.unfolded(text, span)
            marks = _inline_code.marks(text, span.start)
            anchor = where.span(Span(span.start - marks, span.end + marks))
            yield from document.inline((code, where.compose(inner)), anchor, _notation)


def _notation(text: str) -> str | None:
    """Code between single backticks, on one line."""
    return None if "\n" in text or "`" in text else text


def _html(document: Document, made: tuple[str, SourceMap], depth: int) -> Iterator[Region]:
    text, where = made
    for block in _markdown.in_html(text):
        inner = where.compose(block.made[1])
        if block.kind == "fence":
            yield from _fence(document, (block.made[0], inner), block.info, where.span(block.span), depth)
            continue
        for section in _SECTION.finditer(block.made[0]):
            document.heading(int(section[1] or BOLD), inner.offset(section.start()))
        yield from document.block((block.made[0], inner), "html")


def _fence(document: Document, made: tuple[str, SourceMap], info: str, anchor: Span, depth: int) -> Iterator[Region]:
    braced = _BRACED.match(info)
    if braced is None:
        word = _WORD.match(info)
        file = _FILE.search(info)
        yield from document.block(made, word[0] if word else "", file[1] if file else "", anchor)
        return
    mark, name, argument = braced[1], braced[2].lower(), braced[3]
    if mark == ".":  # Pandoc's attributes
        yield from document.block(made, name, anchor=anchor)
        return
    options = _OPTIONS.match(made[0])
    body = _after(made, options.end() if options else 0)
    if name in _CODE:
        yield from document.block(body, argument, anchor=anchor)
    elif name in _SHELLS:
        yield from document.block(body, name, anchor=anchor)
    elif name == "eval-rst":
        yield from document.block(body, "rst", anchor=anchor)
    elif name not in _ENGINES:
        yield from _read(document, body, depth + 1)


def _after(made: tuple[str, SourceMap], at: int) -> tuple[str, SourceMap]:
    text, where = made
    out = MappedText()
    out.verbatim(text[at:], at)
    rest, inner = out.finish(at)
    return rest, where.compose(inner)
