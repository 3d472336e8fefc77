"""RPM spec files: the scripts of their sections, on whatever system the package is built or installed.

Source: rpm.org, "Spec file format". Macros are unknown but for those that name Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import MappedText, Span

from . import Language
from ._templates import filled

_SCRIPTS = (
    *("prep", "conf", "build", "install", "check", "clean", "generate_buildrequires"),
    *("pre", "post", "preun", "postun", "pretrans", "posttrans", "verifyscript"),
)
_TEXTS = ("description", "package", "files", "changelog", "sourcelist", "patchlist", "triggerin", "triggerun")
_SECTION = re.compile(rf"^%({'|'.join((*_SCRIPTS, *_TEXTS))})\b(?!_)([^\n]*)$", re.MULTILINE)
_MACRO = re.compile(r"%%|%\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}|%[?!]*[A-Za-z_]\w*")
_DIRECTIVE = re.compile(
    r"%(?:if\w*|elif\w*|else|endif|global|define|undefine|dnl|include|bcond\w*)\b[^\n]*(?:\\\n[^\n]*)*"
)
_PYTHON = {"python3": "python3", "__python3": "python3", "python": "python", "__python": "python", "pip": "pip"}
_PROGRAM = re.compile(r"-p[ \t]*(\S+)")
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh")


def _sniff(content: str) -> bool:
    return re.search(r"^Name:[ \t]*\S", content, re.MULTILINE) is not None and _SECTION.search(content) is not None


LANGUAGE = Language("rpm-spec", ids=("spec", "rpm-spec"), candidates=("*.spec",), sniff=_sniff, comments=("^#",))


def extract(region: Region) -> Iterator[Region]:
    """The scripts of a spec file, each one process."""
    text = region.text
    heads = list(_SECTION.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        if head[1] not in _SCRIPTS:
            continue
        named = _PROGRAM.search(head[2])
        program = named[1].rpartition("/")[2].rstrip("0123456789.") if named else "sh"
        if program not in (*_SHELLS, "python"):
            continue
        body = Span(head.end(), following.start() if following else len(text))
        out = MappedText()
        at = body.start
        for found in _DIRECTIVE.finditer(text, body.start, body.end):
            if text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip():
                continue
            out.verbatim(text[at : found.start()], at)
            at = found.end()
        out.verbatim(text[at : body.end], at)
        made = filled(out.finish(body.start), _MACRO, lambda m: _value(m[0]))
        place = Place(region.place.system, region.named(f"section:{head.start()}"), region.place.base)
        shell = Fact("shell", program, Evidence(f"%{head[1]}", region.outer(Span(*head.span()))))
        language = "python" if program == "python" else "shell"
        yield region.inside(
            language, made, facts=(shell,), place=place, anchor=Span(head.start(), body.end), notation=_written
        )


def _value(macro: str) -> str | None:
    if macro == "%%":
        return "%"
    return _PYTHON.get(macro.lstrip("%").strip("{}?"))


def _written(text: str) -> str | None:
    return text.replace("%", "%%")
