"""The engine's nouns as the protocol's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from lsprotocol import types

from pep668 import rules
from pep668.model import Applicability, Evidence, Finding, Fix, Judged, RequirementsFile, Severity, Span
from pep668.text import Edit

from . import uris
from .client import Client
from .documents import Shown

SOURCE = "pep668"
SHOW_FIX = "pep668.showFix"
FIX_ALL = "source.fixAll.pep668"
_ANNOTATION = "fix"  # the one annotation of an edit

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


def to_range(document: Shown, span: Span) -> types.Range:
    return types.Range(_position(document, span.start), _position(document, span.end))


def _position(document: Shown, offset: int) -> types.Position:
    return types.Position(*document.position(offset))


def from_range(document: Shown, found: types.Range) -> Span:
    start = document.offset(found.start.line, found.start.character)
    end = document.offset(found.end.line, found.end.character)
    return Span(min(start, end), max(start, end))


def diagnostic(document: Shown, finding: Finding, client: Client) -> types.Diagnostic:
    related = [r for e in finding.related if (r := _related(document, e))] if client.related else None
    return types.Diagnostic(
        range=to_range(document, finding.span),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        source=SOURCE,
        code=finding.rule,
        code_description=types.CodeDescription(href=rules.url(finding.rule)) if client.links else None,
        related_information=related or None,
        data=_data(finding) if client.data else None,
    )


def _related(document: Shown, evidence: Evidence) -> types.DiagnosticRelatedInformation | None:
    """A place that can be opened: in the document, or a file of this machine (the marker, pip's configuration)."""
    if evidence.span is not None:
        place = document.at(evidence.span.start)
        location = types.Location(place.uri, to_range(place, evidence.span))
    elif evidence.path:
        start = types.Position(0, 0)
        location = types.Location(uris.from_path(evidence.path), types.Range(start, start))
    else:
        return None
    return types.DiagnosticRelatedInformation(location, evidence.text)


def _data(finding: Finding) -> dict[str, str]:
    data = {"rule": finding.rule}
    if isinstance(finding.subject, Judged):
        data["verdict"] = finding.subject.environment.verdict.value
    return data


# --- fixes ---


def action(
    document: Shown, fix: Fix, solved: types.Diagnostic, client: Client, later: dict[str, Any] | None = None
) -> types.CodeAction | types.Command | None:
    """A fix as a code action; as a command where the client knows no more. None where that cannot be.

    `later`: what the client is to send when the action is chosen, to get the edit or the command then.
    """
    command = _command(fix)
    if not client.literals:
        return command if not fix.edits else None
    if later is not None and client.resolves >= ({"edit"} if _applies(fix) else {"edit", "command"}):
        preferred = True if fix.preferred and client.preferred else None
        quick = types.CodeActionKind.QuickFix
        return types.CodeAction(fix.title, quick, diagnostics=[solved], is_preferred=preferred, data=later)
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[solved],
        is_preferred=True if fix.preferred and client.preferred else None,
        edit=_workspace_edit(document, fix.edits, client, _annotation(document, fix)) if _applies(fix) else None,
        command=command,
    )


def fix_all(document: Shown, edits: Sequence[Edit], client: Client) -> types.CodeAction:
    title = "Fix all that pep668 can fix safely"
    edit = _workspace_edit(document, edits, client, types.ChangeAnnotation(label=title))
    return types.CodeAction(title=title, kind=FIX_ALL, edit=edit)


def _annotation(document: Shown, fix: Fix) -> types.ChangeAnnotation | None:
    """What a preview says of a change in several places.

    It needs no confirmation: each place would have to be confirmed, and one without the others is no fix.
    """
    lines = [(document.position(e.span.start)[0], document.position(e.span.end)[0]) for e in sorted(fix.edits)]
    if all(after[0] - before[1] <= 1 for before, after in pairwise(lines)):
        return None
    unsafe = fix.applicability is Applicability.UNSAFE
    note = "What uses the packages may have to change as well." if unsafe else None
    return types.ChangeAnnotation(label=fix.title, description=note)


def _applies(fix: Fix) -> bool:
    return bool(fix.edits) and fix.applicability is not Applicability.DISPLAY_ONLY


def _command(fix: Fix) -> types.Command | None:
    if fix.applicability is Applicability.DISPLAY_ONLY:
        shown = {"title": fix.title, "explanation": fix.explanation}
        return types.Command(title=fix.title, command=SHOW_FIX, arguments=[shown])
    for step in fix.steps:
        return types.Command(title=fix.title, command=step.command, arguments=[dict(step.arguments)])
    return None


def _workspace_edit(
    document: Shown, edits: Iterable[Edit], client: Client, annotation: types.ChangeAnnotation | None
) -> types.WorkspaceEdit:
    noted = annotation if client.annotations else None
    converted: dict[str, tuple[Shown, list[types.TextEdit]]] = {}
    for edit in edits:
        place = document.at(edit.span.start)
        written = types.TextEdit(to_range(place, edit.span), place.written(edit.new_text))
        converted.setdefault(place.uri, (place, []))[1].append(written)
    if not client.document_changes:
        return types.WorkspaceEdit(changes={uri: found for uri, (_, found) in converted.items()})
    changes = []
    for uri, (place, found) in converted.items():
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=place.version)
        if noted is not None:
            changes.append(types.TextDocumentEdit(identifier, [_annotated(edit) for edit in found]))
        else:
            changes.append(types.TextDocumentEdit(identifier, [*found]))
    annotations = {_ANNOTATION: noted} if noted is not None else None
    return types.WorkspaceEdit(document_changes=[*changes], change_annotations=annotations)


def _annotated(edit: types.TextEdit) -> types.AnnotatedTextEdit:
    return types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)


# --- hover ---


def address(document: Shown, place: Span | str) -> str:
    """Where a client opens a place of the document or a file of this machine; "" for what has no file."""
    if isinstance(place, str):
        return uris.from_path(place)
    holder = document.at(place.start)
    line = to_range(holder, place).start.line + 1
    return f"{holder.uri}#L{line}" if holder.uri.startswith("file:") else ""


def hover(document: Shown, span: Span, markdown: str, client: Client) -> types.Hover:
    kind = types.MarkupKind.Markdown if client.markdown else types.MarkupKind.PlainText
    text = markdown if client.markdown else plain(markdown)
    return types.Hover(contents=types.MarkupContent(kind, text), range=to_range(document, span))


_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")
_FENCE = re.compile(r"^ *(?:```|~~~).*\n?", re.MULTILINE)
_MARK = re.compile(r"\*\*|`|^#+ +", re.MULTILINE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(markdown: str) -> str:
    """Markdown as this program writes it, for a client that shows plain text."""
    text = _MARK.sub("", _LINK.sub(r"\1 (\2)", _FENCE.sub("", markdown)))
    return _ESCAPE.sub(r"\1", text)


# --- lenses ---


def lens(
    document: Shown, found: RequirementsFile, title: str, arguments: dict[str, Any], command: str
) -> types.CodeLens:
    span = found.first or Span(0, 0)
    return types.CodeLens(to_range(document, span), types.Command(title, command, arguments=[arguments]))
