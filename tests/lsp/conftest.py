"""A server as a process, and clients of several kinds that talk to it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

SERVER = Path(__file__).parents[2] / "server"
PUSH = types.PublishDiagnosticsClientCapabilities(
    related_information=True, version_support=True, code_description_support=True, data_support=True
)
ACTIONS = types.CodeActionClientCapabilities(
    code_action_literal_support=types.ClientCodeActionLiteralOptions(
        types.ClientCodeActionKindOptions(value_set=[types.CodeActionKind.QuickFix])
    ),
    is_preferred_support=True,
)
HOVER = types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown, types.MarkupKind.PlainText])

# Refused wherever the tests run: the place where it runs is part of the text.
DOCKERFILE = "FROM debian:12\nRUN pip3 install six\n"

_NOTEBOOKS = types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities())


def capabilities(
    *,
    pull: bool = False,
    text: dict[str, Any] | None = None,
    workspace: dict[str, Any] | None = None,
    window: dict[str, Any] | None = None,
    notebooks: bool = False,
    encodings: list[str] | None = None,
) -> types.ClientCapabilities:
    """A client that pushes or pulls diagnostics and knows the rest that clients usually know."""
    document = {"publish_diagnostics": PUSH, "code_action": ACTIONS, "hover": HOVER, **(text or {})}
    if pull:
        document["diagnostic"] = types.DiagnosticClientCapabilities()
    edits = types.WorkspaceEditClientCapabilities(document_changes=True)
    general = types.GeneralClientCapabilities(
        position_encodings=[types.PositionEncodingKind(e) for e in encodings or ["utf-16"]]
    )
    return types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(**document),
        workspace=types.WorkspaceClientCapabilities(**{"workspace_edit": edits, **(workspace or {})}),
        window=types.WindowClientCapabilities(**(window or {})),
        notebook_document=_NOTEBOOKS if notebooks else None,
        general=general,
    )


@dataclass
class Session:
    """A client, connected, and the folder that is open in it."""

    client: LanguageClient
    folder: Path
    server: types.ServerCapabilities
    published: list[types.PublishDiagnosticsParams] = field(default_factory=list)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "", version: int = 1) -> str:
        uri = name if ":" in name else self.uri(name)
        item = types.TextDocumentItem(uri, language or _language(name), version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def change(self, uri: str, version: int, *changes: tuple[tuple[int, int], tuple[int, int], str] | str) -> None:
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [
                    types.TextDocumentContentChangeWholeDocument(c)
                    if isinstance(c, str)
                    else types.TextDocumentContentChangePartial(span(c[0], c[1]), c[2])
                    for c in changes
                ],
            )
        )

    def watched(self, kind: types.FileChangeType, *paths: Path) -> None:
        """What a client that watches files says."""
        events = [types.FileEvent(path.as_uri(), kind) for path in paths]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    async def pushed(self, uri: str, version: int | None) -> list[types.Diagnostic]:
        """What was pushed for that version."""
        return list((await self.until(lambda: self._last(uri, version))).diagnostics)

    async def shows(self, uri: str, codes: list[str], version: int | None = 1) -> None:
        """Waits until these are pushed: what was on its way before a change may come first."""

        def shown() -> bool:
            last = self._last(uri, version)
            return last is not None and [d.code for d in last.diagnostics] == codes

        await self.until(shown)

    def _last(self, uri: str, version: int | None) -> types.PublishDiagnosticsParams | None:
        return next((p for p in reversed(self.published) if p.uri == uri and p.version == version), None)

    async def pull(self, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=previous)
        )

    async def actions(
        self, uri: str, at: tuple[int, int], only: list[types.CodeActionKind] | None = None, shown: Any = ()
    ) -> list[Any]:
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), span(at, at), types.CodeActionContext(list(shown), only=only)
            )
        )
        return list(found or ())

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        return await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        )

    async def lenses(self, uri: str) -> list[types.CodeLens]:
        found = await self.client.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(uri)))
        return list(found or ())

    async def send(self, method: str, params: Any) -> Any:
        return await self.client.protocol.send_request_async(method, params)  # type: ignore[no-untyped-call]

    async def until(self, found: Callable[[], Any], seconds: float = 20.0) -> Any:
        """The first value that is something; fails when there is none in that time."""
        for _ in range(int(seconds * 100)):
            value = found()
            if value:
                return value
            await asyncio.sleep(0.01)
        raise AssertionError(f"not seen in {seconds} s; last published: {self.published[-1:]}")


def span(start: tuple[int, int], end: tuple[int, int]) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))


def _language(name: str) -> str:
    return {".sh": "shellscript", ".txt": "pip-requirements"}.get(Path(name).suffix, "plaintext")


Connect = Callable[..., Awaitable[Session]]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A machine whose only Python, in front on PATH, is marked; its home is empty."""
    root = tmp_path / "machine"
    library = root / "lib" / "python3.11"
    (root / "bin").mkdir(parents=True)
    library.mkdir(parents=True)
    for name in ("python3", "pip3", "pip"):
        program = root / "bin" / name
        program.write_text(f"#!{root}/bin/python3\n" if name != "python3" else "\x7fELF")
        program.chmod(0o755)
    (library / "os.py").write_text("")
    (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=Ask the distribution.\n")
    home = tmp_path / "home"
    home.mkdir()
    return {"PATH": f"{root}/bin", "HOME": str(home), "PYTHONPATH": str(SERVER), "LANG": "C.UTF-8"}


@pytest_asyncio.fixture
async def connect(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[Connect]:
    """Starts a server and a client of the given capabilities; at the end both must part without trouble."""
    folder = tmp_path / "project é"
    folder.mkdir()
    sessions: list[Session] = []

    async def start(
        wanted: types.ClientCapabilities | None = None, options: Any = None, folders: list[Path] | None = None
    ) -> Session:
        config = ClientServerConfig([sys.executable, "-m", "pep668", "server"], server_env={**environ})
        client = await config.start()
        assert isinstance(client, LanguageClient)
        published: list[types.PublishDiagnosticsParams] = []
        client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = published.append
        result = await client.initialize_session(
            types.InitializeParams(
                capabilities=wanted or capabilities(),
                workspace_folders=[types.WorkspaceFolder(f.as_uri(), f.name) for f in folders or [folder]],
                initialization_options=options,
            )
        )
        sessions.append(Session(client, folder, result.capabilities, published))
        return sessions[-1]

    yield start
    for session in sessions:
        await session.client.shutdown_session()
        assert session.client._server is not None
        assert session.client._server.returncode == 0
        await session.client.stop()  # type: ignore[no-untyped-call]


def environment(folder: Path) -> Path:
    """A folder that looks like a virtual environment to who reads it."""
    found = folder / ".venv"
    (found / "bin").mkdir(parents=True)
    (found / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n")
    os.symlink(sys.executable, found / "bin" / "python")
    (found / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return found


def install(environment: Path, name: str, version: str) -> Path:
    """What is left behind in an environment by the install of a distribution: its dist-info folder."""
    [packages] = environment.glob("lib/*/site-packages")
    found = packages / f"{name}-{version}.dist-info"
    found.mkdir()
    (found / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (found / "RECORD").write_text("")
    return found
