"""Moving applications from pip to a tool that gives each its own environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pep668.context import Context
from pep668.data.applications import applications_among
from pep668.model import Applicability, Edit, Finding, Fix, Judged

from ._distribution import target_of
from ._edits import Rewrite, combined
from ._lists import in_front
from ._managers import Bringing, bringing, is_root
from ._programs import available
from ._replace import movable, replaced, written
from ._split import shared_out


@dataclass(frozen=True, slots=True)
class Tool:
    """`command` installs an application; `image` are the assignments with which an image has its programs in PATH.

    `setup` says how people get the tool.
    """

    program: str
    command: str
    image: str
    setup: str = ""
    preferred: bool = False


def moved(context: Context, finding: Finding, id: str, tool: Tool) -> Iterator[Fix]:
    """The fix that lets the tool install each application.

    What else the list names goes into a virtual environment where it would be refused; for EM005, which is about the
    applications only, it stays with pip.
    """
    judged = finding.subject
    if not isinstance(judged, Judged) or not judged.install.requests:
        return
    install = judged.install
    names = applications_among(install.packages)
    chosen = [r for r in install.requests if r.name in names]
    rest = [r for r in install.requests if r not in chosen]
    if not chosen:
        return
    command = _command(judged, tool)
    moves = tuple(f"{command} {written(context, install, r)}" for r in chosen)
    present = available(context, judged, tool.program)
    setup = Bringing() if present else _setup(context, judged)
    by = Bringing(setup.edits, setup.commands + moves, setup.shown + moves, setup.possible)
    listed = ", ".join(r.name or "" for r in chosen)
    title = f"Install {listed} with `{tool.command}` instead"
    explanation = "\n".join(by.shown)
    edits: tuple[Edit, ...] | None
    if not rest:
        edits = combined(setup.edits, replaced(context, install, by.commands))
    elif finding.rule == "EM005":
        edits = combined(setup.edits, _left(context, judged, by.commands, names))
    else:
        title = f"Install {listed} with `{tool.command}`, the rest into a virtual environment"
        edits, explanation = shared_out(context, finding, chosen, by)
    if not setup.shown and not present:
        explanation += f"\n\nGet it first: {tool.setup}"
    if edits is None or not by.possible or not set(chosen) <= set(movable(install)):
        yield Fix(id, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)
    else:
        yield Fix(id, title, edits, preferred=finding.rule == "EM005" and tool.preferred, explanation=explanation)


def _command(judged: Judged, tool: Tool) -> str:
    region = judged.install.command.region
    if region.fact("image") is None or not is_root(judged):
        return tool.command
    own = [a for a in tool.image.split() if region.fact("variable", a.partition("=")[0]) is None]
    return " ".join([*own, tool.command])


def _setup(context: Context, judged: Judged) -> Bringing:
    """What installs pipx from the distribution.

    Where the place is not known somebody has it, or gets it first; where it is and there is no such package, nothing
    can be written.
    """
    target = target_of(context, judged.environment)
    if target is None or not target.row.pipx:
        return Bringing(possible=target is None)
    python = judged.environment.interpreter
    package = target.row.fill(target.row.pipx, python.version if python else "")
    return bringing(context, judged, target.row, [package])


def _left(context: Context, judged: Judged, moves: Sequence[str], names: list[str]) -> tuple[Edit, ...] | None:
    """The applications' own commands in front, and the install without them."""
    rewrite = Rewrite(context.text, judged.install.command)
    for request in judged.install.requests:
        if request.name in names:
            rewrite.drop(request.span)
    return combined(in_front(context, judged.install.command, moves), rewrite.edits())
