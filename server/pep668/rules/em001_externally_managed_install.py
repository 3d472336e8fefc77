"""## What it does

Finds commands of pip, uv, get-pip.py and ensurepip that would be refused with `error: externally-managed-environment`,
because they reach a Python that its distribution marked with an `EXTERNALLY-MANAGED` file (PEP 668).

It is an error where the refusal is certain (the image, or this machine's Python, is known), a warning if a document
tells its readers to run it, and a hint where it depends on the machine, or where a working command behind `||` takes
over. A command has one finding about its refusal:
with `--user` it is EM006, beside an environment that was made for it EM007, with sudo EM002, as far as those rules are
selected. Commands in a virtual environment,
pipx and `uv tool` are never reported.

## Why is this bad?

The command stops with exit code 1 and installs nothing. The distribution's own programs use that Python; packages that
pip replaces there can break them.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip
RUN pip3 install requests
```

## Use instead

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip python3-venv
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv "$VIRTUAL_ENV"
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN pip3 install requests
```

## When to ignore it

When the command is meant to fail, for instance in a test of the refusal.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Severity, Verdict

from . import Rule
from ._common import SYSTEMS, caught, finding, label, place, primary

RULE = Rule("EM001", "externally-managed-install", "An install that an externally managed Python refuses.")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        if primary(context, judged) != RULE.code:
            continue
        command = label(judged.install)
        if judged.environment.verdict is Verdict.REFUSED and caught(context, judged):
            message = f"{command} would be refused here, then what stands behind `||` is tried"
            yield finding(RULE.code, judged, message, Severity.HINT)
        elif judged.environment.verdict is Verdict.REFUSED:
            message = f"{command} would be refused here: {place(judged.environment)} is externally managed"
            yield finding(RULE.code, judged, message, Severity.ERROR)
        else:
            message = f"{command} would be refused on systems that manage their Python: {SYSTEMS}"
            yield finding(RULE.code, judged, message, Severity.HINT)
