"""The handlers. What a client waits for at the start is here; the rest is imported once that is answered."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from pep668 import __version__

from . import logs, protocol
from .client import Client

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from pep668.analysis import Analysis

    from .diagnostics import Publisher
    from .disk import Disk
    from .documents import Document
    from .packages import Asking
    from .session import Session
    from .terminal import Terminals
    from .watch import Watch

T = TypeVar("T")
log = logging.getLogger(__name__)

CREATE_ENVIRONMENT = "pep668.createEnvironment"
SHOW_FIX = "pep668.showFix"

# Seconds that what is under way has to end when the session does.
_PATIENCE = 5.0

# Documents of more characters are read in a thread.
LONG = 200_000


class Server(LanguageServer):
    """One server, one client."""

    protocol: protocol.Protocol

    def __init__(self) -> None:
        super().__init__(
            "pep668",
            __version__,
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=protocol.Protocol,
            converter_factory=default_converter,
            # Of which cells something can be said is decided here: what is not synchronized so may come as a text.
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                [types.NotebookDocumentFilterWithNotebook("*")], save=True
            ),
        )
        self.client = Client(types.ClientCapabilities())
        self.options: dict[str, Any] = {}
        self.trusted = False
        # What is under way and can be cancelled, by the token of its progress.
        self.running: dict[types.ProgressToken, threading.Event] = {}
        # By folder: environments that are being created.
        self.busy: dict[str, asyncio.Task[Any]] = {}
        self._session: Session | None = None
        self._publisher: Publisher | None = None
        self._disk: Disk | None = None
        self._watch: Watch | None = None
        self._asking: Asking | None = None
        self.terminals: Terminals | None = None
        self._analyzing: dict[tuple[int, int, int], asyncio.Future[Analysis | None]] = {}
        # `LanguageServer.feature` inspects handlers and options, which costs more than all of this.
        self.protocol.fm.features.update(
            {
                types.INITIALIZE: self._initialize,
                types.INITIALIZED: self._initialized,
                types.SHUTDOWN: self._shutdown,
                types.TEXT_DOCUMENT_DID_OPEN: self._did_open,
                types.TEXT_DOCUMENT_DID_CHANGE: self._did_change,
                types.TEXT_DOCUMENT_DID_SAVE: self._did_save,
                types.TEXT_DOCUMENT_DID_CLOSE: self._did_close,
                types.NOTEBOOK_DOCUMENT_DID_OPEN: self._did_open_notebook,
                types.NOTEBOOK_DOCUMENT_DID_CHANGE: self._did_change_notebook,
                types.NOTEBOOK_DOCUMENT_DID_SAVE: self._did_save_notebook,
                types.NOTEBOOK_DOCUMENT_DID_CLOSE: self._did_close_notebook,
                types.TEXT_DOCUMENT_HOVER: self._hover,
                types.TEXT_DOCUMENT_CODE_ACTION: self._code_action,
                types.TEXT_DOCUMENT_CODE_LENS: self._code_lens,
                types.WORKSPACE_DID_CHANGE_CONFIGURATION: self._did_change_configuration,
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._did_change_watched_files,
                types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._did_change_workspace_folders,
                types.WINDOW_WORK_DONE_PROGRESS_CANCEL: self._cancel_progress,
                protocol.TERMINAL_EXECUTION: self._terminal_execution,
                protocol.TERMINAL_EXECUTION_ENDED: self._terminal_execution_ended,
                protocol.TERMINAL_CLOSED: self._terminal_closed,
                protocol.EXPLAIN: self._explain,
                protocol.TRUST_GRANTED: self._trust_granted,
            }
        )
        self.protocol.fm.feature_options[types.TEXT_DOCUMENT_CODE_ACTION] = types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, "source.fixAll.pep668"]
        )
        self.protocol.fm.commands.update({CREATE_ENVIRONMENT: self._create_environment, SHOW_FIX: self._show_fix})

    # --- life ---

    def experimental(self) -> dict[str, Any]:
        return {"pep668": {"protocol": 1, "terminal": protocol.TERMINAL}}

    def _initialize(self, params: types.InitializeParams) -> None:
        self.client = Client(params.capabilities)
        self.options = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        self.trusted = self.options.get("trusted") is not False
        self.protocol.documents.encoding = str(self.workspace.position_encoding)
        if self.client.pulls:
            self.protocol.fm.features[types.TEXT_DOCUMENT_DIAGNOSTIC] = self._diagnostic
            self.protocol.fm.features[types.WORKSPACE_DIAGNOSTIC] = self._workspace_diagnostic
            self.protocol.fm.feature_options[types.TEXT_DOCUMENT_DIAGNOSTIC] = types.DiagnosticOptions(
                inter_file_dependencies=False, workspace_diagnostics=True, identifier="pep668"
            )
        if self.client.resolves:
            self.protocol.fm.features[types.CODE_ACTION_RESOLVE] = self._code_action_resolve
            self.protocol.fm.feature_options[types.TEXT_DOCUMENT_CODE_ACTION].resolve_provider = True
        asyncio.get_running_loop().call_soon(_collect_again)
        asyncio.get_running_loop().call_soon(self._log_to_client)

    def _log_to_client(self) -> None:
        logs.install(self.window_log_message, self.options.get("logLevel", "info"))

    async def _initialized(self, _: types.InitializedParams) -> None:
        from . import setup

        await setup.initialized(self)

    async def _shutdown(self, _: None) -> None:
        for running in self.running.values():
            running.set()
        if self.busy:  # what they began they take back
            await asyncio.wait(list(self.busy.values()), timeout=_PATIENCE)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors of the program belong into the log; people are told what they can do something about."""
        if source is not FeatureRequestError:  # pygls has logged and answered it
            log.error("%s", error)

    @property
    def session(self) -> Session:
        if self._session is None:
            from . import setup

            self._session = setup.session(self)
        return self._session

    def tell(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message to the person. In it nothing is a link: what looks like one may come from a document."""
        self.window_show_message(types.ShowMessageParams(kind, message.replace("](", "] (")))

    # --- analyses ---

    async def analysis(self, document: Document) -> Analysis | None:
        """The analysis of a document; None for one of a language that is not known.

        A long document is read in a thread, once, however many ask, and so is the first for which packages count.
        """
        session = self.session
        self.watch.glance()
        is_known, found = session.known(document)
        if is_known:
            return found
        key = session.key(document)
        if len(document.text) < LONG and not session.reads_packages(document):
            task = session.task(document)
            found = None if task is None else task.run()
            self._remember(document, key, found)
            return found
        waiting = self._analyzing.get(key)
        if waiting is None:
            waiting = self._analyzing[key] = asyncio.ensure_future(self._analyze(document, key))
        return await asyncio.shield(waiting)

    async def _analyze(self, document: Document, key: tuple[int, int, int]) -> Analysis | None:
        def work() -> Analysis | None:
            if self.session.reads_packages(document):
                self.session.read_packages()
            task = self.session.task(document)  # finding out the language may take reading all of it
            return None if task is None else task.run()

        try:
            found = await self.in_thread(work)
        finally:
            del self._analyzing[key]
        current = self.protocol.documents.whole(document.uri)
        if current is not None and self.session.key(current) == key:
            self._remember(document, key, found)
        return found

    def _remember(self, document: Document, key: tuple[int, int, int], found: Analysis | None) -> None:
        self.session.remember(document, key, found)
        self.watch.keep_looking()

    async def in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread_pool, function)

    def changed(self) -> None:
        """Answers about unchanged documents may have changed: ask again, or be told again."""
        if self.client.refreshes_diagnostics:
            self.ask(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        self.publisher.all()
        self.disk.changed()
        if self.client.refreshes_lenses:
            self.ask(types.WORKSPACE_CODE_LENS_REFRESH)

    def ask(self, method: str, params: object = None) -> None:
        """Send a request whose answer does not matter; that it failed is logged."""

        def answered(future: Any) -> None:
            if not future.cancelled() and future.exception() is not None:
                log.warning("%s: %s", method, future.exception())

        self.protocol.send_request(method, params).add_done_callback(answered)

    @property
    def watch(self) -> Watch:
        if self._watch is None:
            from .watch import Watch

            self._watch = Watch(self)
        return self._watch

    @property
    def asking(self) -> Asking:
        if self._asking is None:
            from .packages import Asking

            self._asking = Asking(self)
        return self._asking

    @property
    def disk(self) -> Disk:
        if self._disk is None:
            from .disk import Disk

            self._disk = Disk(self)
        return self._disk

    @property
    def shows_requirements(self) -> bool:
        """Whether something is shown that is no longer true once it is installed."""
        return self.session.shows_requirements or self.disk.shows_some

    # --- documents ---

    @property
    def publisher(self) -> Publisher:
        if self._publisher is None:
            from .diagnostics import Publisher

            self._publisher = Publisher(self)
        return self._publisher

    def _did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self.disk.opened(params.text_document.uri)
        self.publisher.changed(params.text_document.uri)

    def _did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self.publisher.changed(params.text_document.uri)

    def _did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        from . import setup

        setup.saved(self, params.text_document.uri)

    def _did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._closed(params.text_document.uri)
        self.disk.closed(params.text_document.uri)

    def _closed(self, uri: str) -> None:
        self.session.forget(uri)
        self.publisher.closed(uri)

    def _did_open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self.publisher.changed(params.notebook_document.uri)

    def _did_change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        if cells is None or (cells.structure is None and not cells.text_content):
            return
        for gone in (cells.structure.did_close if cells.structure else None) or ():
            self.publisher.closed(gone.uri)
        self.publisher.changed(params.notebook_document.uri)

    def _did_save_notebook(self, _: types.DidSaveNotebookDocumentParams) -> None:
        self.watch.glance()

    def _did_close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        for cell in params.cell_text_documents:
            self.publisher.closed(cell.uri)
        self._closed(params.notebook_document.uri)

    # --- requests ---

    async def _diagnostic(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        from .diagnostics import pull

        return await pull(self, params)

    async def _workspace_diagnostic(self, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        return await self.disk.pull(params)

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        from .requests import hover

        return await hover(self, params)

    async def _code_action(self, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        from .requests import code_actions

        return await code_actions(self, params)

    async def _code_action_resolve(self, action: types.CodeAction) -> types.CodeAction:
        from .requests import resolve

        return await resolve(self, action)

    async def _code_lens(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        from .requests import code_lenses

        return await code_lenses(self, params)

    # --- workspace ---

    async def _did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        from . import setup

        await setup.configure(self, params.settings)

    def _did_change_watched_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        from . import setup

        setup.files_changed(self, params.changes)

    async def _did_change_workspace_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        from . import setup

        await setup.folders_changed(self, params.event)

    # --- commands ---

    async def _create_environment(self, arguments: list[Any], token: types.ProgressToken | None) -> dict[str, Any]:
        from . import environments

        return await environments.create(self, arguments, token)

    async def _show_fix(self, arguments: list[Any], _: types.ProgressToken | None) -> None:
        from . import environments

        environments.show_fix(self, arguments)

    def _cancel_progress(self, params: types.WorkDoneProgressCancelParams) -> None:
        running = self.running.get(params.token)
        if running is not None:
            running.set()

    def _trust_granted(self, _: object) -> None:
        self.trusted = True

    # --- terminals ---

    async def _terminal_execution(self, params: object) -> dict[str, Any] | None:
        from . import terminal

        return await terminal.advise(self, params)

    def _terminal_execution_ended(self, params: object) -> None:
        from . import terminal

        terminal.ended(self, params)

    def _terminal_closed(self, params: object) -> None:
        from . import terminal

        terminal.closed(self, params)

    async def _explain(self, params: object) -> dict[str, Any]:
        from . import terminal

        return await terminal.explain(self, params)


def _collect_again() -> None:
    """What was imported until now stays: the collector need not look at it."""
    gc.freeze()
    gc.enable()
