"""What follows `initialize`: logging, watchers, configuration, and what changes them later."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from . import disk, uris
from .session import Session

if TYPE_CHECKING:
    from .server import Server

SECTION = "pep668"
SETTINGS_FILES = ("pep668.toml", "pyproject.toml")
MACHINE_FILES = ("pyvenv.cfg", "pip.conf", "pip.ini", "*.dist-info", "*.dist-info/RECORD")

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
    server.disk.changed(names=True)


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
        patterns = dict.fromkeys((*SETTINGS_FILES, *MACHINE_FILES, *disk.patterns()))
        watchers = [types.FileSystemWatcher(f"**/{pattern}") for pattern in patterns]
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
        server.disk.changed(names=True)
        server.changed()


def saved(server: Server, uri: str) -> None:
    """A settings file that was edited here counts at once, whether or not the client watches files."""
    server.watch.glance()
    if not server.client.registers_watchers:
        files_changed(server, [types.FileEvent(uri, types.FileChangeType.Changed)])


def files_changed(server: Server, changes: Iterable[types.FileEvent]) -> None:
    paths = {uris.name_of(change.uri): change.type for change in changes}
    if any(uris.matches(path, SETTINGS_FILES) for path in paths):
        server.session.forget_settings()
        server.changed()
    if any(uris.matches(path, MACHINE_FILES) for path in paths):
        server.watch.soon()
    listed = [kind for path, kind in paths.items() if disk.is_candidate(path)]
    if listed:
        server.disk.changed(names=any(kind != types.FileChangeType.Changed for kind in listed))


async def folders_changed(server: Server, event: types.WorkspaceFoldersChangeEvent) -> None:
    for folder in event.removed:
        server.session.remove_folder(folder.uri)
    for folder in event.added:
        server.session.add_folder(folder.uri)
    server.session.forget_settings()
    server.session.forget_machine()
    server.disk.changed(names=True)
    await configure(server, None)
    server.changed()
