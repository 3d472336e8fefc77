"""Diagnostics: asked for where the client can ask, else pushed; never both.

Those of notebook cells are pushed to every client: none that is known asks for them
(vscode-languageclient 9 asks for what a text editor's tab shows).
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from lsprotocol import types

from . import convert, uris
from .documents import Document, Shown

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger(__name__)

# An analysis that takes longer than this (seconds) waits a part of its time for more changes to come in.
_AT_ONCE = 0.05
_PART = 0.25
_LONGEST_PAUSE = 0.5


async def items(document: Document, server: Server) -> list[tuple[Shown, list[types.Diagnostic]]]:
    """The diagnostics of a document, or of each cell of a notebook."""
    found = server.session.findings(document)
    if found is None:
        analysis = await server.analysis(document)
        found = analysis.findings if analysis else ()
    return [
        (part, [convert.diagnostic(part, finding, server.client) for finding in found if part.holds(finding.span)])
        for part in document.parts
    ]


async def pull(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    document = server.protocol.documents.get(params.text_document.uri)
    if document is None:
        return await _of_file(server, uris.to_path(params.text_document.uri))
    if document.notebook is not None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    server.watch.glance()
    identity = ".".join(map(str, server.session.key(document)))
    if params.previous_result_id == identity:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=identity)
    [(_, found)] = await items(document, server)
    return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=identity)


async def _of_file(server: Server, path: str | None) -> types.DocumentDiagnosticReport:
    """Of a document that is not open; clients ask once more for one that was closed."""
    report = await server.disk.report(path) if path is not None else None
    if report is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    return types.RelatedFullDocumentDiagnosticReport(items=report.items, result_id=report.identity)


class Publisher:
    """Pushes the diagnostics of open documents; of many changes only the last is looked at."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._cost: dict[str, float] = {}
        self._sent: dict[str, tuple[int, list[types.Diagnostic]]] = {}

    def changed(self, uri: str) -> None:
        """Soon publish what is true of a document or notebook now, if its diagnostics are pushed."""
        whole = self._server.protocol.documents.whole(uri)
        if whole is None or (self._server.client.pulls and whole.cells is None):
            return
        self._cancel(uri)
        cost = self._cost.get(uri, 0.0)
        if cost <= _AT_ONCE:
            self._start(uri)
        else:
            pause = min(_PART * cost, _LONGEST_PAUSE)
            self._timers[uri] = asyncio.get_running_loop().call_later(pause, self._start, uri)

    def closed(self, uri: str) -> None:
        self._cancel(uri)
        self._cost.pop(uri, None)
        if self._sent.pop(uri, None) is not None:
            self._send(uri, None, [])

    def all(self) -> None:
        for uri in {document.notebook or document.uri for document in self._server.protocol.documents}:
            self.changed(uri)

    def _cancel(self, uri: str) -> None:
        for waiting in (self._timers.pop(uri, None), self._tasks.pop(uri, None)):
            if waiting is not None:
                waiting.cancel()

    def _start(self, uri: str) -> None:
        self._timers.pop(uri, None)
        self._tasks[uri] = task = asyncio.ensure_future(self._publish(uri))
        task.add_done_callback(lambda done: self._done(uri, done))

    def _done(self, uri: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(uri) is task:
            del self._tasks[uri]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s: %s", uri, error, exc_info=error)

    async def _publish(self, uri: str) -> None:
        documents = self._server.protocol.documents
        whole = documents.whole(uri)
        if whole is None:
            return
        began = time.perf_counter()
        shown = await items(whole, self._server)
        self._cost[uri] = time.perf_counter() - began
        current = documents.whole(uri)
        if current is None or current.version != whole.version:
            return
        for part, found in shown:
            sent = part.version, found
            if whole.cells is None or self._sent.get(part.uri) != sent:  # an edit leaves most cells as they were
                self._sent[part.uri] = sent
                self._send(part.uri, part.version, found)

    def _send(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        version = version if self._server.client.versions else None
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))
