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

from pep668.context import Context
from pep668.model import ErrorReport, Finding, Severity

from . import Rule

RULE = Rule(
    "EM021",
    "provisioning-error",
    "A failure on the way to an environment, found in output.",
    link="https://docs.python.org/3/library/venv.html",
)

# By kind; `{detail}` is the missing command, package or path.
MESSAGES = {
    "command-not-found": "`{detail}` is not on PATH",
    "ensurepip-disabled": "Debian and Ubuntu disable ensurepip for the system's Python: make a virtual environment",
    "ensurepip-missing": "The virtual environment has no pip: ensurepip is not available, install {detail}",
    "environment-missing": "The virtual environment is not there: {detail}",
    "no-exec": "{detail} may not be run: the file system is mounted `noexec`, or the file is not executable",
    "no-space": "The disk is full: {detail}",
    "not-an-application": "`{detail}` is a library, pipx installs applications: use a virtual environment",
    "not-on-path": "Programs were installed into {detail}, which is not on PATH",
    "not-root": "The package manager needs root: run it with sudo",
    "option-unknown": "This {tool} is too old to know `{detail}`",
    "package-not-found": "The package manager does not know `{detail}`",
    "permission-denied": "Not allowed to write {detail}: use a virtual environment of your own",
    "pip-missing": "This Python has no pip: use a virtual environment, which brings its own",
    "read-only": "The file system is read-only: {detail}",
    "user-site": "pip installs nothing with `--user` here: this virtual environment does not see the user's packages",
    "venv-missing": "This Python has no venv module: install {detail}",
    "wrong-shell": "This activate script is for another shell: use {detail}",
}
_DETAILS = {
    "ensurepip-missing": "python3-venv",
    "environment-missing": "create it first",
    "no-exec": "The program",
    "no-space": "nothing was installed",
    "not-an-application": "the package",
    "permission-denied": "there",
    "read-only": "nothing was installed",
    "venv-missing": "python3-venv",
    "wrong-shell": "the one for yours",
}


def check(context: Context) -> Iterator[Finding]:
    for report in context.reports:
        if report.kind != "externally-managed":
            yield Finding(RULE.code, message(report), report.span, Severity.WARNING, report)


def message(report: ErrorReport) -> str:
    """One sentence: what failed, and the first thing to do."""
    template = MESSAGES.get(report.kind)
    if template is None:
        return report.detail or f"{report.tool or 'A command'} failed: {report.kind.replace('-', ' ')}"
    detail = report.detail or _DETAILS.get(report.kind) or report.command or report.tool
    return template.replace("{tool}", report.tool or "tool").replace("{detail}", detail)
