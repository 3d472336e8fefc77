"""## What it does

Finds pip and uv run as root through sudo (doas, su, pkexec) against the system's Python, also where a virtual
environment is active: sudo starts with its own PATH and leaves the environment behind.

It is an error where the command is refused all the same (then EM001 does not repeat it), otherwise a warning. Nothing
is reported in containers and on CI runners, where being root is normal, for an environment's own pip
(`sudo /opt/app/bin/pip`), and where the command overrides the check, which is EM003's.

## Why is this bad?

PEP 668 refuses root as it refuses everybody. Where it does not, pip as root replaces files that the distribution's
package manager owns and that its programs import, and leaves files that only root can change.

## Example

```sh path=setup.sh machine=debian12
sudo pip3 install requests
```

## Use instead

```sh
test -x .venv/bin/pip || python3 -m venv .venv
.venv/bin/pip install requests
```

## When to ignore it

On a machine that exists for this one program and is rebuilt rather than upgraded.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Severity, Verdict

from . import Rule
from ._common import caught, finding, label, place, primary, program_span, root_wrapper

RULE = Rule("EM002", "sudo-pip", "pip as root against the system's Python.")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        wrapper = root_wrapper(judged)
        if wrapper is None or primary(context, judged) != RULE.code:
            continue
        install, environment = judged.install, judged.environment
        span = program_span(install)
        if wrapper in install.command.wrappers:
            span = install.command.outer(wrapper.words[0].span).to(span)
        if environment.verdict is Verdict.REFUSED:
            message = (
                f"{label(install)} would be refused here, {wrapper.name} or not: "
                f"{place(environment)} is externally managed"
            )
            severity = Severity.HINT if caught(context, judged) else Severity.ERROR
            yield finding(RULE.code, judged, message, severity, span)
        else:
            message = (
                f"{label(install)} runs as root through {wrapper.name}: it leaves any active virtual environment "
                "and can replace packages that the system itself uses"
            )
            yield finding(RULE.code, judged, message, Severity.WARNING, span)
