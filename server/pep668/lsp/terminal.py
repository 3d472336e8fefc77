"""Terminals: what a client forwards, and what is said to it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from pep668 import explain as explanations

from . import observations, uris

if TYPE_CHECKING:
    from .server import Server


log = logging.getLogger(__name__)

_MOST_TERMINALS = 100


@dataclass(frozen=True, slots=True)
class Execution:
    """The parameters of `pep668/terminalExecution` and `pep668/explain`; see docs/protocol.md."""

    command_line: str = ""
    cwd: str | None = None
    exit_code: int | None = None
    output: str = ""
    running: bool = False
    shell: str = ""
    folder: str | None = None
    terminal: str = ""
    interpreter: str | None = None
    walked: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: object) -> Execution:
        """Raises JsonRpcInvalidParams, with the field's name, for what cannot be used."""
        field = _fields(params)
        walked = field("walked", list) or []
        folder = uris.local(field("workspaceFolder", str))
        return cls(
            command_line=field("commandLine", str) or "",
            cwd=uris.local(field("cwd", str)) or folder,
            exit_code=field("exitCode", int),
            output=field("output", str) or "",
            running=field("running", bool) or False,
            shell=field("shell", str) or "",
            folder=folder,
            terminal=field("terminal", str) or "",
            interpreter=uris.local(field("interpreter", str)),
            walked=tuple(step for step in walked if isinstance(step, str)),
        )


class Terminals:
    """What was typed before, by terminal; of so many that nobody has more open."""

    def __init__(self) -> None:
        self._histories: OrderedDict[str, explanations.History] = OrderedDict()

    def of(self, terminal: str) -> explanations.History:
        """The history of a terminal; an empty one where none is named."""
        if not terminal:
            return explanations.History()
        found = self._histories.setdefault(terminal, explanations.History())
        self._histories.move_to_end(terminal)
        if len(self._histories) > _MOST_TERMINALS:
            self._histories.popitem(last=False)
        return found

    def forget(self, terminal: str) -> None:
        self._histories.pop(terminal, None)


def terminals(server: Server) -> Terminals:
    if server.terminals is None:
        server.terminals = Terminals()
    return server.terminals


def _fields(params: object) -> Callable[..., Any]:
    """Reads fields of a message's parameters; raises JsonRpcInvalidParams for those of another type."""
    if not isinstance(params, dict):
        raise JsonRpcInvalidParams("the parameters must be an object")

    def field(name: str, *kinds: type) -> Any:
        value = params.get(name)
        if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise JsonRpcInvalidParams(f"'{name}' must be {kinds[0].__name__} or null")
        return value

    return field


def ended(server: Server, params: object) -> None:
    """`pep668/terminalExecutionEnded`: something may no longer be true. No parameters are fine."""
    _remember(server, params)
    observations.ended(server, params)
    server.watch.soon()


def _remember(server: Server, params: object) -> None:
    """What counts for the lines after it."""
    if params is None:
        return
    try:
        field = _fields(params)
        terminal, line, code = field("terminal", str), field("commandLine", str), field("exitCode", int)
        cwd = uris.local(field("cwd", str)) or ""
        shell = field("shell", str) or ""
    except JsonRpcInvalidParams as error:  # nobody waits for an answer
        log.warning("pep668/terminalExecutionEnded: %s", error.message)
        return
    if terminal and line:
        terminals(server).of(terminal).note(line, code, cwd, shell)


def closed(server: Server, params: object) -> None:
    """`pep668/terminalClosed`."""
    terminal = params.get("terminal") if isinstance(params, dict) else None
    if isinstance(terminal, str):
        terminals(server).forget(terminal)


async def advise(server: Server, params: object) -> dict[str, Any] | None:
    """The answer to `pep668/terminalExecution`."""
    execution = Execution.of(params)
    found = await _explained(server, execution)
    observations.note(server, execution.command_line, execution.cwd or "", execution.exit_code, found)
    return None if found.advice is None else observations.with_places(server, found.advice).to_json()


async def explain(server: Server, params: object) -> dict[str, Any]:
    """The answer to `pep668/explain`."""
    found = await _explained(server, Execution.of(params))
    return {"markdown": found.markdown}


async def _explained(server: Server, execution: Execution) -> Any:
    session = server.session
    settings = session.settings_of(execution.cwd)
    place = execution.cwd or ""
    files = observations.files(server, execution.cwd, execution.folder)
    root = session.folder_of(execution.cwd) or execution.folder or ""
    history = terminals(server).of(execution.terminal)

    def work() -> tuple[bool, Any]:
        session.read_packages()
        # What ran may have made an environment, or half of one.
        changed = not execution.running and session.look_again()
        return changed, explanations.explain(
            execution.output,
            command=execution.command_line,
            exit_code=execution.exit_code,
            cwd=execution.cwd or "",
            shell=execution.shell,
            machine=session.fresh(place),
            settings=settings,
            files=files,
            history=history,
            interpreter=execution.interpreter,
            walked=execution.walked,
            root=root,
            look=session.fresh,
        )

    changed, found = await server.in_thread(work)
    if changed:
        server.changed()
    return found
