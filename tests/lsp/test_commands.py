"""Creating environments through the server."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from .conftest import Connect, Session, capabilities

pytestmark = pytest.mark.asyncio

CREATE = "pep668.createEnvironment"
PROGRESS = {"work_done_progress": True}


@pytest.fixture
def python(environ: dict[str, str]) -> None:
    """The machine's Python is one that works."""
    machine = Path(environ["PATH"]).parent
    shutil.rmtree(machine / "lib")
    (machine / "bin" / "python3").unlink()
    (machine / "bin" / "python3").symlink_to(os.path.realpath(sys.executable))


@pytest.fixture
def slow(environ: dict[str, str], python: None) -> Iterator[None]:
    """A machine whose package index never answers."""
    with socket.create_server(("127.0.0.1", 0)) as index:
        environ["PIP_INDEX_URL"] = f"http://127.0.0.1:{index.getsockname()[1]}/simple"
        yield


def begin(session: Session, token: str | None = None, **arguments: Any) -> asyncio.Future[Any]:
    given = {"folder": session.folder.as_uri(), **arguments}
    params = types.ExecuteCommandParams(CREATE, [given], work_done_token=token)
    return asyncio.ensure_future(session.client.workspace_execute_command_async(params))


def reports(session: Session, kind: type) -> list[Any]:
    every = [value for found in session.client.progress_reports.values() for value in found]
    return [value for value in every if isinstance(value, kind)]


@pytest.mark.usefixtures("python")
async def test_an_environment_is_created_with_progress(connect: Connect) -> None:
    session = await connect(capabilities(window=PROGRESS))
    created: list[Any] = []
    session.client.protocol.fm.features["pep668/environmentCreated"] = created.append
    result = await begin(session)
    path = session.folder / ".venv"
    assert result["ok"], result["message"]
    assert result["created"]
    assert (result["path"], result["python"]) == (str(path), str(path / "bin" / "python"))
    assert result["message"].startswith("Created .venv")
    assert (path / "bin" / "pip").exists()
    [first] = reports(session, types.WorkDoneProgressBegin)
    assert first.cancellable
    assert len(reports(session, types.WorkDoneProgressEnd)) == 1
    await session.until(lambda: created)
    assert created[0].folder == session.folder.as_uri()
    assert created[0].python == result["python"]
    again = await begin(session)
    assert (again["ok"], again["created"]) == (True, False)


async def cancel(session: Session, running: asyncio.Future[Any], how: str) -> None:
    """By the button of the progress, by cancelling the request, or by ending the session."""
    if how != "request":
        if how == "end":
            await asyncio.wait_for(session.client.shutdown_session(), 10)
            session.client.capabilities = None  # the fixture need not do it again
        else:
            [token] = session.client.progress_reports
            session.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        result = await asyncio.wait_for(running, 10)
        assert not result["ok"]
        assert "Cancelled" in result["message"]
        return
    [number] = [k for k, v in session.client.protocol._request_futures.items() if not v.done()]
    session.client.cancel_request(types.CancelParams(number))
    with pytest.raises(JsonRpcException, match="canceled"):
        await asyncio.wait_for(running, 10)


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize("how", ["progress", "request", "end"])
async def test_creating_is_cancelled(connect: Connect, how: str) -> None:
    session = await connect(capabilities(window=PROGRESS))
    running = begin(session)
    await session.until(lambda: reports(session, types.WorkDoneProgressBegin))
    await session.until((session.folder / ".venv").exists)
    await cancel(session, running, how)
    assert not (session.folder / ".venv").exists()
    assert len(reports(session, types.WorkDoneProgressEnd)) == 1


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("how", ["progress", "request", "end"])
async def test_installing_is_cancelled(connect: Connect, how: str) -> None:
    session = await connect(capabilities(window=PROGRESS))
    running = begin(session, packages=["six"])
    await session.until(lambda: [r for r in reports(session, types.WorkDoneProgressReport) if "six" in r.message])
    await cancel(session, running, how)
    assert not list(session.folder.glob(".venv/lib/*/site-packages/six.py"))


@pytest.mark.usefixtures("slow")
async def test_nothing_waits_for_it(connect: Connect) -> None:
    session = await connect(capabilities())
    session.client.progress_reports["mine"] = []
    running = begin(session, token="mine", packages=["six"])
    await session.until(lambda: reports(session, types.WorkDoneProgressReport))
    assert list(session.client.progress_reports) == ["mine"]
    uri = session.open("Dockerfile", "FROM debian:12\nRUN pip3 install six\n")
    assert await asyncio.wait_for(session.pushed(uri, 1), 10)
    second = await begin(session)
    assert not second["ok"]
    assert "already" in second["message"]
    await cancel(session, running, "progress")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "folder"),
        ([{"folder": 3}], "'folder'"),
        ([{"folder": "vscode-vfs://github/x"}], "on this machine"),
        ([{"folder": "/nowhere/at all"}], "/nowhere/at all"),
        ([{"folder": "/tmp", "packages": "six"}], "'packages'"),
        ([{"folder": "/tmp", "directory": "../x"}], "folder's name"),
    ],
)
async def test_arguments_that_cannot_be_used(connect: Connect, arguments: list[Any], says: str) -> None:
    session = await connect()
    result: Any = await session.client.workspace_execute_command_async(types.ExecuteCommandParams(CREATE, arguments))
    assert not result["ok"]
    assert says in result["message"]


async def test_an_untrusted_workspace_gets_none(connect: Connect, environ: dict[str, str]) -> None:
    session = await connect(options={"trusted": False})
    refused = await begin(session)
    assert not refused["ok"]
    assert "not trusted" in refused["message"]
    session.client.protocol.notify("pep668/trustGranted", {})
    refused = await begin(session, directory="..")
    assert "not trusted" not in refused["message"]


async def test_a_fix_that_cannot_be_applied_is_shown(connect: Connect) -> None:
    session = await connect()
    shown = {"title": "Use a virtual environment", "explanation": "Write [this](command:that)."}
    await session.client.workspace_execute_command_async(types.ExecuteCommandParams("pep668.showFix", [shown]))
    [message] = await session.until(lambda: session.client.messages)
    assert message.type == types.MessageType.Info
    assert message.message == "Use a virtual environment\n\nWrite [this] (command:that)."  # no link
    await session.client.workspace_execute_command_async(types.ExecuteCommandParams("pep668.showFix", [3]))
