"""The language server: a thin layer of protocol over the engine."""

from __future__ import annotations


def serve() -> int:
    """Run the server on stdin and stdout until the client ends it; the exit code of the process.

    Most of the start-up time is the import of lsprotocol, which makes a great
    many objects that live for ever: the collector is off until `initialize` is
    answered, which saves a third of it.
    """
    import gc
    import logging

    gc.disable()
    logging.getLogger().addHandler(logging.NullHandler())  # until the client takes them, records go nowhere
    from .server import Server

    server = Server()
    server.start_io()
    return server.protocol.exit_code
