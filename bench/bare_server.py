"""The other side of the comparison: a pygls server that runs one regular expression and publishes what it matches."""

from __future__ import annotations

import re

from lsprotocol import types
from pygls.lsp.server import LanguageServer

PATTERN = re.compile(r"pip3? install")

server = LanguageServer("bare", "1")


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(ls: LanguageServer, params: types.DidOpenTextDocumentParams) -> None:
    publish(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(ls: LanguageServer, params: types.DidChangeTextDocumentParams) -> None:
    publish(ls, params.text_document.uri)


def publish(ls: LanguageServer, uri: str) -> None:
    document = ls.workspace.get_text_document(uri)
    found = []
    for number, line in enumerate(document.lines):
        for match in PATTERN.finditer(line):
            start, end = types.Position(number, match.start()), types.Position(number, match.end())
            found.append(types.Diagnostic(types.Range(start, end), "pip install", source="bare"))
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, document.version))


if __name__ == "__main__":
    server.start_io()
