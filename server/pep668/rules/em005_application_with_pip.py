"""## What it does

Finds applications among the packages that pip installs into a Python that is or may be externally managed: programs
that people run and that nothing imports, such as httpie, yt-dlp or ansible.

It is an information where the install is refused (the refusal itself is another finding) and a hint otherwise. It is
silent in virtual environments and images with a Python of their own, and where a plugin of the application is installed
together with it, since the two need the same environment.

## Why is this bad?

An application that shares an environment shares its dependencies' versions too. pipx and `uv tool` give each one an
environment of its own, put its programs on PATH, and are never refused.

## Example

```sh path=setup.sh machine=debian12
pip3 install httpie
```

## Use instead

```sh
pipx install httpie
```

## When to ignore it

When the project imports the package, or wants its version pinned together with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.data.applications import applications_among
from pep668.model import Finding, Severity, Verdict

from . import Rule
from ._common import touches_system

RULE = Rule(
    "EM005", "application-with-pip", "An application that pipx or `uv tool` should own.", link="https://pipx.pypa.io/"
)

_ADVICE = "pipx or `uv tool` keeps {} in an environment of its own, which is never refused"


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        install = judged.install
        if install.operation != "install" or not touches_system(judged):
            continue
        names = applications_among(install.packages)
        requests = [r for r in install.requests if r.name in names]
        if not requests:
            continue
        listed = [f"`{r.name}`" for r in requests]
        if listed[1:]:
            message = f"{', '.join(listed[:-1])} and {listed[-1]} are applications: {_ADVICE.format('each')}"
        else:
            message = f"{listed[0]} is an application: {_ADVICE.format('it')}"
        refused = judged.environment.verdict is Verdict.REFUSED
        severity = Severity.INFORMATION if refused else Severity.HINT
        yield Finding(RULE.code, message, install.command.outer(requests[0].span), severity, judged)
