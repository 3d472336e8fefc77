"""What is said to a user: Advice and Action, as docs/protocol.md has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pep668.model import ErrorReport

MOST_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `text` is a command line for the same terminal, in the folder `cwd`; `environment` what it
    leaves behind.

    `step` names the kind of step, so that it can be remembered as walked; `done` says what was done and how to undo it.
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
    says: str = ""  # what it does as a clause of the message

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"title": self.title, "kind": self.kind, "step": self.step}
        if self.kind == "terminal":
            out.update(text=self.text, cwd=self.cwd, environment=self.environment, done=self.done)
        elif self.kind == "command":
            out.update(command=self.command, arguments=list(self.arguments))
        elif self.kind == "open":
            out.update(uri=self.uri, range=self.range)
        out["lastResort"] = self.last_resort
        return out


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
    """The errors found in an output, what to do, and both in Markdown."""

    errors: tuple[ErrorReport, ...]
    advice: Advice | None
    markdown: str


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
