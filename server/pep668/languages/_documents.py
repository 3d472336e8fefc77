"""What the readers of documents share: the regions of blocks and of code in sentences, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668 import shell
from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Indented, MappedText, Notation, SourceMap, Span, one_line

from . import _block_languages, _console, _unmarked, extractor, matters
from ._needles import NEEDLES
from ._sections import BOLD, Sections, makes_environment

__all__ = ["BOLD", "Document", "margin"]

Made = tuple[str, SourceMap]

_WINDOWS = re.compile(r"\\(?:Scripts|scripts)\\")

_INLINE_PROMPT = re.compile(r"\s*(?:[$%>]\s+)?")
_LONGEST_INLINE = 1_000
# Where it names nothing to install, it names the command: "the `pip install` command", "with `pip install --user`".
_NAMING = re.compile(
    r"(?:\b(?:pip[\d.]*|pipx|conda|mamba|uv\s+tool)\s[^\n]*?\b(?:(?:un)?install|download|wheel|update|upgrade)"
    r"|\b(?:pip[\d.]*|pipx|conda|mamba|uv|poetry|pipenv|pdm)\s[^\n]*?\b(?:add|remove|uninstall|inject))"
    r"(?:\s+(?:--(?!requirement|editable)[\w-]+(?:=\S+)?|-[A-Za-z]{1,3}))*\s*(?:\.{3}|…)?\s*$"
)
# The same of commands that take what they install from the project: "whether `poetry install` should compile".
_PROJECT = re.compile(r"uv sync|(?:poetry|pipenv|pdm) (?:install|sync|update)|rye sync|pixi install")
_TOLD = re.compile(
    r"(?:\b(?:run(?:ning|s)?|execut(?:e|es|ing)|typ(?:e|ing)|enter(?:ing)?|us(?:e|es|ing)|via|with|by|do(?:ing)?|then"
    r"|call(?:s|ing)?|invok(?:e|ing)|through|try|issue|or|and|command|to)|[:=(→>|&,;`])[\s*_(\[]*$",
    re.IGNORECASE,
)
_WORDS_BEFORE = 40
# What is to be replaced by the reader, which a shell would read as redirections.
_PLACEHOLDER = re.compile(r"(?<=[\s=/@:\[-])<(?=[A-Za-z])[^<>\n|&;$`\"']{1,60}(?<![\s])>")
_COMMENT = re.compile(r"(?:^|[ \t]+)#[ \t][^\r\n]*", re.MULTILINE)  # which people write, although cmd has none


@dataclass(frozen=True, slots=True)
class _Prompted:
    """A notation in which each line stands behind a prompt."""

    prompt: str
    notation: Notation

    def __call__(self, text: str) -> str | None:
        return self.notation(text.replace("\n", "\n" + self.prompt))


class Document:
    """Gives the regions of one document, block by block in the order of the text."""

    def __init__(self, region: Region) -> None:
        self.region = region
        held = region.fact("document")  # part of another document: the same reader, the same shell
        self.facts = () if held else (Fact("document", region.language, Evidence("documentation")),)
        place = region.place if held else Place(region.named("document"), region.named("shell"))
        self._system = place.system
        self._sections = Sections(place.process, region.named)

    def heading(self, level: int, at: int) -> None:
        """A section begins at an offset of the region."""
        self._sections.begin(level, at)

    def shared(self, text: str) -> Place:
        """The place of a text that is typed where the document stands now."""
        self._sections.note(text)
        return Place(self._system, self._sections.process)

    def block(
        self,
        made: Made,
        info: str = "",
        name: str = "",
        anchor: Span | None = None,
        notation: Notation | None = None,
    ) -> Iterator[Region]:
        """The regions of a block. `info` is the language as the document says it, `name` the file that it shows.

        Without `notation`, what stands before the first line stands before each new one.
        """
        text = made[0]
        if not (shell.mentions(text) or matters("", text)):  # most blocks; what they set is never asked for
            return
        word = info.lower()
        kind = _block_languages.kind_of(word)
        if _block_languages.shows_a_cell(text, kind):
            yield self._other(made, "ipython", anchor, notation)
            return
        typed = self._typed(text, word, kind)
        if typed:
            for one in typed:
                yield self._commands(made, one, anchor, notation)
            return
        language: str | None = kind
        if any(needle in text for needle in NEEDLES) and kind in ("", "commands", "text", "output"):
            language = "output"
        elif kind in ("text", "output"):
            return
        elif kind in ("", "commands"):
            language = _block_languages.of_file(word, name, text)
        if language:
            yield self._other(made, language, anchor, notation)

    def _typed(self, text: str, word: str, kind: str) -> list[_console.Typed]:
        """What the block shows as typed into a shell or an interpreter."""
        if kind == "commands":
            return _console.commands(text)
        if kind == "text":
            return _console.transcript(text) or _console.commands(text, output=False)
        if kind in ("python", "ipython"):
            return _console.transcript(text)
        if kind not in ("shell", "fish", "powershell", "cmd"):
            return []
        found = _console.transcript(text, kind, weak=_block_languages.is_console(word) or kind != "shell")
        return found or [_console.Typed(kind, (text, SourceMap.identity(len(text))))]

    def _commands(self, made: Made, typed: _console.Typed, anchor: Span | None, notation: Notation | None) -> Region:
        text, where = typed.made[0], made[1].compose(typed.made[1])
        language = typed.language
        if language in ("python", "ipython"):
            return self._other((text, where), language, anchor, notation)
        if language == "shell" and _WINDOWS.search(text) and "/bin/" not in text:
            language = "cmd"
        text, where = _without_placeholders((text, where))
        if language == "cmd":
            text, where = _replaced((text, where), _COMMENT, "")
        place = self.shared(text)
        facts = self.facts
        if typed.environment is not None:
            kind = "conda" if typed.environment == "base" else "environment"
            first = self.region.outer(where.span(Span(0, 1)))
            why = Evidence(f"the prompt shows the environment {typed.environment}", first)
            facts = (*facts, Fact(kind, typed.environment, why))
            place = Place(place.system, f"{place.process}/({typed.environment})")
        notation = notation or Indented(margin(self.region.text, made[1].offset(0)))
        if typed.prompt:
            notation = _Prompted(typed.prompt, notation)
        return self.region.inside(language, (text, where), facts=facts, place=place, anchor=anchor, notation=notation)

    def _other(self, made: Made, language: str, anchor: Span | None, notation: Notation | None) -> Region:
        """A text that is no shell's: a file that the document shows, a session of Python."""
        at = made[1].offset(0)
        language = _block_languages.python_of(made[0], language)
        if language in ("python", "ipython"):
            place = Place(self._system, f"{self._sections.process}/python:{at}")
        elif language in ("html", "markdown", "restructuredtext", "asciidoc"):
            place = self.shared(made[0])
        else:
            place = Place(self.region.named(f"block:{at}"), self.region.named(f"block:{at}"))
        notation = notation or Indented(margin(self.region.text, at))
        return self.region.inside(language, made, facts=self.facts, place=place, anchor=anchor, notation=notation)

    def bare(self, made: Made, introduced: bool, anchor: Span) -> Iterator[Region]:
        """The regions of commands in a paragraph that nothing marks as code. `introduced`: they are announced."""
        if shell.mentions(made[0]):
            for typed in _unmarked.commands(made[0], introduced):
                yield self._commands(made, typed, anchor, None)

    def inline(self, made: Made, anchor: Span, notation: Notation = one_line) -> Iterator[Region]:
        """The region of code in a sentence, where it is a command to be typed. `anchor` covers it with its marks."""
        text, where = made
        if len(text) > _LONGEST_INLINE or not shell.mentions(text):
            return
        prompt = _INLINE_PROMPT.match(text)
        begin = prompt.end() if prompt else 0
        magic = text[begin : begin + 1] in ("!", "%")
        typed = text[begin + magic :]
        makes = makes_environment(typed)
        if not _console.looks_typed(typed) or len(typed.split()) < 2 or (_names_only(typed) and not makes):
            return
        if _PROJECT.fullmatch(typed.strip()) and not self._told(anchor):
            return
        inner = _without_placeholders((typed, where.compose(SourceMap.identity(len(typed), begin + magic))))
        at = where.offset(0)
        alone = Place(self.region.named(f"inline:{at}"), self.region.named(f"inline:{at}"))
        if magic:
            if extractor("ipython"):
                yield self.region.inside(
                    "ipython", made, facts=self.facts, place=alone, anchor=anchor, notation=notation
                )
            return
        language = "cmd" if _WINDOWS.search(typed) else "shell"
        # What a sentence mentions is no step on the way, but for environments: "activate it (`. venv/bin/activate`)".
        place = self.shared(typed) if makes or self._sections.has_environment else alone
        yield self.region.inside(language, inner, facts=self.facts, place=place, anchor=anchor, notation=notation)

    def _told(self, anchor: Span) -> bool:
        """Whether the words before code in a sentence, or its standing alone, say that it is to be typed."""
        text = self.region.text
        before = text[max(0, anchor.start - _WORDS_BEFORE) : anchor.start]
        return _TOLD.search(before) is not None or not before.rpartition("\n")[2].strip(" \t>*+-0123456789.)|#")


def _names_only(text: str) -> bool:
    return _NAMING.search(text) is not None and "xargs " not in text


def margin(text: str, at: int) -> str:
    """What stands before a place in its line, with list markers and the like made blank: quote marks, indentation."""
    return re.sub(r"[^\s>]", " ", text[text.rfind("\n", 0, at) + 1 : at])


def _without_placeholders(made: Made) -> Made:
    """A shell text in which `<name>` is a variable that nobody knows."""
    return _replaced(made, _PLACEHOLDER, "${placeholder}") if "<" in made[0] else made


def _replaced(made: Made, pattern: re.Pattern[str], by: str) -> Made:
    text, where = made
    out = MappedText()
    done = 0
    for match in pattern.finditer(text):
        out.verbatim(text[done : match.start()], done)
        out.opaque(by, Span(match.start(), match.end()))
        done = match.end()
    out.verbatim(text[done:], done)
    plain, inner = out.finish()
    return plain, where.compose(inner)
