"""What pygls leaves to do of the protocol: documents, answers to bad messages, cancellation, exit codes."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol, lsp_method

from .documents import Documents

if TYPE_CHECKING:
    from pygls.protocol.json_rpc import RPCMessage

    from .server import Server

EXPLAIN = "pep668/explain"
TERMINAL_EXECUTION = "pep668/terminalExecution"
TERMINAL_EXECUTION_ENDED = "pep668/terminalExecutionEnded"
TERMINAL_CLOSED = "pep668/terminalClosed"
TRUST_GRANTED = "pep668/trustGranted"
ENVIRONMENT_CREATED = "pep668/environmentCreated"

# What a client that has terminals needs to know: output in which one of the `needles` appears is sent at once, and
# `links` stand in the lines that are worth a link, as a needle alone stands in much prose. They are those of `explain`,
# without importing it before `initialize` is answered.
TERMINAL = {
    "needles": ["externally", "ExternallyManaged", "PEP 668", "not on your PATH"],
    "links": ["externally-managed-environment", "is externally managed", "ExternallyManagedEnvironment"],
    "tailBytes": 65536,
}


class Message:
    """A message of this server's own; `params` stay the dictionaries that the client sent.

    pygls would turn those of a method it does not know into nested named tuples.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.jsonrpc = data["jsonrpc"]
        self.method = data["method"]
        self.params = data.get("params")
        if "id" in data:
            self.id = data["id"]


class _Refused:
    """A message that could not be read; the sender gets `error` if it waits for an answer."""

    def __init__(self, data: dict[str, Any], error: JsonRpcException) -> None:
        self.data = data
        self.error = error


_OWN = frozenset({EXPLAIN, TERMINAL_CLOSED, TERMINAL_EXECUTION, TERMINAL_EXECUTION_ENDED, TRUST_GRANTED})


class Protocol(LanguageServerProtocol):
    """The protocol of this server."""

    _server: Server

    def __init__(self, *args: Any) -> None:
        self.documents = Documents()
        self.exit_code = 0
        super().__init__(*args)

    # --- messages ---

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Called for every JSON object, the innermost first."""
        if "jsonrpc" not in data:
            return data
        if data.get("method") in _OWN:
            return Message(data)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            return _Refused(data, _explained(error))

    def handle_message(self, message: RPCMessage) -> None:
        if isinstance(message, _Refused):
            if "id" in message.data and "method" in message.data:
                self._send_response(message.data["id"], error=message.error.to_response_error())
            return
        method, waits = getattr(message, "method", None), getattr(message, "id", None)
        early = self._workspace is None and method not in (None, types.INITIALIZE, types.EXIT)
        if early or (self._shutdown and method != types.EXIT):
            if method is not None and waits is not None:
                error = JsonRpcInvalidParams("the server is shutting down", code=types.ErrorCodes.InvalidRequest)
                answer = JsonRpcServerNotInitialized() if early else error
                self._send_response(waits, error=answer.to_response_error())
            return
        super().handle_message(message)

    def _handle_response(self, msg_id: int | str, result: Any = None, error: types.ResponseError | None = None) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():  # cancelled meanwhile
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    # --- life ---

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        result = yield from super().lsp_initialize(params)
        result.capabilities.experimental = self._server.experimental()
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        self.exit_code = 0 if self._shutdown else 1
        yield from super().lsp_exit(*args)

    # --- documents ---

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        item = params.text_document
        self.documents.open(item.uri, item.language_id, item.version, item.text)
        yield from self._user(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        document = params.text_document
        self.documents.change(document.uri, document.version, map(_change, params.content_changes))
        yield from self._user(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        self.documents.close(params.text_document.uri)
        yield from self._user(types.TEXT_DOCUMENT_DID_CLOSE, params)

    # --- notebooks: their cells are documents ---

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> Generator[Any, Any, None]:
        notebook = params.notebook_document
        self.documents.open_notebook(notebook.uri, [cell.document for cell in notebook.cells])
        self._open_cells(notebook.uri, params.cell_text_documents)
        yield from self._user(types.NOTEBOOK_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: types.DidChangeNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        cells, uri = params.change.cells, params.notebook_document.uri
        if cells is not None:
            if cells.structure is not None:
                moved = cells.structure.array
                added = [cell.document for cell in moved.cells or ()]
                self.documents.splice_notebook(uri, moved.start, moved.delete_count, added)
                for gone in cells.structure.did_close or ():
                    self.documents.close(gone.uri)
                self._open_cells(uri, cells.structure.did_open or ())
            for changed in cells.text_content or ():
                self.documents.change(changed.document.uri, changed.document.version, map(_change, changed.changes))
        yield from self._user(types.NOTEBOOK_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(
        self, params: types.DidCloseNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        for cell in params.cell_text_documents:
            self.documents.close(cell.uri)
        self.documents.close_notebook(params.notebook_document.uri)
        yield from self._user(types.NOTEBOOK_DOCUMENT_DID_CLOSE, params)

    def _open_cells(self, notebook: str, cells: Iterable[types.TextDocumentItem]) -> None:
        for cell in cells:
            self.documents.open(cell.uri, cell.language_id, cell.version, cell.text, notebook)

    def _user(self, method: str, params: Any) -> Generator[Any, Any, None]:
        handler = self.fm.features.get(method)
        if handler is not None:
            yield handler, (params,), None

    # --- commands ---

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Any:  # type: ignore[override]
        """Commands get their arguments as they came, and the token under which the client wants progress.

        A task, unlike pygls' generator, so that cancelling the request reaches the command.
        """
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"Unknown command {params.command!r}")
        return await handler(list(params.arguments or ()), params.work_done_token)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        if msg_id in self._request_futures:  # else it has been answered meanwhile, which is usual
            super()._handle_cancel_notification(msg_id)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> Generator[Any, Any, None]:
        yield from self._user(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, params)


def _explained(error: JsonRpcException) -> JsonRpcException:
    """The error with what is wrong where, as far as cattrs can tell."""
    if error.__cause__ is None:
        return error
    from cattrs import transform_error

    return type(error)(f"{error.message}: {'; '.join(transform_error(error.__cause__))}")


def _change(change: types.TextDocumentContentChangeEvent) -> tuple[tuple[int, int], tuple[int, int], str] | str:
    if isinstance(change, types.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return (start.line, start.character), (end.line, end.character), change.text
    return change.text
