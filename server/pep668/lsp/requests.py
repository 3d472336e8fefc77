"""Hover, code actions, code lenses."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from pep668 import fixes
from pep668.analysis import analyze
from pep668.environment import installed
from pep668.fixing import fix_all
from pep668.model import Applicability, Fix, RequirementsFile, RequirementsKind
from pep668.render import hover as hovers

from . import convert, uris

if TYPE_CHECKING:
    from pep668.analysis import Analysis
    from pep668.context import Context
    from pep668.model import Finding

    from .documents import Shown
    from .server import Server

CREATE_ENVIRONMENT = "pep668.createEnvironment"
_KINDS = (RequirementsKind.REQUIREMENTS, RequirementsKind.PROJECT, RequirementsKind.GROUPS)
_WHAT = ("packages", "requirements", "editable")


async def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    document, found = await _looked_at(server, params.text_document.uri)
    if document is None or found is None:
        return None
    at = document.offset(params.position.line, params.position.character)
    link = partial(convert.address, document) if server.client.markdown else hovers.no_link
    shown = hovers.hover(found, at, link)
    return None if shown is None else convert.hover(document, *shown, server.client)


async def _looked_at(server: Server, uri: str) -> tuple[Shown | None, Analysis | None]:
    """A document, and the analysis of what it is a part of."""
    whole = server.protocol.documents.whole(uri)
    if whole is None:
        return None, None
    return next((part for part in whole.parts if part.uri == uri), None), await server.analysis(whole)


async def code_actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The fixes of the findings that the range touches; where they are asked for, all safe ones of the document."""
    only = params.context.only
    quick = _wanted(only, types.CodeActionKind.QuickFix)
    whole = _named(only, convert.FIX_ALL) and server.client.literals
    document, found = await _looked_at(server, params.text_document.uri) if quick or whole else (None, None)
    if document is None or found is None:
        return []
    out: list[types.CodeAction | types.Command] = []
    if whole:
        out += await _fix_all(server, document, found)
    return out + await _quick_fixes(server, document, found, params) if quick else out


async def _quick_fixes(
    server: Server, document: Shown, found: Analysis, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    span = convert.from_range(document, params.range)
    touched = [f for f in found.findings if f.span.touches(span) and document.holds(f.span)]
    context = server.asking.answered(found.context)
    if params.context.trigger_kind is types.CodeActionTriggerKind.Invoked:  # somebody opens the list
        queries = [q for finding in touched for fix in fixes.propose(context, finding) if (q := fix.query)]
        await server.asking.ask(queries, context, wait=False)
        context = server.asking.answered(found.context)
    out: list[types.CodeAction | types.Command] = []
    for finding in touched:
        shown = convert.diagnostic(document, finding, server.client)
        solved = _shown(shown, params.context.diagnostics)
        for fix, place in _fixes(server, document, context, finding, shown):
            later = _later(document, finding, shown, fix) if fix.query and server.trusted else None
            action = convert.action(place, fix, solved, server.client, later)
            if action is not None:
                out.append(action)
    return out


def _later(document: Shown, finding: Finding, shown: types.Diagnostic, fix: Fix) -> dict[str, Any]:
    """What tells an action again when the client asks for the rest of it."""
    start, end = shown.range.start, shown.range.end
    place = [start.line, start.character, end.line, end.character]
    return {"uri": document.uri, "rule": finding.rule, "place": place, "fix": fix.id}


async def resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    """The rest of an action that somebody has chosen, once the package manager has been asked.

    Where that has nothing, the action has no edit and the client is told why.
    """
    found = await _chosen(server, action.data)
    if found is None:
        return action  # the document has changed: there is nothing to do any more
    fix, place, shown = found
    whole = convert.action(place, fix, shown, server.client)
    assert isinstance(whole, types.CodeAction)  # the client sent one
    action.title, action.edit, action.command, action.data = whole.title, whole.edit, None, None
    if "command" in server.client.resolves:
        action.command = whole.command
    elif whole.edit is None:
        server.tell(f"{fix.title}.\n\n{fix.explanation}", types.MessageType.Info)
    return action


async def _chosen(server: Server, data: Any) -> tuple[Fix, Shown, types.Diagnostic] | None:
    """The fix that an action stands for as things are now, the document that it edits, and what it answers."""
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        return None
    document, found = await _looked_at(server, data["uri"])
    for finding in found.findings if document is not None and found is not None else ():
        assert document is not None
        assert found is not None
        shown = convert.diagnostic(document, finding, server.client)
        if _later(document, finding, shown, Fix(data.get("fix", ""), "")) != data:
            continue
        context = server.asking.answered(found.context)
        queries = [q for fix in fixes.propose(context, finding) if fix.id == data["fix"] and (q := fix.query)]
        await server.asking.ask(queries, context, wait=True)
        context = server.asking.answered(found.context)
        proposed = _fixes(server, document, context, finding, shown)
        return next(((fix, place, shown) for fix, place in proposed if fix.id == data["fix"]), None)
    return None


def _fixes(
    server: Server, document: Shown, context: Context, finding: Finding, shown: types.Diagnostic
) -> list[tuple[Fix, Shown]]:
    """The fixes of a finding, each with the document that it edits.

    Some that the file of a notebook has no room for (a quote is escaped there) can be made in the cell.
    """
    proposed = [*fixes.propose(context, finding), *fixes.silence(context, finding)]
    cell = server.protocol.documents.get(document.uri)
    if cell is None or not any(fix.applicability is Applicability.DISPLAY_ONLY for fix in proposed):
        return [(fix, document) for fix in proposed]
    possible: dict[tuple[str, str], Fix] = {}
    alone = server.session.alone(cell)
    for twin in alone.findings if alone else ():
        if twin.rule == finding.rule and convert.to_range(cell, twin.span) == shown.range:
            assert alone is not None
            known = server.asking.answered(alone.context)
            possible = {(fix.id, fix.title): fix for fix in fixes.propose(known, twin) if fix.edits}
    out: list[tuple[Fix, Shown]] = []
    for fix in proposed:
        better = possible.get((fix.id, fix.title)) if fix.applicability is Applicability.DISPLAY_ONLY else None
        out.append((fix, document) if better is None else (better, cell))
    return out


async def _fix_all(server: Server, document: Shown, found: Analysis) -> list[types.CodeAction | types.Command]:
    """All safe fixes as one action; of a notebook what changes in this cell."""
    if not found.findings:
        return []
    known = found.context

    def again(text: str) -> Analysis:
        return analyze(text, known.language, known.settings, known.machine, known.path)

    # What was seen being refused is mended as what is expected to be: that is what an edited text is judged by.
    expected = again(known.text) if known.observed else found
    fixed = await asyncio.to_thread(fix_all, expected, again)
    edits = [edit for edit in fixed.edits if document.holds(edit.span)]
    return [convert.fix_all(document, edits, server.client)] if edits else []


def _wanted(only: Any, kind: str) -> bool:
    """A kind is wanted by its own name and by those above it, everything by "" and where nothing is said."""
    return not only or any(not str(getattr(k, "value", k)) for k in only) or _named(only, kind)


def _named(only: Any, kind: str) -> bool:
    """Whether a kind, or one above it, is asked for by name (`source.fixAll.pep668` by `source`)."""
    value = str(getattr(kind, "value", kind))
    names = [str(getattr(k, "value", k)) for k in only or ()]
    return any(name and (value == name or value.startswith(f"{name}.")) for name in names)


def _shown(own: types.Diagnostic, shown: Any) -> types.Diagnostic:
    """The client's own copy of a diagnostic, where it sent one: it compares them."""
    same = (d for d in shown if d.source == own.source and d.code == own.code and d.range == own.range)
    return next(same, own)


async def code_lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """On a file that lists requirements: create the environment, or install into the one that is there."""
    document = server.protocol.documents.get(params.text_document.uri)
    path = uris.to_path(params.text_document.uri)
    found = await server.analysis(document) if document and path else None
    if document is None or path is None or found is None or found.context.requirements is None:
        return []
    wanted = found.context.requirements
    if wanted.first is None or installed.limits_only(path) or wanted.kind not in _KINDS:
        return []
    arguments, exists = _into(found, wanted, path)
    if not any(arguments.get(key) for key in _WHAT):
        return []
    what = "this project" if wanted.kind is RequirementsKind.PROJECT else "these requirements"
    title = f"Create virtual environment and install {what}"
    if exists:
        title = f"Install {what} into {arguments['directory']}"
    return [convert.lens(document, wanted, title, arguments, CREATE_ENVIRONMENT)]


def _into(found: Analysis, wanted: RequirementsFile, path: str) -> tuple[dict[str, Any], bool]:
    """The arguments that install what a file lists into its project's environment, there or not yet.

    The second value says whether that environment is there.
    """
    machine, directory = found.context.machine, found.context.settings.environment_directory
    folder = machine.folder if machine and machine.folder else uris.parent(path)
    here = [e.path for e in machine.environments if uris.parent(e.path) == folder] if machine else []
    if here:
        directory = os.path.basename(here[0])
    contents = installed.contents(wanted, os.path.relpath(path, folder).replace(os.sep, "/"))
    what = {key: values for key, values in zip(_WHAT, contents, strict=True) if values}
    return {"folder": uris.from_path(folder), "directory": directory, **what}, bool(here)
