"""## What it does

Finds, in output, the other failures on the way to a working environment: `ensurepip` is not available, no module named
pip, no such command, an `activate` script of another shell, a package that the package manager does not know.

## Why is this bad?

The environment was not made or not used, and the next command reaches the system's Python again.

## Example

```output path=build.log
$ python3 -m venv .venv
The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python3.11-venv

You may need to use sudo with that command.  After installing the python3-venv
package, recreate your virtual environment.

Failing command: /home/me/.venv/bin/python3
```

## Use instead

```console
$ sudo apt install python3-venv
$ python3 -m venv .venv
```

## When to ignore it

When the log records a failure that was expected.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Context
from ..model import ErrorReport, Finding, Severity
from . import Rule

RULE = Rule("EM021", "provisioning-error", "A failure on the way to an environment, found in output.")

# By kind; `{detail}` is the missing command or package.
_MESSAGES = {
    "ensurepip-missing": "The virtual environment has no pip: ensurepip is not available, install {detail}",
    "pip-missing": "This Python has no pip: use a virtual environment, which brings its own",
    "venv-missing": "This Python has no venv module: install {detail}",
    "command-not-found": "`{detail}` is not on PATH",
    "wrong-shell": "This activate script is for another shell: use {detail}",
    "package-not-found": "The package manager does not know `{detail}`",
    "not-root": "The package manager needs root: run it with sudo",
}
_DETAILS = {"ensurepip-missing": "python3-venv", "venv-missing": "python3-venv", "wrong-shell": "the one for yours"}


def check(context: Context) -> Iterator[Finding]:
    for report in context.reports:
        if report.kind != "externally-managed":
            yield Finding(RULE.code, message(report), report.span, Severity.WARNING, report)


def message(report: ErrorReport) -> str:
    """One sentence: what failed, and the first thing to do."""
    template = _MESSAGES.get(report.kind)
    if template is None:
        return report.detail or f"{report.tool or 'A command'} failed: {report.kind.replace('-', ' ')}"
    detail = report.detail or _DETAILS.get(report.kind, report.command or report.tool)
    return template.format(detail=detail)
