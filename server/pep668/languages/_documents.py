"""What the readers of documents share: the languages of blocks, inline code, and which blocks share a shell.

A reader of a document types its blocks into one shell, as far as one follows from the other. An environment
that a section makes or activates is active to its end and in its subsections; beyond it, only where nothing was
installed in the section itself: then it was made for what follows. All other sections are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668 import shell
from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Indented, MappedText, Notation, SourceMap, Span, one_line

from . import _console, detect, extractor, matters
from ._needles import NEEDLES

Made = tuple[str, SourceMap]

BOLD = 7  # the level of what only looks like a heading, below all headings

_CONSOLES = frozenset(
    "console shell-session shellsession sh-session bash-session zsh-session session terminal term termynal prompt"
    " commandline cmdline cli".split()
)
_SHELLS = frozenset("sh bash shell zsh ksh dash ash shellscript posix-shell shell-script $".split())
_KINDS = {
    **dict.fromkeys(_CONSOLES | _SHELLS, "shell"),
    **dict.fromkeys("fish fish-shell".split(), "fish"),
    **dict.fromkeys("powershell pwsh ps1 ps posh powershell-session ps1con".split(), "powershell"),
    **dict.fromkeys("cmd bat batch dos batchfile doscon dosbatch winbatch".split(), "cmd"),
    **dict.fromkeys("python py python3 py3 pycon pyconsole python-repl pydocstring".split(), "python"),
    **dict.fromkeys("ipython ipython3 ipythonconsole jupyter".split(), "ipython"),
    **dict.fromkeys("dockerfile docker containerfile".split(), "dockerfile"),
    **dict.fromkeys("text txt plain plaintext".split(), "text"),
    **dict.fromkeys("none nohighlight default".split(), "commands"),
    **dict.fromkeys("output log logs stdout stderr out".split(), "output"),
    **dict.fromkeys("make makefile mak mk".split(), "makefile"),
    **dict.fromkeys("md markdown mdx gfm".split(), "markdown"),
    **dict.fromkeys("rst rest restructuredtext".split(), "restructuredtext"),
    **dict.fromkeys("adoc asciidoc asciidoctor".split(), "asciidoc"),
    **dict.fromkeys("html htm xhtml".split(), "html"),
}
_MAGIC = re.compile(
    r"^[ \t]*[!%]{1,2}(?:pip|conda|mamba|uv|bash|sh\b|python|\{|poetry|apt|cd\b|sx\b|system\b)", re.MULTILINE
)

_MAKES = re.compile(
    r"\bactivate\b|(?<![\w-])venv\b|(?<![\w-])virtualenv\b|\b(?:conda|mamba)\s+(?:env\s+)?create\b|\bmkvirtualenv\b"
    r"|\bworkon\b|\b(?:poetry|pipenv|hatch)\s+shell\b|\bpyenv\s+(?:local|global|shell|virtualenv)\b"
)
_USES = re.compile(
    r"\b(?:pip[\d.]*|uv|poetry|pipenv|conda|mamba|pdm)[ \t][^\n]{0,200}?\b(?:install|sync|add)\b([^\n]{0,300})"
)
_TOOLS = frozenset("pip setuptools wheel build uv -U --upgrade -q --quiet".split())
_WINDOWS = re.compile(r"\\(?:Scripts|scripts)\\")

_INLINE_PROMPT = re.compile(r"\s*(?:[$%>]\s+)?")
_LONGEST_INLINE = 1_000
# Where it names nothing to install, it names the command: "the `pip install` command", "with `pip install --user`".
_NAMING = re.compile(
    r"(?:\b(?:pip[\d.]*|pipx|conda|mamba|uv\s+tool)\s[^\n]*?\b(?:(?:un)?install|download|wheel|update|upgrade)"
    r"|\b(?:pip[\d.]*|pipx|conda|mamba|uv|poetry|pipenv|pdm)\s[^\n]*?\b(?:add|remove|uninstall|inject))"
    r"(?:\s+-\S+)*\s*(?:\.{3}|…)?\s*$"
)
# What is to be replaced by the reader, which a shell would read as redirections.
_PLACEHOLDER = re.compile(r"(?<=[\s=/@:\[-])<(?=[A-Za-z])[^<>\n|&;$`\"']{1,60}(?<![\s])>")
_JOBS = re.compile(r"^jobs:[ \t]*(?:#.*)?\r?$(?=[\s\S]{0,4000}?^[ \t]+runs-on:)", re.MULTILINE)


@dataclass(slots=True)
class _Section:
    """`process` is the shell of its blocks; `made`: an environment may be active in it; `open`: for what follows."""

    level: int
    process: str
    made: bool = False
    open: bool = False


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
        self._sections = [_Section(0, place.process)]

    def heading(self, level: int, at: int) -> None:
        """A section begins at an offset of the region."""
        stack = self._sections
        carried = None
        while len(stack) > 1 and stack[-1].level >= level:
            done = stack.pop()
            carried = carried or (done.process if done.open else None)
        parent = stack[-1]
        process = carried or (parent.process if parent.made else self.region.named(f"shell:{at}"))
        stack.append(_Section(level, process, carried is not None or parent.made, carried is not None))

    def shared(self, text: str) -> Place:
        """The place of a text that is typed where the document stands now."""
        section = self._sections[-1]
        made = 0
        for makes in _MAKES.finditer(text):
            section.made = section.open = True
            made = makes.end()
        used = [m[1].split() for m in _USES.finditer(text, made)]
        if any(not words or not _TOOLS.issuperset(words) for words in used):
            for other in self._sections:
                other.open = other.open and other.process != section.process
        return Place(self._system, section.process)

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
        kind = _KINDS.get(word, "") if word else "commands"
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
            language = _language(word, name, text)
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
        found = _console.transcript(text, kind, weak=word in _CONSOLES or kind != "shell")
        return found or [_console.Typed(kind, (text, SourceMap.identity(len(text))))]

    def _commands(self, made: Made, typed: _console.Typed, anchor: Span | None, notation: Notation | None) -> Region:
        text, where = typed.made[0], made[1].compose(typed.made[1])
        language = typed.language
        if language in ("python", "ipython"):
            return self._other((text, where), language, anchor, notation)
        if language == "shell" and _WINDOWS.search(text) and "/bin/" not in text:
            language = "cmd"
        text, where = _without_placeholders((text, where))
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
        if language == "python" and _MAGIC.search(made[0]) and extractor("ipython"):
            language = "ipython"
        if language in ("python", "ipython"):
            place = Place(self._system, f"{self._sections[-1].process}/python:{at}")
        elif language in ("html", "markdown", "restructuredtext", "asciidoc"):
            place = self.shared(made[0])
        else:
            place = Place(self.region.named(f"block:{at}"), self.region.named(f"block:{at}"))
        notation = notation or Indented(margin(self.region.text, at))
        return self.region.inside(language, made, facts=self.facts, place=place, anchor=anchor, notation=notation)

    def inline(self, made: Made, anchor: Span, notation: Notation = one_line) -> Iterator[Region]:
        """The region of code in a sentence, where it is a command to be typed. `anchor` covers it with its marks."""
        text, where = made
        if len(text) > _LONGEST_INLINE or not shell.mentions(text):
            return
        prompt = _INLINE_PROMPT.match(text)
        begin = prompt.end() if prompt else 0
        magic = text[begin : begin + 1] in ("!", "%")
        typed = text[begin + magic :]
        makes = _MAKES.search(typed) is not None
        if not _console.looks_typed(typed) or len(typed.split()) < 2 or (_NAMING.search(typed) and not makes):
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
        place = self.shared(typed) if makes or self._sections[-1].made else alone
        yield self.region.inside(language, inner, facts=self.facts, place=place, anchor=anchor, notation=notation)


def margin(text: str, at: int) -> str:
    """What stands before a place in its line, with list markers and the like made blank: quote marks, indentation."""
    return re.sub(r"[^\s>]", " ", text[text.rfind("\n", 0, at) + 1 : at])


def _without_placeholders(made: Made) -> Made:
    """A shell text in which `<name>` is a variable that nobody knows."""
    text, where = made
    if "<" not in text:
        return made
    out = MappedText()
    done = 0
    for match in _PLACEHOLDER.finditer(text):
        out.verbatim(text[done : match.start()], done)
        out.opaque("${placeholder}", Span(match.start(), match.end()))
        done = match.end()
    out.verbatim(text[done:], done)
    plain, inner = out.finish()
    return plain, where.compose(inner)


def _language(word: str, name: str, text: str) -> str | None:
    """The language of a file that a block shows, None where it is none that can hold commands."""
    found = detect(name, text) if name else None
    if found is None and word in ("yaml", "yml", "") and _JOBS.search(text):
        return "github-actions"  # documents leave out when it runs
    if found is None:
        found = detect(f"block.{word}" if re.fullmatch(r"[\w-]{1,20}", word) else "", text, word)
    return None if found == "requirements" else found
