"""The life of the server, and what it does with what it cannot use."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pep668 import explain

from .conftest import DOCKERFILE, Connect, capabilities

pytestmark = pytest.mark.asyncio


async def test_capabilities(connect: Connect) -> None:
    session = await connect()
    server = session.server
    assert server.text_document_sync is not None
    assert server.text_document_sync.change == types.TextDocumentSyncKind.Incremental  # type: ignore[union-attr]
    assert server.hover_provider
    assert server.code_lens_provider
    assert server.diagnostic_provider is None  # the client does not pull
    assert isinstance(server.code_action_provider, types.CodeActionOptions)
    kinds = server.code_action_provider.code_action_kinds
    assert list(kinds or ()) == [types.CodeActionKind.QuickFix, "source.fixAll.pep668"]
    assert server.execute_command_provider is not None
    assert set(server.execute_command_provider.commands) == {"pep668.createEnvironment", "pep668.showFix"}
    own = server.experimental["pep668"]  # type: ignore[index]
    assert own["protocol"] == 1
    assert own["terminal"]["needles"] == [*explain.NEEDLES, *explain.ASIDES]
    assert own["terminal"]["links"] == list(explain.LINKS)
    assert own["terminal"]["tailBytes"] == 65536


@pytest.mark.parametrize(
    ("encodings", "chosen", "column"),
    [(["utf-16"], "utf-16", 11), (["utf-8", "utf-16"], "utf-8", 13), (["utf-32"], "utf-32", 10)],
)
async def test_positions_are_in_the_encoding_of_the_client(
    connect: Connect, encodings: list[str], chosen: str, column: int
) -> None:
    session = await connect(capabilities(encodings=encodings))
    assert session.server.position_encoding == chosen
    uri = session.open("Dockerfile", "FROM debian:12\nRUN : 😀 ;pip3 install six\n".replace(": 😀 ;", 'x="😀";'))
    [found] = await session.pushed(uri, 1)
    assert found.range.start == types.Position(1, column)
    at = await session.hover(uri, 1, column + 1)
    assert at is not None
    assert at.range is not None
    assert at.range.start == types.Position(1, column)


async def test_a_request_that_fails_is_answered_and_the_server_lives(connect: Connect) -> None:
    session = await connect()
    with pytest.raises(JsonRpcException, match="'exitCode' must be"):
        await session.send("pep668/explain", {"exitCode": "one"})
    with pytest.raises(JsonRpcException, match="Unknown command"):
        await session.client.workspace_execute_command_async(types.ExecuteCommandParams("rm"))
    with pytest.raises(JsonRpcException, match="Method Not Found"):
        await session.send("pep668/unheardOf", {})
    uri = session.open("Dockerfile", DOCKERFILE)
    assert await session.pushed(uri, 1)


async def test_documents_that_are_not_open_have_nothing(connect: Connect) -> None:
    session = await connect(capabilities(pull=True))
    uri = session.uri("unknown.sh")
    assert await session.hover(uri, 0, 0) is None
    assert await session.actions(uri, (0, 0)) == []
    assert await session.lenses(uri) == []
    report = await session.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert list(report.items) == []
    session.change(uri, 2, "x")


async def test_log_messages_have_levels(connect: Connect) -> None:
    session = await connect()
    with pytest.raises(JsonRpcException):
        await session.send("pep668/unheardOf", {})
    found = await session.until(lambda: [m for m in session.client.log_messages if "unheardOf" in m.message])
    assert found[0].type == types.MessageType.Warning


# --- a process and bytes ---


def _frame(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}


def _run(environ: dict[str, str], *messages: dict[str, Any] | bytes) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, messages, and what went to stderr, of a server that is sent all this and then the end."""
    sent = b"".join(m if isinstance(m, bytes) else _frame(m) for m in messages)
    command = [sys.executable, "-m", "pep668", "server"]
    done = subprocess.run(command, input=sent, capture_output=True, env=environ, timeout=60, check=False)
    out, rest = [], done.stdout
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        out.append(json.loads(rest[:length]))
        rest = rest[length:]
    return done.returncode, out, done.stderr.decode()


def _answer(messages: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return next(m for m in messages if m.get("id") == number and "method" not in m)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ([{"id": 2, "method": "shutdown"}, {"method": "exit"}], 0),
        ([{"method": "exit"}], 1),
        ([], 0),
    ],
    ids=["shutdown and exit", "exit alone", "the client is gone"],
)
async def test_the_server_ends(environ: dict[str, str], end: list[dict[str, Any]], code: int) -> None:
    done, _, errors = _run(environ, INITIALIZE, {"method": "initialized", "params": {}}, *end)
    assert (done, errors) == (code, "")


async def test_order_is_kept_to(environ: dict[str, str]) -> None:
    hover = {"method": "textDocument/hover", "params": {}}
    code, out, errors = _run(
        environ,
        {"id": 7, **hover},
        INITIALIZE,
        {"id": 8, "method": "shutdown"},
        {"id": 9, "method": "textDocument/codeLens", "params": {"textDocument": {"uri": "file:///x"}}},
        {"method": "exit"},
    )
    assert _answer(out, 7)["error"] == {
        "code": -32602,
        "message": "Invalid Params: required field missing @ $.params.text_document; "
        "required field missing @ $.params.position",
    }
    assert "capabilities" in _answer(out, 1)["result"]
    assert _answer(out, 9)["error"]["code"] == -32600
    assert (code, errors) == (0, "")


async def test_nothing_is_answered_before_initialize(environ: dict[str, str]) -> None:
    lens = {"id": 7, "method": "textDocument/codeLens", "params": {"textDocument": {"uri": "file:///x"}}}
    _, out, errors = _run(environ, lens, INITIALIZE)
    assert _answer(out, 7)["error"]["code"] == -32002
    assert errors == ""


async def test_garbage_does_not_end_the_server(environ: dict[str, str]) -> None:
    _, out, errors = _run(
        environ,
        b"Content-Length: 5\r\n\r\n{nope",
        b"Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
        {"method": "textDocument/didOpen", "params": {"textDocument": None}},
        INITIALIZE,
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": 3}}},
        {"method": "$/unheardOf", "params": {"a": [1]}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    )
    assert "capabilities" in _answer(out, 1)["result"]
    assert "result" in _answer(out, 2)
    assert errors == ""
