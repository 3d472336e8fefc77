"""Text in a language, and what is known of the place where it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pep668.text import Notation, SourceMap, Span, verbatim

if TYPE_CHECKING:
    from .commands import Command


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict, in words; `span` is the place in the document that shows it, `path` a file that does.

    An empty span shows nothing and counts as none. `path` is absolute, on this machine.
    """

    text: str
    span: Span | None = None
    path: str = ""

    def __post_init__(self) -> None:
        if self.span is not None and self.span.start == self.span.end:
            object.__setattr__(self, "span", None)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a host knows about the place where its inner regions run.

    `kind` is one of

    - `image`: a container image reference as resolved, `debian:12-slim`, `python:$X`; "" when unknown
    - `runner`: a CI runner or machine image, `ubuntu-24.04`, `macos-latest`; "" when unknown
    - `variable`: an environment variable that is set there; `name`, and `value` or None when unknown
    - `user`: the user that commands run as
    - `login`: "yes" where that shell is a login shell, which reads /etc/profile first
    - `shell`: the program that reads the text, `bash`, `sh`, `fish`
    - `program`: a program that is surely there, by its `name`
    - `python`: a Python of its own, without marker, comes first in PATH; `value` says whose (`actions/setup-python`)
    - `environment`: a virtual environment is active; `value` is its path, or "" (a tox environment's)
    - `conda`: a conda environment is active; `value` names it, or ""
    - `file`: a file that the host writes; `name` is its path, `value` its text, None when unknown
    - `directory`: the working directory
    - `copy`: files brought from another system; `name` is where to, `value` that `Place.system` or an image
    - `document`: the text is documentation that people read and type from, not a program
    - `platform`: `windows` or `macos` where only that is known of the machine
    - `remote`: it runs on another machine of which nothing is known; `value` says what would decide there
    - `kernel`: a line of a notebook's cell: `%pip` reaches the kernel's own Python, `!pip` whichever PATH finds
    - `system`: the system that a text without any context is judged on, `debian:13`, `macos`
    - `host`: the container that a region runs in belongs to this host construct (a label for messages)

    Later facts override earlier ones of the same kind (and name).
    """

    kind: str
    value: str | None
    evidence: Evidence
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region runs, as far as state is concerned.

    Regions of one `system` share files (a Dockerfile stage, a CI job, a machine);
    those of one `process` share the shell's state too (variables, an activated
    environment, the working directory). `base` names the system from whose final
    state this one starts (a stage built `FROM` another).
    """

    system: str = ""
    process: str = ""
    base: str | None = None


@dataclass(frozen=True, eq=False)
class Region:
    """A run of text in one language, and what its hosts know about the place where it runs.

    `parent` is the region it was found in; `origin` the command that it is an
    argument of (`bash -c "..."`), if any; `anchor` the span *in the document* of
    the host's unit that holds it (a Dockerfile instruction, a workflow step),
    before and after which the host's own lines can be inserted. `notation` writes
    new text the way that this region's text is written in its parent's.
    """

    language: str
    text: str
    map: SourceMap
    facts: tuple[Fact, ...] = ()
    place: Place = Place()
    parent: Region | None = None
    origin: Command | None = None
    anchor: Span | None = None
    notation: Notation = verbatim

    @classmethod
    def document(cls, language: str, text: str, facts: tuple[Fact, ...] = ()) -> Region:
        return cls(language, text, SourceMap.identity(len(text)), facts)

    def inside(
        self,
        language: str,
        made: tuple[str, SourceMap],
        *,
        facts: tuple[Fact, ...] = (),
        place: Place | None = None,
        anchor: Span | None = None,
        notation: Notation = verbatim,
    ) -> Region:
        """A region in this one's text: `made` is its text with the map to this text.

        `facts` are added to this one's; `anchor` is a span in this text. What is not given is this region's.
        """
        text, within = made
        return Region(
            language,
            text,
            self.map.compose(within),
            self.facts + facts,
            place or self.place,
            self,
            anchor=self.outer(anchor) if anchor else self.anchor,
            notation=notation,
        )

    def named(self, name: str) -> str:
        """A name for a `Place` that no other document, or part of this one, uses for something else."""
        return name if self.parent is None else f"{self.place.system}@{self.map.offset(0)}/{name}"

    def outer(self, span: Span) -> Span:
        """A span of this region in the document."""
        return self.map.span(span)

    def written(self, text: str) -> str | None:
        """New text as it is to stand in the document, escaped and indented as its hosts need it; None where it cannot.

        Line ends in `text` are `\\n`, whatever the document's are.
        """
        here: Region | None = self
        out: str | None = text
        while here is not None and out is not None:
            out = here.notation(out)
            here = here.parent
        return out

    def fact(self, kind: str, name: str = "") -> Fact | None:
        """The latest fact of that kind (and name)."""
        for fact in reversed(self.facts):
            if fact.kind == kind and fact.name == name:
                return fact
        return None
