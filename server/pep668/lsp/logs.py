"""What the program logs, to the client's log."""

from __future__ import annotations

import logging
from collections.abc import Callable

from lsprotocol import types
from pygls.exceptions import JsonRpcException

_TYPES = (
    (logging.ERROR, types.MessageType.Error),
    (logging.WARNING, types.MessageType.Warning),
    (logging.INFO, types.MessageType.Info),
    (logging.NOTSET, types.MessageType.Log),
)
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}


class ClientHandler(logging.Handler):
    """Sends records as `window/logMessage`; `send` may be called from any thread."""

    def __init__(self, send: Callable[[types.LogMessageParams], None]) -> None:
        super().__init__()
        self._send = send
        self._sending = False

    def filter(self, record: logging.LogRecord) -> bool:
        """A client's mistake is told in a line; the trace of a mistake of ours is kept."""
        if record.exc_info and isinstance(record.exc_info[1], JsonRpcException):
            record.exc_info = None
            record.exc_text = None
        if record.name.startswith("pygls"):
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
        return True

    def emit(self, record: logging.LogRecord) -> None:
        if self._sending:  # sending failed, and that was logged
            return
        self._sending = True
        try:
            kind = next(kind for level, kind in _TYPES if record.levelno >= level)
            self._send(types.LogMessageParams(type=kind, message=self.format(record)))
        finally:
            self._sending = False


def install(send: Callable[[types.LogMessageParams], None], level: object) -> None:
    """All that is logged in this process goes to the client; nothing to stderr."""
    logging.getLogger().addHandler(ClientHandler(send))
    # It logs every message that it sends as "info": those about the log would never end.
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("pep668").setLevel(_LEVELS.get(str(level).lower(), logging.INFO))
