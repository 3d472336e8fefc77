"""## What it does

Finds what switches the check off: the flag `--break-system-packages`, the variables `PIP_BREAK_SYSTEM_PACKAGES` and
`UV_BREAK_SYSTEM_PACKAGES`, `pip config set global.break-system-packages true`, and a pip.conf written with that key.

A chosen override is a hint. It is a warning where it does not do what it is meant to: pip before 23.0.1 stops at the
flag with "no such option", sudo drops the variable, uv does not read pip's variable nor pip uv's. Nothing is said where
the Python is not externally managed and the override only has no effect.

## Why is this bad?

pip may then replace or remove packages that the distribution's own programs import. The variable and pip.conf say so
for every later pip as well.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip
RUN pip3 install --break-system-packages requests
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

In a container image that runs one program and installs no Python packages of the distribution.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.versions import lacks_the_flag
from pep668.model import Finding, Judged, Managed, Severity, Verdict

from . import Rule
from ._bypass import VARIABLES, Setting, prefix_settings, standing_settings
from ._common import finding, label, option, place, program_span

RULE = Rule("EM003", "break-system-packages", "The override of the externally-managed check.")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        yield from _flag(judged)
        for setting in prefix_settings(judged.install):
            yield from _on_command(judged, setting)
    last = max((program_span(j.install).start for j in context.judged), default=-1)
    last_reached = max((program_span(j.install).start for j in context.judged if _may_be_managed(j)), default=-1)
    for setting in standing_settings(context):
        if last <= setting.span.start or last_reached > setting.span.start:
            yield _standing(setting)


def _may_be_managed(judged: Judged) -> bool:
    return judged.environment.managed is not Managed.NO and not judged.environment.virtual_environment


def _flag(judged: Judged) -> Iterator[Finding]:
    install, environment = judged.install, judged.environment
    flag = option(install, "--break-system-packages")
    if flag is None:
        return
    span = install.command.outer(flag.span)
    if install.tool == "pip" and lacks_the_flag(environment.pip_version or ""):
        message = (
            f'`--break-system-packages` fails here with "no such option": pip {environment.pip_version} '
            "is older than 23.0.1"
        )
        yield finding(RULE.code, judged, message, Severity.WARNING, span)
    elif _may_be_managed(judged):
        message = (
            f"{label(install)} may overwrite packages of {place(environment)}; a virtual environment needs no override"
        )
        yield finding(RULE.code, judged, message, Severity.HINT, span)


def _on_command(judged: Judged, setting: Setting) -> Iterator[Finding]:
    install, environment = judged.install, judged.environment
    if not _may_be_managed(judged):
        return
    if environment.verdict is Verdict.ALLOWED:
        message = f"`{setting.name}` lets {label(install)} overwrite packages of {place(environment)}"
        yield finding(RULE.code, judged, message, Severity.HINT, setting.span)
    elif VARIABLES[setting.name] != install.tool and install.tool in VARIABLES.values():
        message = (
            f"{install.tool} does not read `{setting.name}`: {label(install)} is refused where the Python is managed"
        )
        yield finding(RULE.code, judged, message, Severity.WARNING, setting.span)
    elif setting.dropped_by:
        message = (
            f"{setting.dropped_by} drops `{setting.name}`: {label(install)} is refused where the Python is managed"
        )
        yield finding(RULE.code, judged, message, Severity.WARNING, setting.span)


def _standing(setting: Setting) -> Finding:
    name = f"`{setting.name}`" if setting.name in VARIABLES else setting.name
    message = f"{name} switches the externally-managed check off for every command that follows"
    return Finding(RULE.code, message, setting.span, Severity.HINT, setting.command)
