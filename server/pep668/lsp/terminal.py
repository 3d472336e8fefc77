"""Terminals: what a client forwards, and what is said to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from pep668 import explain as explanations

from . import observations, uris

if TYPE_CHECKING:
    from .server import Server


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

    @classmethod
    def of(cls, params: object) -> Execution:
        """Raises JsonRpcInvalidParams, with the field's name, for what cannot be used."""
        if not isinstance(params, dict):
            raise JsonRpcInvalidParams("the parameters must be an object")

        def field(name: str, *kinds: type) -> Any:
            value = params.get(name)
            if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
                raise JsonRpcInvalidParams(f"'{name}' must be {kinds[0].__name__} or null")
            return value

        folder = uris.local(field("workspaceFolder", str))
        return cls(
            command_line=field("commandLine", str) or "",
            cwd=uris.local(field("cwd", str)) or folder,
            exit_code=field("exitCode", int),
            output=field("output", str) or "",
            running=field("running", bool) or False,
            shell=field("shell", str) or "",
            folder=folder,
        )


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
            machine=session.machine(place),
            settings=settings,
            files=files,
        )

    changed, found = await server.in_thread(work)
    if changed:
        server.changed()
    return found
