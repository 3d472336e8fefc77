"""## What it does

Finds installs that do not reach the virtual environment which the document made for them: it was activated in another
`RUN`, step or shell, which has ended; `VIRTUAL_ENV` is set, but not PATH; the command names the system's own pip;
`uv venv` put no pip into it; or nothing leads to it at all.

It takes the place of EM001 for that command: an error where it is refused, a hint where that depends on the machine, or
where it is not refused and installs into the system's Python instead.

## Why is this bad?

The packages do not arrive where they are meant to. An activation changes the variables of one shell process, and ends
with it.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip python3-venv
RUN python3 -m venv /opt/venv && . /opt/venv/bin/activate
RUN pip install requests
```

## Use instead

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip python3-venv
RUN python3 -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install requests
```

## When to ignore it

When the command is meant for the system's Python.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Evidence, Finding, Region, Severity, Unused, UnusedWhy, Verdict

from . import Rule
from ._common import caught, finding, label, place, primary

RULE = Rule(
    "EM007",
    "ineffective-venv",
    "A virtual environment that does not reach the install.",
    link="https://docs.python.org/3/library/venv.html#how-venvs-work",
)

# What a process of its own is called, by the language of its host.
_PROCESSES = {
    "dockerfile": "another RUN",
    "makefile": "another line, which has a shell of its own",
    **dict.fromkeys(
        ("github-actions", "github_actions", "forgejo-actions", "azure-pipelines", "circleci"), "another step"
    ),
}


_LEADS = {
    Verdict.DEPENDS: "may reach the system's Python",
    Verdict.ALLOWED: "reaches the Python of the image or machine",
}


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        unused = judged.environment.unused
        if unused is None or primary(context, judged) != RULE.code:
            continue
        command = label(judged.install)
        refused = judged.environment.verdict is Verdict.REFUSED
        lead = (
            f"would be refused here by {place(judged.environment)}" if refused else _LEADS[judged.environment.verdict]
        )
        message = f"{command} {lead}: {_why(unused, judged.install.command.region)}"
        severity = Severity.ERROR if refused and not caught(context, judged) else Severity.HINT
        reason = Evidence(f"the environment: {unused.evidence.text}", unused.evidence.span)
        yield finding(RULE.code, judged, message, severity, related=(reason,))


def _why(unused: Unused, region: Region) -> str:
    path = unused.path.removeprefix("${CURDIR}/")
    if unused.why is UnusedWhy.SHELL_ENDED:
        return f"{path} was activated in {_another(region)}"
    if unused.why is UnusedWhy.NAMED_OTHERWISE:
        return f"{path} is active, but the command names another program"
    if unused.why is UnusedWhy.WITHOUT_PIP:
        return f"{path} is active, but has no pip: use `uv pip install`, or make it with `--seed`"
    if unused.why is UnusedWhy.VARIABLE_ALONE:
        return f"pip does not read VIRTUAL_ENV, put {path}/bin first in PATH"
    return f"it does not use {path}, call {path}/bin/pip"


def _another(region: Region) -> str:
    above: Region | None = region
    while above is not None:
        if above.language in _PROCESSES:
            return _PROCESSES[above.language]
        above = above.parent
    return "another shell, which has ended"
