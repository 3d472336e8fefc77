"""Install a requirement into the workspace's environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pep668.context import Context
from pep668.environment.installed import installable_text, name_of, workspace_environment
from pep668.model import Finding, Fix, Requirement, RequirementsKind

from ._steps import create

RULES = ("EM031",)
ORDER = 10


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    environment = workspace_environment(context.machine, context.settings.environment_directory)
    if environment is None or not isinstance(finding.subject, Requirement):
        return
    name = name_of(environment)
    folder = environment.path.rstrip("/\\")[: -len(name)].rstrip("/\\") or "/"
    file = context.requirements
    text = installable_text(replace(finding.subject, marker=""))  # the rule has found that it holds
    whole = _inside(context.path, folder)
    if text is not None and file is not None and not file.sources:
        step = create(context, [text], [], [], folder, name)
        title = f"Install {finding.subject.name} into {name}"
    elif file is not None and file.kind is RequirementsKind.REQUIREMENTS and whole:
        # Its indexes, hashes and variables count in the file only.
        step = create(context, [], [whole], [], folder, name)
        title = f"Install all of {whole} into {name}"
    else:
        return
    if step is not None:
        yield Fix("install-requirement", title, steps=(step,), preferred=True)


def _inside(path: str, folder: str) -> str:
    """A path relative to a folder that holds it; "" for another."""
    if path.startswith(folder.rstrip("/") + "/"):
        return path[len(folder.rstrip("/")) + 1 :]
    return "" if path.startswith("/") or path[1:2] == ":" else path
