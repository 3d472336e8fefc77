"""The handlers. What a client waits for at the start is here; the rest is imported once that is answered."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from .. import __version__
from . import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .documents import Document
    from .session import Session

T = TypeVar("T")

CREATE_ENVIRONMENT = "pep668.createEnvironment"
SHOW_FIX = "pep668.showFix"

# What the client watches for in a terminal's output; it sends the output then, at once.
NEEDLES = ("externally-managed-environment", "externally managed", "ensurepip is not available")
TAIL_BYTES = 65536


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
        )
        self._session: Session | None = None
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
                types.TEXT_DOCUMENT_HOVER: self._hover,
                types.TEXT_DOCUMENT_CODE_ACTION: self._code_action,
                types.TEXT_DOCUMENT_CODE_LENS: self._code_lens,
                types.WORKSPACE_DID_CHANGE_CONFIGURATION: self._did_change_configuration,
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._did_change_watched_files,
                types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._did_change_workspace_folders,
                types.WINDOW_WORK_DONE_PROGRESS_CANCEL: self._cancel_progress,
                protocol.TERMINAL_EXECUTION: self._terminal_execution,
                protocol.EXPLAIN: self._explain,
                protocol.TRUST_GRANTED: self._trust_granted,
            }
        )
        self.protocol.fm.feature_options[types.TEXT_DOCUMENT_CODE_ACTION] = types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix]
        )
        self.protocol.fm.commands.update(
            {CREATE_ENVIRONMENT: self._create_environment, SHOW_FIX: self._show_fix}
        )
