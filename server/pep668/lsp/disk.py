"""Files of the workspace that are not open, read from disk: requirement files are reported like open ones, of others
what was refused when they ran.

A client that pulls asks for them once and waits: the answer comes when there is something new. To others
they are pushed.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from lsprotocol import types

from pep668 import files, languages
from pep668.model import Finding

from . import convert, uris
from .documents import Document

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger(__name__)

# Of a workspace folder: files that are looked at by name, and those of all folders that are read.
_LOOKED_AT = 50_000
_READ = 500
_LARGEST = 1_000_000  # bytes
_BATCH = 20
_PAUSE = 0.3  # seconds: events come in crowds, and a client asks once more about a document that it has closed

_Item = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


@cache
def patterns() -> tuple[str, ...]:
    """The last components of the paths of files that list requirements."""
    known = [language for language in languages.all_languages() if language.always]
    return tuple(dict.fromkeys(p for language in known for p in (*language.names, *language.patterns)))


def is_candidate(path: str) -> bool:
    """Whether a path's name is one of a file that lists requirements."""
    return uris.matches(path, patterns())


@dataclass(frozen=True, slots=True)
class Report:
    """What is true of a file; `identity` is equal for equal answers."""

    identity: str
    items: tuple[types.Diagnostic, ...]


class Disk:
    """What is reported of files that are not open, by path."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._paths: list[str] | None = None
        self._reports: dict[str, Report] = {}
        self._changed = asyncio.Event()
        # How often a document was closed: what the client shows of it may not be true of the file.
        self._closed: dict[str, int] = {}
        self._to_clear: set[str] = set()
        self._pushed: dict[str, Report] = {}
        self._waiting: asyncio.TimerHandle | None = None
        self._pushing: asyncio.Task[None] | None = None

    @property
    def shows_some(self) -> bool:
        return any(report.items for report in self._reports.values())

    # --- what happens ---

    def changed(self, *, names: bool = False) -> None:
        """Answers may be different now; `names`: files may have come or gone."""
        if names:
            self._paths = None
        self._changed.set()
        if not self._server.client.pulls and self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(_PAUSE, self._push_soon)

    def opened(self, uri: str) -> None:
        """From now on the open document is what counts."""
        self._to_clear.discard(uri)
        path = uris.to_path(uri)
        if path is not None:
            self._reports.pop(path, None)
            if self._pushed.pop(path, None) is not None and uri != uris.from_path(path):
                self._send(uris.from_path(path), [])  # not the URI that the client uses

    def closed(self, uri: str) -> None:
        path = uris.to_path(uri) or ""
        self._closed[path] = self._closed.get(path, 0) + 1
        self._to_clear.add(uri)
        self.changed()

    # --- reports ---

    async def report(self, path: str) -> Report | None:
        """Of one file; None for one that lists no requirements and was not seen to fail, or is gone."""
        seen = self._server.session.observations.of(path)
        identity = self._identity(path) if seen or is_candidate(path) else None
        if identity is None:
            return None
        known = self._reports.get(path)
        if known is None or known.identity != identity:
            known = await self._server.in_thread(lambda: self._read(path, identity))
        return known

    def _identity(self, path: str) -> str | None:
        try:
            state = os.stat(path)
        except OSError:
            return None
        if state.st_size > _LARGEST:
            return None
        parts = (state.st_mtime_ns, state.st_size, self._server.session.generation, self._closed.get(path, 0))
        return ".".join(map(str, ("disk", *parts)))

    def _read(self, path: str, identity: str) -> Report | None:
        """Called in a thread."""
        encoding = self._server.protocol.documents.encoding
        for read in files.documents([path], lambda _: False, lambda message, _: log.debug("%s", message)):
            document = Document(uris.from_path(path), "", 0, read.text, encoding=encoding)
            found = self._analyzed(document)
            if found is not None:
                items = (convert.diagnostic(document, finding, self._server.client) for finding in found)
                return Report(identity, tuple(items))
        return None

    def _analyzed(self, document: Document) -> tuple[Finding, ...] | None:
        task = self._server.session.task(document)
        found = task.run() if task is not None else None
        if found is None or (found.context.requirements is None and not found.context.observed):
            return None
        if found.context.requirements is not None:
            return found.findings
        return tuple(finding for finding in found.findings if finding.rule == "EM020")

    async def _all(self) -> AsyncIterator[tuple[str, Report]]:
        """Of the files that are not open, as soon as they are known."""
        if self._paths is None:
            folders = [folder for _, folder in self._server.session.folders]
            self._paths = await self._server.in_thread(lambda: self._found(folders))
        reports = {}
        observed = [p for p in self._server.session.observations.paths if self._server.session.folder_of(p)]
        for path in dict.fromkeys((*self._paths, *observed)):
            if path not in self._open():
                report = await self.report(path)
                if report is not None and path not in self._open():
                    reports[path] = report
                    yield path, report
        self._reports = reports
        self._server.watch.keep_looking()

    def _open(self) -> set[str | None]:
        return {uris.to_path(document.uri) for document in self._server.protocol.documents}

    def _found(self, folders: list[str]) -> list[str]:
        """Called in a thread."""
        out: dict[str, None] = {}
        for folder in folders:
            settings = self._server.session.configuration.of(folder, folder)
            within = len(folder.rstrip("/\\")) + 1

            def excluded(path: str, excludes: Callable[[str], bool] = settings.excludes, start: int = within) -> bool:
                return excludes(path[start:])

            below = files.below(folder, excluded, lambda message, _: log.debug("%s", message))
            out.update(dict.fromkeys(filter(is_candidate, islice(below, _LOOKED_AT))))
        return list(islice(out, _READ))

    # --- pulled ---

    async def pull(self, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        """What the client does not know yet; waits until there is something."""
        known = {previous.uri: previous.value for previous in params.previous_result_ids}
        while True:
            self._changed.clear()
            items: list[_Item] = []
            partial = False
            async for item in self._news(known):
                items.append(item)
                if len(items) == _BATCH and params.partial_result_token is not None:
                    self._stream(params.partial_result_token, items)
                    items, partial = [], True
            if partial and params.partial_result_token is not None:
                self._stream(params.partial_result_token, items)
                items = []
            if items or partial:
                return types.WorkspaceDiagnosticReport(items)
            await self._changed.wait()
            await asyncio.sleep(_PAUSE)

    def _stream(self, token: types.ProgressToken, items: list[_Item]) -> None:
        self._server.progress(types.ProgressParams(token, types.WorkspaceDiagnosticReportPartialResult(items)))

    async def _news(self, known: dict[str, str]) -> AsyncIterator[_Item]:
        gone = {*known, *self._to_clear}
        async for path, report in self._all():
            uri = uris.from_path(path)
            gone.discard(uri)
            self._to_clear.discard(uri)
            if known.get(uri) != report.identity and (report.items or uri in known or path in self._closed):
                yield types.WorkspaceFullDocumentDiagnosticReport(uri, report.items, result_id=report.identity)
        still_open = self._open()
        for uri in sorted(gone):
            self._to_clear.discard(uri)
            if uris.to_path(uri) not in still_open:
                yield types.WorkspaceFullDocumentDiagnosticReport(uri, [])

    # --- pushed ---

    def _push_soon(self) -> None:
        self._waiting = None
        if self._pushing is not None:  # what it has read may be old already
            self._pushing.cancel()
        self._pushing = asyncio.ensure_future(self._push())
        self._pushing.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("requirement files: %s", error, exc_info=error)

    async def _push(self) -> None:
        self._to_clear.clear()
        gone = set(self._pushed)
        async for path, report in self._all():
            gone.discard(path)
            before = self._pushed.get(path)
            if before != report and (before is not None or report.items):
                self._pushed[path] = report
                self._send(uris.from_path(path), list(report.items))
        for path in gone - self._open():
            del self._pushed[path]
            self._send(uris.from_path(path), [])

    def _send(self, uri: str, items: list[types.Diagnostic]) -> None:
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items))
