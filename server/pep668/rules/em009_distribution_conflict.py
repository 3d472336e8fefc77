"""## What it does

Finds projects that a document installs twice into the system's Python: with the distribution's package manager, and
with pip.

It is a hint where pip has nothing to do, since what is there satisfies it, and a warning where a version is asked for,
or `--upgrade`, so that pip puts its own over the distribution's. Where pip is refused, EM001 says so.

## Why is this bad?

The distribution's programs import what pip installed last, in a version that they were not built for. The package
manager knows nothing of it and goes on updating its own copy, which nobody imports any more.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip python3-yaml
RUN pip3 install --break-system-packages --upgrade pyyaml
```

## Use instead

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-yaml
```

## When to ignore it

When the image runs nothing of the distribution's that imports the project.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Install, Owned, Severity

from . import Rule

RULE = Rule("EM009", "distribution-conflict", "A project installed by the package manager and by pip.")

_REPLACES = ("--upgrade", "--force-reinstall", "--ignore-installed")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        for owned in judged.environment.owned:
            span = judged.install.command.outer(owned.request.span)
            message, severity = _told(owned, judged.install)
            yield Finding(RULE.code, message, span, severity, judged, (owned.evidence,))


def _told(owned: Owned, install: Install) -> tuple[str, Severity]:
    if owned.request.specifier or install.option(*_REPLACES):
        message = f"pip puts its own `{owned.project}` over that of {owned.package}, which the system's programs import"
        return message, Severity.WARNING
    return f"`{owned.project}` is there already: {owned.package} brings it", Severity.HINT
