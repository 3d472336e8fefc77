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
from .documents import Document

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger(__name__)

# An analysis that takes longer than this (seconds) waits a part of its time for more changes to come in.
_AT_ONCE = 0.05
_PART = 0.25
_LONGEST_PAUSE = 0.5


async def items(document: Document, server: Server) -> list[types.Diagnostic]:
    found = server.session.findings(document)
    if found is None:
        analysis = await server.analysis(document)
        found = analysis.findings if analysis else ()
    return [convert.diagnostic(document, finding, server.client) for finding in found]


def pushes(server: Server, document: Document) -> bool:
    return document.notebook is not None or not server.client.pulls


async def pull(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    document = server.protocol.documents.get(params.text_document.uri)
    if document is None:
        return await _of_file(server, uris.to_path(params.text_document.uri))
    if pushes(server, document):
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    server.watch.glance()
    identity = ".".join(map(str, server.session.key(document)))
    if params.previous_result_id == identity:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=identity)
    found = await items(document, server)
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
        self._pushed: set[str] = set()

    def changed(self, uri: str) -> None:
        """Soon publish what is true of a document now, if it is one whose diagnostics are pushed."""
        document = self._server.protocol.documents.get(uri)
        if document is None or not pushes(self._server, document):
            return
        self._pushed.add(uri)
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
        if uri in self._pushed:
            self._pushed.discard(uri)
            self._send(uri, None, [])

    def all(self) -> None:
        for document in self._server.protocol.documents:
            self.changed(document.uri)

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
        document = self._server.protocol.documents.get(uri)
        if document is None:
            return
        began = time.perf_counter()
        found = await items(document, self._server)
        self._cost[uri] = time.perf_counter() - began
        current = self._server.protocol.documents.get(uri)
        if current is not None and current.version == document.version:
            self._send(uri, document.version, found)

    def _send(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        version = version if self._server.client.versions else None
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))
