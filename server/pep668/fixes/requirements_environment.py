"""Create the environment of a requirements file's folder and install the file there."""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Context
from ..model import Finding, Fix
from ._steps import create

RULES = ("EM030",)
ORDER = 10


def propose(context: Context, finding: Finding) -> Iterator[Fix]:
    name = context.path.rpartition("/")[2]
    step = create(context, [], [name] if name else [], [])
    if step is not None and finding.rule in RULES:
        title = f"Create {context.settings.environment_directory} and install these requirements"
        yield Fix("requirements-environment", title, steps=(step,), preferred=True)
