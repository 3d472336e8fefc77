"""Moving applications from pip to a tool that gives each its own environment."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.data.applications import applications_among
from pep668.model import Applicability, Edit, Finding, Fix, Judged

from ._edits import Rewrite
from ._image import anchor
from ._replace import plain_projects, replaced, written


def moved(context: Context, finding: Finding, id: str, command: str, present: bool, setup: str) -> Iterator[Fix]:
    """The fix that runs `command NAME` for each application and leaves the rest to pip.

    `present` tells whether the tool is there, as far as the document and the machine show; `setup` how to get it.
    """
    judged = finding.subject
    if not isinstance(judged, Judged) or not judged.install.requests:
        return
    install = judged.install
    names = applications_among(install.packages)
    chosen = [r for r in install.requests if r.name in names]
    rest = [r for r in install.requests if r not in chosen]
    if not chosen or (rest and finding.rule != "EM005"):
        return  # what stays with pip would still be refused
    moves = [f"{command} {written(context, install, r)}" for r in chosen]
    listed = ", ".join(r.name or "" for r in chosen)
    title = f"Install {listed} with `{command}` instead"
    explanation = "\n".join(moves) if present else "\n".join([*moves, "", f"Get it first: {setup}"])
    edits: tuple[Edit, ...] | None = None
    in_image = anchor(install.command) is not None
    if (present or not in_image) and plain_projects(install):
        edits = _split(context, judged, moves, [written(context, install, r) for r in chosen]) if rest else None
        if not rest:
            edits = replaced(context, install, moves)
    if edits is None:
        yield Fix(id, title, applicability=Applicability.DISPLAY_ONLY, explanation=explanation)
    else:
        yield Fix(id, title, edits, preferred=finding.rule == "EM005" and id == "pipx", explanation=explanation)


def _split(context: Context, judged: Judged, moves: list[str], chosen: list[str]) -> tuple[Edit, ...] | None:
    """The applications' own commands in front, and the install without them."""
    install = judged.install
    whole = replaced(context, install, [*moves, ""])
    rewrite = Rewrite(context.text, install.command)
    for request in install.requests:
        if written(context, install, request) in chosen:
            rewrite.drop(request.span)
    edits = rewrite.edits()
    if whole is None or edits is None or whole[0].new_text.startswith("{"):
        return None
    at = whole[0].span.start
    return (Edit(type(whole[0].span)(at, at), f"{' && '.join(moves)} && "), *edits)
