"""The commands: creating an environment with progress and cancellation, showing what cannot be applied."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pep668 import provision
from pep668.settings import SettingsError, from_mapping

from . import protocol, uris

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger(__name__)

_ANSWER = 5.0  # seconds that a client gets to make room for the progress


class _Invalid(ValueError):
    """Arguments that cannot be used; the message says which."""


async def create(server: Server, arguments: list[Any], token: types.ProgressToken | None) -> dict[str, Any]:
    """`pep668.createEnvironment`: see docs/protocol.md. Never blocks the loop."""
    if not server.trusted:
        return _failed("This workspace is not trusted: nothing is created in it.")
    try:
        request = _request(server, arguments)
    except _Invalid as error:
        return _failed(str(error))
    place = os.path.join(request.folder, request.directory)
    if place in server.busy:
        return _failed(f"{request.directory} is being created already.")
    task = asyncio.current_task()
    assert task is not None
    server.busy[place] = task
    try:
        async with _Progress(server, f"Creating {request.directory}", token) as progress:
            result = await _run(server, request, progress)
    finally:
        del server.busy[place]
    server.session.forget_machine()
    server.changed()
    if result.ok and result.path and result.python:
        created = {"folder": uris.from_path(request.folder), "path": result.path, "python": result.python}
        server.protocol.notify(protocol.ENVIRONMENT_CREATED, created)
    return {
        "ok": result.ok,
        "path": result.path,
        "python": result.python,
        "created": result.created,
        "message": result.message,
        "help": result.help,
    }


async def _run(server: Server, request: provision.EnvironmentRequest, progress: _Progress) -> Any:
    session, stop = server.session, progress.cancelled

    def work() -> Any:
        machine = session.machine(request.folder)
        return provision.create_environment(request, machine, report=progress.report, cancelled=stop.is_set)

    running = asyncio.ensure_future(server.in_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([running])  # what it began it takes back
        raise


def _request(server: Server, arguments: list[Any]) -> provision.EnvironmentRequest:
    given = arguments[0] if arguments else None
    if not isinstance(given, dict):
        raise _Invalid("pep668.createEnvironment takes one object with a 'folder'.")
    folder = uris.local(_text(given, "folder"))
    if folder is None:
        raise _Invalid("'folder' must be the URI or path of a folder on this machine.")
    settings = server.session.configuration.of(folder, server.session.folder_of(folder))
    directory = _text(given, "directory") or settings.environment_directory
    try:
        from_mapping({"environment-directory": directory}, "directory")
    except SettingsError as error:
        raise _Invalid(str(error)) from None
    return provision.EnvironmentRequest(
        folder=folder,
        directory=directory,
        requirements=_texts(given, "requirements"),
        packages=_texts(given, "packages"),
        editable=_texts(given, "editable"),
        prefer_uv=settings.prefer_uv,
    )


def _text(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise _Invalid(f"'{key}' must be a string.")
    return value


def _texts(given: dict[str, Any], key: str) -> tuple[str, ...]:
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _Invalid(f"'{key}' must be a list of strings.")
    return tuple(value)


def _failed(message: str) -> dict[str, Any]:
    return {"ok": False, "path": None, "python": None, "created": False, "message": message, "help": None}


class _Progress:
    """Work-done progress, under the client's token or one of our own; silent where the client shows none."""

    def __init__(self, server: Server, title: str, token: types.ProgressToken | None) -> None:
        self.cancelled = threading.Event()
        self._server = server
        self._title = title
        self._token = token
        self._shown = token is not None
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> _Progress:
        if self._token is None:
            self._token = f"pep668-{id(self)}"
            self._shown = self._server.client.progress and await self._create()
        self._server.running[self._token] = self.cancelled
        self._send(types.WorkDoneProgressBegin(self._title, cancellable=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._token is not None
        self._server.running.pop(self._token, None)
        self._send(types.WorkDoneProgressEnd())

    def report(self, message: str) -> None:
        """May be called from any thread."""
        self._loop.call_soon_threadsafe(self._send, types.WorkDoneProgressReport(message=message))

    async def _create(self) -> bool:
        assert self._token is not None
        create = types.WorkDoneProgressCreateParams(self._token)
        try:
            await asyncio.wait_for(self._server.window_work_done_progress_create_async(create), _ANSWER)
        except (JsonRpcException, asyncio.TimeoutError) as error:
            log.warning("no progress shown: %s", error or "the client does not answer")
            return False
        return True

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        if self._shown and self._token is not None:
            self._server.progress(types.ProgressParams(self._token, value))


def show_fix(server: Server, arguments: list[Any]) -> None:
    """`pep668.showFix`: the explanation of a fix that cannot be an edit."""
    given = arguments[0] if arguments else None
    if isinstance(given, dict):
        parts = [given[key] for key in ("title", "explanation") if isinstance(given.get(key), str) and given[key]]
        if parts:
            server.tell("\n\n".join(parts), types.MessageType.Info)
