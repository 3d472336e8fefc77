"""Hover, code actions, code lenses."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from pep668 import fixes
from pep668.render import hover as hovers

from . import convert, uris

if TYPE_CHECKING:
    from pep668.analysis import Analysis

    from .server import Server

CREATE_ENVIRONMENT = "pep668.createEnvironment"


async def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    document = server.protocol.documents.get(params.text_document.uri)
    found = await server.analysis(document) if document else None
    if document is None or found is None:
        return None
    at = document.offset(params.position.line, params.position.character)
    shown = hovers.hover(found, at)
    return None if shown is None else convert.hover(document, *shown, server.client)


async def code_actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The fixes of the findings that the range touches."""
    document = server.protocol.documents.get(params.text_document.uri)
    if document is None or not _wanted(params.context.only, types.CodeActionKind.QuickFix):
        return []
    found = await server.analysis(document)
    if found is None:
        return []
    span = convert.from_range(document, params.range)
    out: list[types.CodeAction | types.Command] = []
    for finding in found.findings:
        if finding.span.touches(span):
            solved = _shown(convert.diagnostic(document, finding, server.client), params.context.diagnostics)
            proposed = fixes.propose(found.context, finding)
            actions = (convert.action(document, fix, solved, server.client) for fix in proposed)
            out += [action for action in actions if action is not None]
    return out


def _wanted(only: Any, kind: types.CodeActionKind) -> bool:
    """A kind is wanted by its own name and by those above it (`quickfix` by `quickfix`, everything by "")."""
    value = kind.value
    names = [str(getattr(k, "value", k)) for k in only or ("",)]
    return any(not name or value == name or value.startswith(f"{name}.") for name in names)


def _shown(own: types.Diagnostic, shown: Any) -> types.Diagnostic:
    """The client's own copy of a diagnostic, where it sent one: it compares them."""
    same = (d for d in shown if d.source == own.source and d.code == own.code and d.range == own.range)
    return next(same, own)


async def code_lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """On a requirements file: create the environment, or install into the one that is there."""
    document = server.protocol.documents.get(params.text_document.uri)
    path = uris.to_path(params.text_document.uri)
    found = await server.analysis(document) if document and path else None
    if document is None or path is None or found is None or found.context.requirements is None:
        return []
    wanted = found.context.requirements
    if not (wanted.requirements or wanted.includes or wanted.editable):
        return []
    arguments, exists = _into(found, path)
    title = "Create virtual environment and install these requirements"
    if exists:
        title = f"Install these requirements into {arguments['directory']}"
    return [convert.lens(document, wanted, title, arguments, CREATE_ENVIRONMENT)]


def _into(found: Analysis, path: str) -> tuple[dict[str, Any], bool]:
    """The arguments that install a requirements file into its project's environment, there or not yet.

    The second value says whether that environment is there.
    """
    machine, directory = found.context.machine, found.context.settings.environment_directory
    folder = machine.folder if machine and machine.folder else uris.parent(path)
    here = [e.path for e in machine.environments if uris.parent(e.path) == folder] if machine else []
    if here:
        directory = os.path.basename(here[0])
    requirements = [os.path.relpath(path, folder)]
    return {"folder": uris.from_path(folder), "directory": directory, "requirements": requirements}, bool(here)
