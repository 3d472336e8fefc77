"""The step that makes an environment on this machine (docs/protocol.md, `pep668.createEnvironment`)."""

from __future__ import annotations

from collections.abc import Sequence

from pep668.context import Context
from pep668.model import Step

COMMAND = "pep668.createEnvironment"


def create(
    context: Context,
    packages: Sequence[str],
    requirements: Sequence[str],
    editable: Sequence[str],
    folder: str = "",
    directory: str = "",
) -> Step | None:
    """Paths are relative to `folder` ("": the machine's); `directory` is the environment's name ("": the settings').

    None where machine or folder are not known.
    """
    if context.machine is None:
        return None
    uri = _uri(folder or context.machine.folder)
    if uri is None:
        return None
    arguments: dict[str, object] = {"folder": uri, "directory": directory or context.settings.environment_directory}
    for key, values in (("packages", packages), ("requirements", requirements), ("editable", editable)):
        if values:
            arguments[key] = list(values)
    return Step(COMMAND, arguments)


def _uri(folder: str) -> str | None:
    from pathlib import PurePosixPath, PureWindowsPath  # not needed to find anything, only to offer this

    for path in (PurePosixPath(folder), PureWindowsPath(folder)):
        if path.is_absolute():
            return path.as_uri()
    return None
