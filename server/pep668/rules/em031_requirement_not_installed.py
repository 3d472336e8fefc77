"""## What it does

Finds requirements that the workspace's virtual environment does not satisfy: a project that is not installed there, or
in a version that is not asked for. It reads the names of the `*.dist-info` folders there and runs nothing, so it
speaks in the editor and with `--machine local` only. Extras and dependency groups count where something of them is
installed. It says nothing of what it cannot decide: a marker about the processor, a version that is not known.

## Why is this bad?

Imports fail, or another version is used than the one that is asked for.

## Example

```requirements path=requirements.txt machine=debian12+packages
requests>=2
six==1.15
```

## Use instead

```console
$ .venv/bin/pip install -r requirements.txt
```

## When to ignore it

When the file belongs to another environment than the workspace's.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.installed import (
    State,
    in_use,
    installable,
    limits_only,
    look_up,
    name_of,
    workspace_environment,
)
from pep668.model import Finding, Severity

from . import Rule

RULE = Rule(
    "EM031",
    "requirement-not-installed",
    "A requirement that the workspace's environment does not satisfy.",
    link="https://packaging.python.org/en/latest/guides/installing-using-pip-and-virtual-environments/",
)


def check(context: Context) -> Iterator[Finding]:
    machine, file = context.machine, context.requirements
    environment = workspace_environment(machine, context.settings.environment_directory)
    if machine is None or file is None or environment is None or not installable(file) or limits_only(context.path):
        return
    groups = in_use(file, environment)
    for requirement in file.requirements:
        if requirement.group not in groups:
            continue
        found = look_up(requirement, environment, machine)
        if found.state is State.MISSING:
            message = f"`{requirement.name}` is not installed in {name_of(environment)}"
        elif found.state is State.OTHER_VERSION:
            message = (
                f"{name_of(environment)} has {requirement.name} {found.version}; `{requirement.specifier}` is asked for"
            )
        else:
            continue
        yield Finding(RULE.code, message, requirement.span, Severity.HINT, requirement)
