"""Commands of a shell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pep668.text import Span

from .regions import Region


@dataclass(frozen=True, slots=True)
class Expansion:
    """A part of a word that is known only when it runs: `$NAME`, `${NAME:-default}`, `$(...)`, `*.whl`.

    `name` is the variable's, or None (a substitution, a pattern); `default` the
    literal text of `${NAME:-default}`.
    """

    name: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word after quote removal. `span` covers it as written, quotes included."""

    parts: tuple[str | Expansion, ...]
    span: Span
    quoted: bool = False

    @property
    def value(self) -> str | None:
        """The text, or None where a part is unknown."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        if any(isinstance(p, Expansion) for p in self.parts):
            return None
        return "".join(p for p in self.parts if isinstance(p, str))

    @property
    def pattern(self) -> str:
        """The text with each unknown part written `\\0`."""
        return "".join(p if isinstance(p, str) else "\0" for p in self.parts)

    @property
    def basename(self) -> str | None:
        """The last component of the word as a path, None where that is unknown."""
        last = self.pattern.rpartition("/")[2]
        return None if "\0" in last else last


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value`, before a command or alone; `exported` where it reaches the programs run."""

    name: str
    value: Word
    span: Span
    exported: bool = False
    append: bool = False


class ScopeKind(str, Enum):
    """What a scope does to the state that commands inside it set."""

    SUBSHELL = "subshell"  # ( ), $( ), a pipeline's part, a background job: state ends with it
    FUNCTION = "function"  # a function's body: runs where it is called
    CONDITION = "condition"  # the test of if, while, until
    BRANCH = "branch"  # then, else, a case arm, the right of && and ||: may not run
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Scope:
    """One level of nesting inside a shell text. `key` tells scopes of one text apart (its start offset).

    `name` is the function's name, or for a branch what it hangs on: `then`, `else`,
    `case`, `&&`, `||`. `owner` tells which scopes are alternatives of one construct.
    """

    kind: ScopeKind
    key: int
    name: str = ""
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A program that runs the rest of its line: `sudo -H`, `env -i`, `xargs`, `ssh host`.

    `words` are its own (name and options), `assignments` those it sets for what it runs.
    """

    name: str
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()

    @property
    def span(self) -> Span:
        return self.words[0].span.to(self.words[-1].span)

    def has(self, *options: str) -> bool:
        """Whether one of its words is one of these (`-H`; letters of a bundle, `-HE`, count)."""
        for word in self.words[1:]:
            text = word.value or ""
            if text in options:
                return True
            bundle = text[1:] if text.startswith("-") and not text.startswith("--") else ""
            if any(len(o) == 2 and o[1] in bundle for o in options):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Redirect:
    """`> file`, `2>&1`, `<<EOF`. For heredocs `body` is the span of the text and `target` the delimiter."""

    operator: str
    target: Word
    span: Span
    body: Span | None = None


@dataclass(frozen=True, eq=False)
class Command:
    """A simple command. `words[0]` is the program; wrappers and assignments stand before it.

    `statement` is the span of the whole line or list that the command is part
    of at its nesting level: new lines can be put before its start.
    `operator` connects it to the command before: "", "&&", "||", "|", ";", "&".
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    wrappers: tuple[Wrapper, ...]
    redirects: tuple[Redirect, ...]
    span: Span
    statement: Span
    scope: tuple[Scope, ...]
    operator: str
    region: Region

    @property
    def name(self) -> str | None:
        """The program's file name, where known."""
        return self.words[0].basename if self.words else None

    @property
    def all_wrappers(self) -> tuple[Wrapper, ...]:
        """Those of the commands around it (`sudo bash -c "..."`) and its own, outermost first."""
        above = self.region.origin.all_wrappers if self.region.origin else ()
        return above + self.wrappers

    def outer(self, span: Span) -> Span:
        return self.region.map.span(span)
