"""Requirement files that are not open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types

from pep668.lsp import disk

from .conftest import Connect, Session, capabilities, environment, install

pytestmark = pytest.mark.asyncio

Full = types.WorkspaceFullDocumentDiagnosticReport


def ask(session: Session, known: dict[str, str] | None = None, token: str | None = None) -> asyncio.Future[Any]:
    previous = [types.PreviousResultId(uri, value) for uri, value in (known or {}).items()]
    params = types.WorkspaceDiagnosticParams(previous, partial_result_token=token)
    return asyncio.ensure_future(session.client.workspace_diagnostic_async(params))


async def answer(running: asyncio.Future[Any]) -> dict[str, Full]:
    report = await asyncio.wait_for(running, 20)
    return {item.uri: item for item in report.items}


def ids(items: dict[str, Full]) -> dict[str, str]:
    return {uri: item.result_id or "" for uri, item in items.items()}


def codes(item: Full) -> list[object]:
    return [d.code for d in item.items]


async def connected(connect: Connect, *, pull: bool = True) -> Session:
    return await connect(capabilities(pull=pull))


async def test_the_workspace_is_pulled(connect: Connect, tmp_path: Any) -> None:
    folder = tmp_path / "project é"
    (folder / "sub").mkdir()
    for skipped in ("node_modules", ".venv", "left-out"):
        (folder / skipped).mkdir()
        (folder / skipped / "requirements.txt").write_text("six\n")
    (folder / ".venv" / "pyvenv.cfg").write_text("")
    (folder / ".venv").rename(folder / "sub" / "elsewhere")
    (folder / "sub" / "requirements-dev.txt").write_text("# 😀\nsix\n")
    (folder / "requirements.txt").write_text("six\n")
    (folder / "Dockerfile").write_text("FROM debian:12\nRUN pip3 install six\n")
    (folder / "pep668.toml").write_text('exclude = ["left-out"]\n')
    session = await connected(connect)
    provider = session.server.diagnostic_provider
    assert provider is not None
    assert provider.workspace_diagnostics
    found = await answer(ask(session))
    assert {uri: codes(item) for uri, item in found.items()} == {
        session.uri("requirements.txt"): ["EM030"],
        session.uri("sub/requirements-dev.txt"): ["EM030"],
    }
    assert session.published == []


async def test_the_answer_waits_for_news(connect: Connect) -> None:
    session = await connected(connect)
    file = session.folder / "requirements.txt"
    file.write_text("six\n")
    first = await answer(ask(session))
    waiting = ask(session, ids(first))
    await asyncio.sleep(1)
    assert not waiting.done()
    file.write_text("# nothing\n")
    session.watched(types.FileChangeType.Changed, file)
    second = await answer(waiting)
    assert [codes(item) for item in second.values()] == [[]]
    waiting = ask(session, ids(second))
    file.write_text("attrs\n")
    session.watched(types.FileChangeType.Changed, file)
    third = await answer(waiting)
    assert [codes(item) for item in third.values()] == [["EM030"]]
    waiting = ask(session, ids(third))
    file.unlink()
    session.watched(types.FileChangeType.Deleted, file)
    [(uri, gone)] = (await answer(waiting)).items()
    assert (uri, list(gone.items), gone.result_id) == (file.as_uri(), [], None)


async def test_what_is_shown_on_disk_goes_away_without_an_event(connect: Connect) -> None:
    session = await connected(connect)
    (session.folder / "requirements.txt").write_text("six\n")
    first = await answer(ask(session))
    waiting = ask(session, ids(first))
    install(environment(session.folder), "six", "1.16.0")
    assert [codes(item) for item in (await answer(waiting)).values()] == [[]]


async def test_open_documents_answer_for_themselves(connect: Connect) -> None:
    session = await connected(connect)
    file = session.folder / "requirements.txt"
    file.write_text("six\n")
    known = ids(await answer(ask(session)))
    uri = session.open("requirements.txt", "# not saved\n")
    waiting = ask(session, known)
    await asyncio.sleep(1)
    assert not waiting.done()
    session.close(uri)
    closed = await session.pull(uri)  # as vscode-languageclient does
    assert isinstance(closed, types.RelatedFullDocumentDiagnosticReport)
    assert [d.code for d in closed.items] == ["EM030"]
    again = (await answer(waiting))[uri]
    assert codes(again) == ["EM030"]
    assert again.result_id != known[uri]


async def test_closed_documents_are_cleared(connect: Connect) -> None:
    """vscode-languageclient leaves that to the answer about the workspace."""
    session = await connected(connect)
    uri = session.open("Dockerfile", "FROM debian:12\nRUN pip3 install six\n")
    assert await session.pull(uri)
    waiting = ask(session)
    session.close(uri)
    assert {u: codes(item) for u, item in (await answer(waiting)).items()} == {uri: []}
    waiting = ask(session)
    await asyncio.sleep(1)
    assert not waiting.done()


async def test_many_files_come_in_parts(connect: Connect) -> None:
    session = await connected(connect)
    for number in range(45):
        (session.folder / f"requirements-{number}.txt").write_text("six\n")
    parts: list[Any] = []
    session.client.protocol.fm.features[types.PROGRESS] = parts.append
    report = await asyncio.wait_for(ask(session, token="parts"), 20)
    assert list(report.items) == []
    sizes = [len(part.value["items"] if isinstance(part.value, dict) else part.value.items) for part in parts]
    assert sizes == [20, 20, 5]


async def test_waiting_can_be_cancelled(connect: Connect) -> None:
    session = await connected(connect)
    waiting = ask(session)
    await asyncio.sleep(0.5)
    [number] = [k for k, v in session.client.protocol._request_futures.items() if not v.done()]
    session.client.cancel_request(types.CancelParams(number))
    with pytest.raises(Exception, match=r"[Cc]ancel"):
        await asyncio.wait_for(waiting, 5)


async def test_others_are_pushed(connect: Connect) -> None:
    session = await connected(connect, pull=False)
    file = session.folder / "requirements.txt"
    file.write_text("six\n")
    session.watched(types.FileChangeType.Created, file)
    uri = session.uri("requirements.txt")
    await session.shows(uri, ["EM030"], version=None)
    session.open("requirements.txt", "# nothing\n")
    await session.shows(uri, [])
    session.published.clear()
    session.close(uri)
    await session.shows(uri, ["EM030"], version=None)
    file.unlink()
    session.watched(types.FileChangeType.Deleted, file)
    await session.shows(uri, [], version=None)


@pytest.mark.usefixtures("connect")
async def test_huge_and_binary_files_are_left_alone(connect: Connect) -> None:
    session = await connected(connect)
    (session.folder / "requirements.txt").write_text("six\n" * (disk._LARGEST // 4 + 1))
    (session.folder / "requirements-binary.txt").write_bytes(b"six\n\0\n")
    (session.folder / "requirements-small.txt").write_text("six\n")
    assert list(await answer(ask(session))) == [session.uri("requirements-small.txt")]
