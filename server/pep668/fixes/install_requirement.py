"""Install a requirement into the workspace's environment."""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.installed import name_of, workspace_environment
from pep668.model import Finding, Fix, Requirement

from ._steps import create, installable_text

RULES = ("EM031",)
ORDER = 10


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    environment = workspace_environment(context.machine, context.settings.environment_directory)
    if environment is None or not isinstance(finding.subject, Requirement):
        return
    text = installable_text(finding.subject)
    if text is None:
        return
    name = name_of(environment)
    folder = environment.path.rstrip("/\\")[: -len(name)].rstrip("/\\") or "/"
    step = create(context, [text], [], [], folder, name)
    if step is not None:
        title = f"Install {finding.subject.name} into {name}"
        yield Fix("install-requirement", title, steps=(step,), preferred=True)
