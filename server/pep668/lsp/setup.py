"""What follows `initialize`: logging, watchers, configuration, and what changes them later."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from . import uris
from .session import Session

if TYPE_CHECKING:
    from .server import Server

SECTION = "pep668"
SETTINGS_FILES = ("**/pep668.toml", "**/pyproject.toml")
MACHINE_FILES = ("**/pyvenv.cfg", "**/pip.conf", "**/pip.ini")

log = logging.getLogger(__name__)


def session(server: Server) -> Session:
    """The session of a client that has been initialized."""
    made = Session(server.tell)
    for folder in server.workspace.folders.values():
        made.add_folder(folder.uri)
    if not made.folders and server.workspace.root_uri:
        made.add_folder(server.workspace.root_uri)
    made.configuration.set_editor(None, server.options.get("settings"))
    return made


async def initialized(server: Server) -> None:
    _register(server)
    current = server.session
    await configure(server, None)
    await server.in_thread(lambda: _warm_up(current))


def _warm_up(current: Session) -> None:
    """Import and read what the first answers need."""
    from pep668 import languages, rules

    from . import diagnostics, requests  # noqa: F401

    languages.all_languages()
    rules.all_rules()
    for _, folder in current.folders:
        current.machine(folder)


def _register(server: Server) -> None:
    wanted: list[types.Registration] = []
    if server.client.registers_watchers:
        watchers = [types.FileSystemWatcher(pattern) for pattern in SETTINGS_FILES + MACHINE_FILES]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted.append(types.Registration("watchers", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if server.client.registers_configuration:
        section = types.DidChangeConfigurationRegistrationOptions(SECTION)
        wanted.append(types.Registration("configuration", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
    if wanted:
        server.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(wanted))


async def configure(server: Server, pushed: object) -> None:
    """Take the editor's settings: asked for where the client can be asked, else as pushed."""
    configuration = server.session.configuration
    if not server.client.configuration:
        if not isinstance(pushed, dict):
            return
        new = configuration.set_editor(None, pushed.get(SECTION, pushed))
    else:
        folders = server.session.folders
        wanted = [types.ConfigurationItem(section=SECTION)]
        wanted += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri, _ in folders]
        try:
            answers: list[Any] = list(await server.workspace_configuration_async(types.ConfigurationParams(wanted)))
        except JsonRpcException as error:
            log.warning("%s: %s", types.WORKSPACE_CONFIGURATION, error)
            return
        scopes = [None, *(path for _, path in folders)]
        answered = zip(scopes, answers, strict=False)
        new = sum(configuration.set_editor(scope, values) for scope, values in answered) > 0
    if new:
        server.session.forget_settings()
        server.changed()


def saved(server: Server, uri: str) -> None:
    """A settings file that was edited here counts at once, whether or not the client watches files."""
    if not server.client.registers_watchers:
        files_changed(server, [uri])


def files_changed(server: Server, changed: list[str]) -> None:
    names = {uris.name_of(uri).replace("\\", "/").rpartition("/")[2] for uri in changed}
    settings = names & {pattern.rpartition("/")[2] for pattern in SETTINGS_FILES}
    machine = names & {pattern.rpartition("/")[2] for pattern in MACHINE_FILES}
    if settings:
        server.session.forget_settings()
    if machine:
        server.session.forget_machine()
    if settings or machine:
        server.changed()


async def folders_changed(server: Server, event: types.WorkspaceFoldersChangeEvent) -> None:
    for folder in event.removed:
        server.session.remove_folder(folder.uri)
    for folder in event.added:
        server.session.add_folder(folder.uri)
    server.session.forget_settings()
    server.session.forget_machine()
    await configure(server, None)
    server.changed()
