"""The Python that an install reaches."""

from __future__ import annotations

from dataclasses import dataclass

from pep668.model import EnvironmentKind, Evidence, Interpreter, Managed


@dataclass(frozen=True, slots=True)
class Target:
    """The Python that an install reaches: its state, and how that is known."""

    managed: Managed
    kind: EnvironmentKind
    evidence: tuple[Evidence, ...] = ()
    python: str | None = None
    decides: str = ""
    virtual: str | None = None
    interpreter: Interpreter | None = None
