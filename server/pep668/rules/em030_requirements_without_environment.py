"""## What it does

Finds a requirements file in a folder that has no virtual environment, on a machine whose `python3` is externally
managed. It needs to know the machine, so it speaks in the editor and with `--machine local` only.

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
from pep668.model import Finding, Severity
from pep668.text import Span

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
    if not (requirements.requirements or requirements.includes or requirements.editable):
        return
    names = ("python3", "python")
    python = next((found for found in (machine.programs.get(name) for name in names) if found), None)
    if python is None or python.virtual or python.marker is None:
        return
    span = requirements.first or (requirements.requirements[0].span if requirements.requirements else Span(0, 0))
    name = context.path.rpartition("/")[2] or "this file"
    message = (
        f"No virtual environment here: `pip install -r {name}` would be refused, {python.path} is externally managed"
    )
    yield Finding(RULE.code, message, span, Severity.INFORMATION, requirements)
