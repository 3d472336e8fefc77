"""Settings from the editor and from files, and what is said about broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from .conftest import DOCKERFILE, Connect, Session, capabilities

pytestmark = pytest.mark.asyncio

CONFIGURATION = {"configuration": True}


def watched(session: Session, path: Path) -> None:
    change = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
    session.published.clear()
    session.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))


async def codes(session: Session, uri: str, version: int = 1) -> list[object]:
    return [d.code for d in await session.pushed(uri, version)]


@pytest.mark.parametrize("settings", [{"ignore": ["EM"]}, {"select": ["EM006"], "trace": {"server": "off"}}])
async def test_settings_in_initialization_options(connect: Connect, settings: dict[str, object]) -> None:
    session = await connect(options={"settings": settings})
    await session.shows(session.open("Dockerfile", DOCKERFILE), [])


async def test_camel_case_and_unset_values_of_an_editor(connect: Connect) -> None:
    session = await connect(options={"settings": {"environmentDirectory": "env", "preferUv": None, "select": None}})
    [lens] = await session.lenses(session.open("requirements.txt", "six\n"))
    assert lens.command is not None
    assert lens.command.arguments is not None
    assert lens.command.arguments[0]["directory"] == "env"  # type: ignore[index]


async def test_configuration_that_is_asked_for(connect: Connect) -> None:
    session = await connect(capabilities(workspace=CONFIGURATION))
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.shows(uri, ["EM001"])
    session.client.set_configuration({"ignore": ["EM001"]}, section="pep668")
    session.published.clear()
    session.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await session.shows(uri, [])


async def test_configuration_that_is_pushed(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.shows(uri, ["EM001"])
    session.published.clear()
    changed = {"pep668": {"severity": {"EM001": "hint"}}}
    session.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(changed))
    [found] = await session.pushed(uri, 1)
    assert found.severity == types.DiagnosticSeverity.Hint


async def test_each_folder_has_its_own(connect: Connect, tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    (folders[0] / "pep668.toml").write_text('ignore = ["EM001"]\n')
    session = await connect(folders=folders)
    uris = [session.open((folder / "Dockerfile").as_uri(), DOCKERFILE) for folder in folders]
    assert [await codes(session, uri) for uri in uris] == [[], ["EM001"]]


async def test_ignores_by_file(connect: Connect) -> None:
    settings = {"perFileIgnores": {"quiet/**": ["EM001"]}}
    session = await connect(options={"settings": settings})
    assert await codes(session, session.open("quiet/deep/Dockerfile", DOCKERFILE)) == []
    assert await codes(session, session.open("Dockerfile", DOCKERFILE)) == ["EM001"]
    (session.folder / "sub").mkdir()
    (session.folder / "sub" / "pep668.toml").write_text('per-file-ignores = {"/a/*" = ["EM001"]}\n')
    assert await codes(session, session.open("sub/a/Dockerfile", DOCKERFILE)) == []
    assert await codes(session, session.open("sub/quiet/Dockerfile", DOCKERFILE)) == ["EM001"]


async def test_a_folder_is_added_and_removed(connect: Connect, tmp_path: Path) -> None:
    session = await connect()
    other = tmp_path / "other"
    (other / "deep").mkdir(parents=True)
    (other / "pep668.toml").write_text('ignore = ["EM001"]\n')
    uri = session.open((other / "deep" / "Dockerfile").as_uri(), DOCKERFILE)
    await session.shows(uri, [])  # found upward, though no folder is open there
    session.published.clear()
    added = types.WorkspaceFolder((other / "deep").as_uri(), "deep")
    event = types.WorkspaceFoldersChangeEvent(added=[added], removed=[])
    session.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await session.shows(uri, ["EM001"])  # a project's settings do not come from above it
    session.published.clear()
    event = types.WorkspaceFoldersChangeEvent(added=[], removed=[added])
    session.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await session.shows(uri, [])


async def test_files_above_the_editor(connect: Connect) -> None:
    session = await connect(options={"settings": {"ignore": ["EM001"], "environment-directory": "env"}})
    (session.folder / "pyproject.toml").write_text("[tool.pep668]\nignore = []\n")
    await session.shows(session.open("sub/Dockerfile", DOCKERFILE), ["EM001"])
    [lens] = await session.lenses(session.open("requirements.txt", "six\n"))
    assert lens.command is not None
    assert lens.command.arguments is not None
    assert lens.command.arguments[0]["directory"] == "env"  # type: ignore[index]


async def test_a_settings_file_that_changes_counts(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.shows(uri, ["EM001"])
    file = session.folder / "pep668.toml"
    file.write_text('ignore = ["EM001"]\n')
    watched(session, file)
    await session.shows(uri, [])
    file.unlink()
    watched(session, file)
    await session.shows(uri, ["EM001"])


async def test_saving_is_enough_for_a_client_that_does_not_watch(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.shows(uri, ["EM001"])
    file = session.folder / "pep668.toml"
    file.write_text('ignore = ["EM001"]\n')
    session.published.clear()
    saved = types.TextDocumentIdentifier(file.as_uri())
    session.client.text_document_did_save(types.DidSaveTextDocumentParams(saved))
    await session.shows(uri, [])


async def test_watchers_are_registered_where_the_client_can(connect: Connect) -> None:
    workspace = {
        "did_change_watched_files": types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        "did_change_configuration": types.DidChangeConfigurationClientCapabilities(dynamic_registration=True),
    }
    registered: list[types.Registration] = []

    async def start() -> Session:
        session = await connect(capabilities(workspace=workspace))
        session.client.protocol.fm.features[types.CLIENT_REGISTER_CAPABILITY] = lambda params: registered.extend(
            params.registrations
        )
        return session

    session = await start()
    await session.until(lambda: len(registered) == 2)
    by_method = {r.method: r.register_options for r in registered}
    patterns = [w["globPattern"] for w in by_method["workspace/didChangeWatchedFiles"]["watchers"]]  # type: ignore[index]
    assert len(patterns) == len(set(patterns))
    for name in ("pep668.toml", "pyproject.toml", "pyvenv.cfg", "pip.conf", "requirements.txt", "*.dist-info/RECORD"):
        assert f"**/{name}" in patterns
    assert by_method["workspace/didChangeConfiguration"] == {"section": "pep668"}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pep668.toml", "ignore = 3\n", ["pep668.toml", "'ignore'", "list of strings"]),
        ("pep668.toml", "ignroe = []\n", ["pep668.toml", "'ignroe'", "environment-directory"]),
        ("pep668.toml", "ignore = [\n", ["pep668.toml", "not valid TOML"]),
        ("pyproject.toml", "[tool.pep668]\nselect = 'EM'\n", ["pyproject.toml", "'select'"]),
    ],
)
async def test_a_broken_settings_file_is_told_once(connect: Connect, name: str, text: str, says: list[str]) -> None:
    session = await connect()
    file = session.folder / name
    file.write_text(text)
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.shows(uri, ["EM001"])  # by the defaults
    await session.until(lambda: session.client.messages)
    watched(session, file)
    await codes(session, uri)
    [message] = session.client.messages
    assert message.type == types.MessageType.Warning
    assert all(part in message.message for part in [*says, str(session.folder)])
    file.write_text('ignore = ["EM001"]\n' if name == "pep668.toml" else '[tool.pep668]\nignore = ["EM001"]\n')
    watched(session, file)
    await session.shows(uri, [])
    file.write_text(text)
    watched(session, file)
    await session.shows(uri, ["EM001"])
    await session.until(lambda: len(session.client.messages) == 2)  # broken anew


async def test_a_settings_file_that_is_not_text(connect: Connect) -> None:
    session = await connect()
    (session.folder / "pep668.toml").write_bytes(b"\xff\xfe")
    await session.shows(session.open("Dockerfile", DOCKERFILE), ["EM001"])
    await session.until(lambda: [m for m in session.client.messages if "not valid UTF-8" in m.message])


async def test_a_pyproject_without_our_table_is_not_our_business(connect: Connect) -> None:
    session = await connect()
    (session.folder / "pyproject.toml").write_text("[project\n")
    await session.shows(session.open("Dockerfile", DOCKERFILE), ["EM001"])
    assert session.client.messages == []


async def test_broken_settings_of_the_editor_are_told(connect: Connect) -> None:
    session = await connect(options={"settings": {"ignore": "EM001"}})
    await session.shows(session.open("Dockerfile", DOCKERFILE), ["EM001"])
    await session.until(lambda: [m for m in session.client.messages if "'ignore'" in m.message])
