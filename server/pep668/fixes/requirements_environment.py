"""Create the environment of a requirements file's folder and install the file there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.installed import contents
from pep668.model import Finding, Fix, RequirementsFile, RequirementsKind

from ._steps import create

RULES = ("EM030",)
ORDER = 10


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    if context.machine is None or not context.path or not isinstance(finding.subject, RequirementsFile):
        return
    # The environment belongs to the folder that is open, also for requirements/dev.txt.
    folder, name = context.machine.folder.rstrip("/"), context.path
    if folder and name.startswith(f"{folder}/"):
        name = name[len(folder) + 1 :]
    elif posixpath.isabs(name):
        folder, name = posixpath.split(name)
    wanted = contents(finding.subject, name)
    step = create(context, *wanted, folder)
    if step is not None:
        what = "this project" if finding.subject.kind is RequirementsKind.PROJECT else "these requirements"
        title = f"Create {context.settings.environment_directory}" + (f" and install {what}" if any(wanted) else "")
        yield Fix("requirements-environment", title, steps=(step,), preferred=True)
