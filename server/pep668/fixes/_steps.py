"""The step that makes an environment on this machine (docs/protocol.md, `pep668.createEnvironment`)."""

from __future__ import annotations

from collections.abc import Sequence

from pep668.context import Context
from pep668.model import Requirement, RequirementsFile, RequirementsKind, Step

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


def contents(file: RequirementsFile, path: str) -> tuple[list[str], list[str], list[str]]:
    """Packages, requirements files and editable projects that install a whole file.

    `path` is the file's, relative to the folder. Empty where pip would look elsewhere than the file says.
    """
    if file.kind is RequirementsKind.REQUIREMENTS:
        return [], [path], []
    if file.sources:
        return [], [], []
    if file.kind is RequirementsKind.PROJECT:
        return [], [], [path.rpartition("/")[0] or "."]
    packages = (installable_text(r) for r in file.requirements if r.group not in ("build-system", "conda"))
    return [p for p in dict.fromkeys(packages) if p], [], []


def installable_text(requirement: Requirement) -> str | None:
    """A requirement as an argument of `pip install`; None where only its own file can say it.

    Variables are replaced in files only, and a path is relative to the file; a name instead would install another
    project than the one that is meant.
    """
    if "$" in requirement.text or (requirement.url and "://" not in requirement.url):
        return None
    return f"{requirement.text} ; {requirement.marker}" if requirement.marker else requirement.text


def _uri(folder: str) -> str | None:
    from pathlib import PurePosixPath, PureWindowsPath  # not needed to find anything, only to offer this

    for path in (PurePosixPath(folder), PureWindowsPath(folder)):
        if path.is_absolute():
            return path.as_uri()
    return None
