"""Which tools are there where a command runs, as far as the document and this machine show."""

from __future__ import annotations

from pep668.context import Context
from pep668.model import Command, Judged, Verdict

from ._index import index
from ._packages import before, words


def available(context: Context, judged: Judged, name: str) -> bool:
    """Whether a program is there: this machine has it, the host says so, or the document brings or runs it before."""
    command = judged.install.command
    if judged.environment.local and context.machine is not None and name in context.machine.programs:
        return True
    if command.region.fact("program", name) is not None:
        return True
    if any(word == name or word.endswith(f"-{name}") for c in before(context, command) for word in words(c)):
        return True
    copies = (fact.value or "" for fact in command.region.facts if fact.kind == "copy")
    if any(value.partition(":")[0].endswith(f"/{name}") for value in copies):
        return True
    return any(c.name == name and _reaches(context, c, command) for c in context.commands) or any(
        name in other.install.packages
        and other.environment.verdict is Verdict.ALLOWED
        and other.install.operation == "install"
        and _reaches(context, other.install.command, command)
        for other in context.judged
    )


def _reaches(context: Context, one: Command, other: Command) -> bool:
    """Whether a command ran before another, on the same system or one that it is built on."""
    systems = index(context).systems(other.region.place.system)
    return one.region.place.system in systems and one.outer(one.span).start < other.outer(other.span).start
