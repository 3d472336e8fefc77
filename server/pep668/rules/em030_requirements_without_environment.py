"""## What it does

Finds a requirements file, or a project (`pyproject.toml`, `setup.cfg`), in a folder that has no virtual environment, on
a machine whose `python3` is externally managed. It needs to know the machine, so it speaks in the editor and with
`--machine local` only. Files of tools that keep an environment of their own (Pipenv, Poetry, conda) are left alone.

## Why is this bad?

`pip install -r requirements.txt` is refused there.

## Example

```requirements path=requirements.txt machine=debian12
requests>=2
```

## Use instead

```console
$ python3 -m venv .venv
$ .venv/bin/pip install -r requirements.txt
```

## When to ignore it

When the packages are only installed elsewhere, for instance in an image.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.installed import limits_only
from pep668.model import Finding, RequirementsFile, RequirementsKind, Severity

from . import Rule

RULE = Rule(
    "EM030",
    "requirements-without-environment",
    "Requirements in a folder without an environment.",
    link="https://packaging.python.org/en/latest/guides/installing-using-pip-and-virtual-environments/",
)


def check(context: Context) -> Iterator[Finding]:
    machine, requirements = context.machine, context.requirements
    if machine is None or requirements is None or machine.environments or machine.variables.get("VIRTUAL_ENV"):
        return
    install = _install(requirements, context.path)
    if requirements.first is None or not install or limits_only(context.path):
        return
    names = ("python3", "python")
    python = next((found for found in (machine.programs.get(name) for name in names) if found), None)
    if python is None or python.virtual or python.marker is None:
        return
    message = f"No virtual environment here: `{install}` would be refused, {python.path} is externally managed"
    yield Finding(RULE.code, message, requirements.first, Severity.INFORMATION, requirements)


def _install(file: RequirementsFile, path: str) -> str:
    """What people would type, "" where pip is not what installs it."""
    if file.kind is RequirementsKind.REQUIREMENTS:
        return f"pip install -r {path.rpartition('/')[2] or 'this file'}"
    if file.kind is RequirementsKind.PROJECT:
        return "pip install -e ."
    group = next((r.group for r in file.requirements if r.group.startswith("group:")), "")
    return f"pip install --group {group.partition(':')[2]}" if file.kind is RequirementsKind.GROUPS and group else ""
