"""## What it does

Finds `pip install --user` as a way round an externally managed Python. It takes the place of EM001 for that command: an
error where it is refused, a hint where that depends on the machine. It is a warning in a virtual environment that the
file makes: pip stops there with "Can not perform a '--user' install"; in documentation, whose blocks may be
alternatives, a hint.

## Why is this bad?

PEP 668 covers `--user` as well: pip stops with the same error. (Packages in `~/.local` are imported by the system's own
programs too, which is what the marker protects.)

## Example

```dockerfile path=Dockerfile
FROM ubuntu:24.04
RUN apt-get update && apt-get install -y python3-pip
RUN pip3 install --user requests
```

## Use instead

```sh
python3 -m venv .venv
.venv/bin/pip install requests
```

## When to ignore it

When the script runs only on systems without the marker.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Judged, Severity, Verdict

from . import Rule
from ._common import SYSTEMS, caught, finding, label, option, place, primary

RULE = Rule("EM006", "user-install", "`--user` as the way round the refusal.")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        if primary(context, judged) != RULE.code:
            yield from _inside(judged)
            continue
        install, environment = judged.install, judged.environment
        flag = option(install, "--user")
        span = install.command.outer(flag.span) if flag else None
        if environment.verdict is Verdict.REFUSED:
            message = (
                f"{label(install)} would be refused here with `--user` as well: "
                f"{place(environment)} is externally managed"
            )
            severity = Severity.HINT if caught(context, judged) else Severity.ERROR
            yield finding(RULE.code, judged, message, severity, span)
        else:
            message = f"`--user` does not help where the Python is externally managed: {SYSTEMS} refuse it as well"
            yield finding(RULE.code, judged, message, Severity.HINT, span)


def _inside(judged: Judged) -> Iterator[Finding]:
    """In an environment `--user` is no way round anything: pip stops at it."""
    flag = option(judged.install, "--user")
    if flag is None or not judged.environment.usage_error:
        return
    span = judged.install.command.outer(flag.span)
    where = judged.environment.virtual_environment
    if where and any(reason.span == span for reason in judged.environment.evidence):
        message = f"{label(judged.install)} fails with `--user`: it runs in the virtual environment {where}"
        # People may read a document's blocks as alternatives, in which no environment is active.
        document = judged.install.command.region.fact("document") is not None
        yield finding(RULE.code, judged, message, Severity.HINT if document else Severity.WARNING, span)
