"""What is installed, or made, is noticed: by events, and without them."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from pep668.lsp.disk import is_candidate

from .conftest import Connect, Session, capabilities, environment, install

pytestmark = pytest.mark.asyncio

CREATED = types.FileChangeType.Created


async def codes(session: Session, uri: str, pull: bool, version: int | None = 1) -> list[str]:
    if not pull:
        return [str(d.code) for d in await session.pushed(uri, version)]
    report = await session.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    return [str(d.code) for d in report.items]


def refreshing(session: Session) -> list[object]:
    """The refreshes that the server asks for from now on."""
    seen: list[object] = []
    session.client.protocol.fm.features[types.WORKSPACE_DIAGNOSTIC_REFRESH] = lambda _: seen.append(1)
    return seen


REFRESHES = {"diagnostics": types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/p/requirements.txt", True),
        ("/p/dev-requirements.txt", True),
        ("/p/requirements/dev.txt", True),
        ("/p/pyproject.toml", True),
        ("/p/conda/environment.yml", True),
        ("/p/notes/dev.txt", False),
        ("/p/requirements.txt/x", False),
        ("C:\\p\\requirements\\dev.in", True),
    ],
)
async def test_what_may_list_requirements(path: str, wanted: bool) -> None:
    assert is_candidate(path) is wanted


@pytest.mark.parametrize("event", ["watched", "terminal", "nothing"])
async def test_a_requirement_that_is_installed(connect: Connect, event: str) -> None:
    session = await connect()
    made = environment(session.folder)
    uri = session.open("requirements.txt", "six>=1.10\nattrs\n")
    assert await codes(session, uri, pull=False) == ["EM031", "EM031"]
    found = install(made, "six", "1.16.0")
    if event == "watched":
        session.watched(CREATED, found, found / "RECORD")
    elif event == "terminal":
        session.client.protocol.notify("pep668/terminalExecutionEnded", None)
    await session.shows(uri, ["EM031"])
    shutil.rmtree(found)
    if event == "watched":
        session.watched(types.FileChangeType.Deleted, found)
    elif event == "terminal":
        session.client.protocol.notify("pep668/terminalExecutionEnded", None)
    await session.shows(uri, ["EM031", "EM031"])


async def test_a_pulling_client_is_asked_to_pull(connect: Connect) -> None:
    session = await connect(capabilities(pull=True, workspace=REFRESHES))
    seen = refreshing(session)
    made = environment(session.folder)
    uri = session.open("requirements.txt", "six\n")
    assert await codes(session, uri, pull=True) == ["EM031"]
    seen.clear()
    install(made, "six", "1.16.0")
    await session.until(lambda: seen)
    assert await codes(session, uri, pull=True) == []


async def test_the_fallback_sees_environments_come_and_go(connect: Connect) -> None:
    session = await connect()
    uri = session.open("requirements.txt", "six\n")
    await session.shows(uri, ["EM030"])
    install(environment(session.folder), "six", "1.16.0")
    await session.shows(uri, [])
    shutil.rmtree(session.folder / ".venv")
    await session.shows(uri, ["EM030"])


async def test_nothing_is_looked_at_while_no_requirements_are_shown(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", "FROM debian:12\nRUN pip3 install six\n")
    assert await session.pushed(uri, 1)
    await asyncio.sleep(1)  # a look has been taken
    session.published.clear()
    environment(session.folder)
    await asyncio.sleep(3)
    assert session.published == []


async def test_the_nearest_environment_counts(connect: Connect) -> None:
    """Nested projects, one with an environment that comes later."""
    session = await connect()
    for name in ("one", "two"):
        (session.folder / name).mkdir()
    install(environment(session.folder), "six", "1.16.0")
    environment(session.folder / "one")
    one = session.open("one/requirements.txt", "six\n")
    two = session.open("two/deep/requirements.txt", "six\n")
    assert await codes(session, one, pull=False) == ["EM031"]
    assert await codes(session, two, pull=False) == []
    environment(session.folder / "two")
    await session.shows(two, ["EM031"])


async def test_each_folder_of_a_workspace_has_its_own(connect: Connect, tmp_path: Path) -> None:
    folders = [tmp_path / "project é", tmp_path / "other"]
    folders[1].mkdir()
    session = await connect(folders=folders)
    install(environment(folders[0]), "six", "1.16.0")
    environment(folders[1])
    first = session.open((folders[0] / "requirements.txt").as_uri(), "six\n", "pip-requirements")
    second = session.open((folders[1] / "requirements.txt").as_uri(), "six\n", "pip-requirements")
    assert await codes(session, first, pull=False) == []
    assert await codes(session, second, pull=False) == ["EM031"]
