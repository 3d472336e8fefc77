"""What is said to a user: Advice and Action, as docs/protocol.md has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pep668.model import ErrorReport

if TYPE_CHECKING:
    from ._source import Source

MOST_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `text` is a command line for the same terminal, in the folder `cwd`; `environment` what it
    leaves behind.

    `step` names the kind of step, so that it can be remembered as walked; `done` says what was done and how to undo it.
    `source` is the place to open: a face makes `uri` and `range` of it.
    """

    title: str
    kind: str = "terminal"
    step: str = ""
    text: str = ""
    cwd: str | None = None
    environment: str | None = None
    done: str = ""
    command: str = ""
    arguments: tuple[Any, ...] = ()
    uri: str = ""
    range: Any = None
    last_resort: bool = False
    source: Source | None = None
    says: str = ""  # what it does as a clause of the message

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"title": self.title, "kind": self.kind, "step": self.step}
        if self.kind == "terminal":
            out.update(text=self.text, cwd=self.cwd, environment=self.environment, done=self.done)
        elif self.kind == "command":
            out.update(command=self.command, arguments=list(self.arguments))
        elif self.kind == "open":
            out.update(self._place())
        out["lastResort"] = self.last_resort
        return out

    def _place(self) -> dict[str, Any]:
        """In code points, where no face has said otherwise."""
        if self.uri or self.source is None:
            return {"uri": self.uri, "range": self.range}
        start, end = ({"line": line, "character": column} for line, column in self.source.positions)
        return {"uri": self.source.uri, "range": {"start": start, "end": end}}


_SHORT = 48  # characters of a command line that is a button's title


def titled(text: str, otherwise: str) -> str:
    """A command line as a title, where it is short: then it is seen before it runs."""
    return text if len(text) <= _SHORT else otherwise


EXPLAIN = Action("Explain", kind="explain")


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened and the best next step in one sentence, and what can be pressed."""

    key: str
    message: str
    severity: str
    actions: tuple[Action, ...]
    more: tuple[Action, ...]
    explanation: str

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "message": self.message,
            "severity": self.severity,
            "actions": [a.to_json() for a in self.actions],
            "more": [a.to_json() for a in self.more],
            "explanation": self.explanation,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """The errors found in an output, what to do, and both in Markdown.

    `sources` are the commands in files that the errors are about, one for each, None where none is known.
    """

    errors: tuple[ErrorReport, ...]
    advice: Advice | None
    markdown: str
    sources: tuple[Source | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """An advice without its key and its text. `why` are sentences for the explanation.

    `event` is what happened, as the first clause of a message whose second says what the first action does;
    `message` is the sentence where that is not enough.
    """

    message: str
    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    event: str = ""
    why: tuple[str, ...] = ()
    severity: str = "warning"
