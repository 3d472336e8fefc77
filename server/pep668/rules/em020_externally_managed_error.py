"""## What it does

Finds the refusal itself, `error: externally-managed-environment` of pip or uv's "is externally managed", in the output
of a terminal, a log or a build.

In an editor whose terminals are connected, it also marks the line that was refused: of the script that ran, of the
makefile's recipe, of the Dockerfile that was built. It stands there in place of what EM001 expected, with the same
fixes, until the line is edited or the command has worked.

## Why is this bad?

Nothing was installed: what comes later in the log fails because of it, often without naming it.

## Example

```output path=build.log
$ pip3 install requests
error: externally-managed-environment

× This environment is externally managed
╰─> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. You can \
override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
```

## Use instead

```console
$ python3 -m venv .venv
$ .venv/bin/pip install requests
```

## When to ignore it

When the log records a failure that was expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pep668.context import Context
from pep668.model import ErrorReport, Finding, Judged, Observed, Severity

from . import Rule
from ._common import expected, finding

RULE = Rule("EM020", "externally-managed-error", "A refusal found in output.")


def check(context: Context) -> Iterator[Finding]:
    for report in context.reports:
        if report.kind == "externally-managed":
            yield Finding(RULE.code, message(report), report.span, Severity.ERROR, report)
    for judged in context.judged if context.observed else ():
        seen = context.observation(judged)
        if seen is not None:
            stands_for = expected(context, judged) or "EM001"
            yield replace(finding(RULE.code, judged, _seen(judged, seen), Severity.ERROR), stands_for=stands_for)


def _seen(judged: Judged, seen: Observed) -> str:
    install = judged.install
    names = [n for n in (*install.packages, *install.requirement_files, *install.editable) if "\0" not in n]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "") or "packages"
    tool = "uv" if install.tool == "uv" else "pip"
    when = f" when `{seen.line}` ran" if seen.line else ""
    return f"{tool} refused to {install.operation} {shown} here{when}"


def message(report: ErrorReport) -> str:
    """One sentence: who refused what, and why."""
    tool = report.tool or "pip"
    what = f"to {report.operation or 'install'}"
    wanted = [f"`{name}`" for name in (*report.packages, *report.requirements)]
    if wanted[3:]:
        wanted[3:] = [f"{len(wanted) - 3} more"]
    if wanted:
        what += f" {', '.join(wanted)}"
    where = f"the Python under {report.prefix}" if report.prefix else "the Python that it reached"
    return f"{tool} refused {what}: {where} is externally managed"
