"""## What it does

Finds installs that miss the virtual environment that the file made or activated for them: it was activated in another
`RUN`, step or shell, sudo leaves it, only `VIRTUAL_ENV` is set, it stands behind the system's folders in PATH, it was
made under another name, it has no pip (`uv venv` without `--seed`), or the command names the system's own pip.

It takes the place of EM001 for that command: an error where the command is refused, a hint where that depends on the
machine. Where the system's Python takes the packages, it is a warning if the environment was evidently meant to get
them (its activation is the last command of its shell, for instance), and a hint if only likely.

## Why is this bad?

The command is refused as if there were no environment, or its packages go where the program does not look for them.
What activates an environment is PATH, and that ends with the shell: each `RUN`, each step of a job, each line of a
recipe and each `sh` has its own.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-venv
RUN python3 -m venv /opt/venv
RUN . /opt/venv/bin/activate
RUN pip install requests
```

## Use instead

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3-venv
RUN python3 -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install requests
```

## When to ignore it

When the package is meant for the system's Python although an environment is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.model import Finding, Severity, Verdict

from . import Rule
from ._common import caught, finding, label, primary, root_wrapper

RULE = Rule(
    "EM007",
    "ineffective-venv",
    "A virtual environment that does not reach the install.",
    link="https://docs.python.org/3/library/venv.html#how-venvs-work",
)


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        unused = judged.environment.unused
        if unused is None or primary(context, judged) != RULE.code:
            continue
        command, verdict = label(judged.install), judged.environment.verdict
        if verdict is Verdict.REFUSED:
            message = f"{command} would be refused here: {unused.why}"
            severity = Severity.HINT if caught(context, judged) else Severity.ERROR
        else:
            misses = "does not install" if unused.sure else "may not install"
            message = f"{command} {misses} into the environment: {unused.why}"
            wrong = unused.evident and (verdict is Verdict.ALLOWED or root_wrapper(judged))
            severity = Severity.WARNING if wrong else Severity.HINT
        yield finding(RULE.code, judged, message, severity, related=(unused.evidence,))
