"""One command as it runs."""

from __future__ import annotations

from dataclasses import dataclass

from pep668.model import Bypass, Command, Evidence

from .state import Conditions, Log, Override, Shell, System


@dataclass(slots=True)
class Run:
    """One command as it runs: its words symbolic, the state before it, and the state that it leaves."""

    command: Command
    shell: Shell
    system: System
    log: Log
    words: list[str]
    certain: bool = True  # whether it runs whatever conditions come to
    conditions: Conditions = frozenset()

    def evidence(self, text: str) -> Evidence:
        return Evidence(text, self.command.outer(self.command.span))

    @property
    def arguments(self) -> list[str]:
        """The words behind the program that are not options."""
        return [w for w in self.words[1:] if not w.startswith("-")]

    def sets(self, name: str) -> bool:
        """Whether a variable is set for the command: exported before, or given with it."""
        given = (*self.command.assignments, *(a for w in self.command.wrappers for a in w.assignments))
        return self.shell.exported(name) is not None or any(a.name == name for a in given)

    def override(self, bypass: Bypass, name: str, text: str, python: str = "") -> Evidence:
        evidence = self.evidence(text)
        self.log.overrides.append(Override(bypass, name, evidence, self.command, python))
        return evidence


def replace_words(run: Run, words: list[str]) -> Run:
    return Run(run.command, run.shell, run.system, run.log, words, run.certain, run.conditions)


def short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
