"""HTML: the text of `pre`, `code`, `kbd` and `tt` elements, whether a page or a piece in another document.

Tags of highlighters inside them are left out, entities stand for their characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pep668.model import Region
from pep668.text import Escaped, MappedText, SourceMap, Span

from . import Language
from ._documents import BOLD, Document

LANGUAGE = Language("html", ids=("html", "xhtml"), patterns=("*.html", "*.htm", "*.xhtml"), comments=("<!-- -->",))

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PIECE = re.compile(
    r"<!--|<(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]{0,40})"
    r"(?P<attributes>[^<>\"']*(?:(?:\"[^\"]{0,1000}\"|'[^']{0,1000}')[^<>\"']*){0,40}|[^<>]*)>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});"
)
_CLASS = re.compile(r"(?:\bclass|className|data-lang|data-language|\blang|\blanguage)\s*=\s*[{]?[\"']?([^\"'>]*)")
_LANGUAGE = re.compile(r"(?:^|[\s;])(?:language|lang|highlight-source|highlight-text|highlight|brush)[-:]\s*([\w+-]+)")
_SILENT = re.compile(r"\b(?:linenos?|line-?numbers?|lineno-container|sr-only)\b|(?<![\w-])lnt?(?![\w-])")
_BLOCKS = frozenset(("pre", "codeblock"))
_CODE = frozenset(("code", "kbd", "tt"))
_UNREAD = frozenset(("script", "style", "template", "textarea", "button", "svg", "noscript"))
_SKIPPED = {tag: re.compile(rf"</{tag}\b[^>]*>", re.IGNORECASE) for tag in _UNREAD}
_WORDS = frozenset(
    "sh bash shell zsh fish console terminal shell-session powershell cmd bat python pycon dockerfile docker yaml yml"
    " json toml ini make text output".split()
)
_NOTATION = Escaped((("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "\n")))


@dataclass(slots=True)
class _Element:
    """An element whose text is being collected. `shown` says for each `samp` and `kbd` in it which is innermost."""

    tag: str
    start: int
    info: str
    out: MappedText = field(default_factory=MappedText)
    shown: list[str] = field(default_factory=list)
    hidden: int = 0  # nested spans of which the text is not read, as far as they are open


def extract(region: Region) -> Iterator[Region]:
    """The code of a page, in the order of its text."""
    document = Document(region)
    text = region.text
    element: _Element | None = None
    unclosed: set[str] = set()  # of which no end follows
    around = ""  # the language that the nearest element around says
    at = 0
    while piece := _PIECE.search(text, at):
        if element is not None:
            _add(element, text[at : piece.start()], at)
        at = piece.end()
        tag = (piece["tag"] or "").lower()
        if piece[0] == "<!--":
            comment = _COMMENT.match(text, piece.start())
            at = comment.end() if comment else len(text)
        elif not tag:
            if element is not None:
                _entity(element, piece)
        elif tag in _UNREAD and not piece["close"]:
            if tag not in unclosed and not piece["attributes"].endswith("/"):
                ending = _SKIPPED[tag].search(text, at)
                at = ending.end() if ending else at
                unclosed |= set() if ending else {tag}
        elif element is None:
            if piece["close"]:
                continue
            if tag in _BLOCKS or tag in _CODE:
                element = _Element(tag, piece.start(), _language(piece["attributes"]) or around)
                element.shown = ["kbd"] if tag == "kbd" else []
            elif tag in ("div", "figure", "td", "section"):
                around = _language(piece["attributes"])
            elif tag == "summary" or re.fullmatch(r"h[1-6]", tag):
                document.heading(BOLD if tag == "summary" else int(tag[1]), piece.start())
        elif piece["close"] and _ends(element, tag):
            yield from _finished(document, element, at)
            element = None
        else:
            _inside(element, piece, tag)
    if element is not None:
        _add(element, text[at:], at)
        yield from _finished(document, element, len(text))


def _ends(element: _Element, tag: str) -> bool:
    """Whether the end of a `tag` is that of the element: a `kbd` may hold others, and ends with its paragraph."""
    if element.tag == "kbd":
        return tag in _PARAGRAPHS or (tag == "kbd" and len(element.shown) <= 1)
    return tag == element.tag


_PARAGRAPHS = frozenset(("p", "li", "dd", "dt", "td", "th", "div", "pre", "body", "section"))


def _add(element: _Element, text: str, at: int) -> None:
    if element.hidden or (element.shown and element.shown[-1] == "samp"):
        if "\n" in text and not element.hidden:
            element.out.opaque("\n", Span(at, at + len(text)))
        return
    element.out.verbatim(text, at)


def _entity(element: _Element, piece: re.Match[str]) -> None:
    from html import unescape

    if not element.hidden and (not element.shown or element.shown[-1] != "samp"):
        value = unescape(piece[0]).replace("\xa0", " ")
        element.out.opaque(value, Span(piece.start(), piece.end()))


def _inside(element: _Element, piece: re.Match[str], tag: str) -> None:
    """A tag within the element: a line break, a part that is shown or typed, a highlighter's span."""
    if tag == "br":
        element.out.opaque("\n", Span(piece.start(), piece.end()))
    elif tag in ("samp", "kbd"):
        if not piece["close"]:
            element.shown.append(tag)
        elif element.shown and element.shown[-1] == tag:
            element.shown.pop()
    elif tag in ("span", "td", "th") and element.hidden:
        element.hidden += -1 if piece["close"] else 1
    elif piece["close"]:
        return
    elif tag in ("span", "td", "th") and _SILENT.search(piece["attributes"]):
        element.hidden = 1
    elif tag == "code" and element.tag in _BLOCKS:
        element.info = _language(piece["attributes"]) or element.info


def _language(attributes: str) -> str:
    """The language that an element's classes name, "" for none."""
    for names in _CLASS.finditer(attributes):
        named = _LANGUAGE.search(names[1])
        if named:
            return named[1]
        word = next((w for w in names[1].lower().split() if w in _WORDS), "")
        if word:
            return word
    return ""


def _finished(document: Document, element: _Element, end: int) -> Iterator[Region]:
    made = element.out.finish(element.start)
    text, _ = made
    if element.tag in _BLOCKS or "\n" in text.strip():
        yield from document.block(made, element.info, anchor=Span(element.start, end), notation=_NOTATION)
    else:
        yield from document.inline(_bare(made), Span(element.start, end), _written)


def _bare(made: tuple[str, SourceMap]) -> tuple[str, SourceMap]:
    text, where = made
    begin = len(text) - len(text.lstrip())
    bare = text.strip()
    return bare, where.compose(SourceMap.identity(len(bare), begin))


def _written(text: str) -> str | None:
    return None if "\n" in text else _NOTATION(text)
