"""## What it does

Finds projects that the distribution's package manager and pip both install into the system's Python, where pip is let
through: the system is not marked, or the check is overridden. Where pip is refused, the package is a note of EM001.

It is a warning where pip stops (it cannot remove what Debian 13, Ubuntu 24.04 or Fedora installed) or writes over
the package's files, and a hint where pip puts a second copy before the distribution's, or has nothing to do. Packages
of this machine count too where the file is judged on it, as far as pip would change them. It says nothing of pip,
setuptools and wheel, of `--user` and of virtual environments.

## Why is this bad?

The distribution's programs import pip's copy instead of the one that they were tested with, and neither package manager
knows of the other's: an upgrade by one breaks what the other installed. With pip 24 or later Debian's packages cannot
be replaced at all: `error: uninstall-no-record-file`.

## Example

```dockerfile path=Dockerfile
FROM debian:13
RUN apt-get update && apt-get install -y python3-pip python3-yaml
RUN pip install --break-system-packages pyyaml==6.0.1
```

## Use instead

```dockerfile
FROM debian:13
RUN apt-get update && apt-get install -y python3-venv
RUN python3 -m venv /opt/venv
RUN /opt/venv/bin/pip install pyyaml==6.0.1
```

## When to ignore it

In an image where no program of the distribution's imports the project.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.data.packages import TOOLS
from pep668.environment.conflicts import is_enough
from pep668.model import Finding, Install, Judged, Owned, Severity, Verdict

from . import Rule
from ._common import label, option

RULE = Rule("EM009", "distribution-conflict", "A project that the distribution's package manager and pip both install.")


def check(context: Context) -> Iterator[Finding]:
    for judged in context.judged:
        install, environment = judged.install, judged.environment
        if environment.verdict is not Verdict.ALLOWED or install.operation != "install":
            continue
        if install.passes_check or environment.usage_error or option(install, "--user"):
            continue
        for owned in environment.owned:
            if owned.project not in TOOLS and (said := _said(judged, owned, _own_pip(context, install))):
                message, severity = said
                span = install.command.outer(owned.request.span)
                yield Finding(RULE.code, message, span, severity, judged, (owned.evidence,))


def _said(judged: Judged, owned: Owned, own_pip: bool) -> tuple[str, Severity] | None:
    install, package, name = judged.install, owned.package, f"`{owned.project}`"
    does, manager = label(install), package.manager
    enough = is_enough(install, owned)
    if enough and owned.earlier:
        if owned.evidence.span is None or "[" in owned.request.text:
            return None
        return f"{does} has nothing to do for {name}: {manager} installs it ({package.name})", Severity.HINT
    twice = f"{name} is installed by {manager} ({package.name}) and by {install.tool}: keep one of them"
    if enough is None or not owned.earlier or not own_pip:
        return twice, Severity.HINT
    version = judged.environment.pip_version or ""
    renewed = option(install, "--ignore-installed") is not None
    if manager == "apt" and (renewed or _major(version) in range(1, 24)):
        second = f"{does} puts a second {name} before {manager}'s {package.name}"
        return f"{second}, and the distribution's programs import it", Severity.HINT
    if (manager == "apt" and version) or (manager in ("dnf", "yum", "microdnf") and not renewed):
        return f"{does} stops at {name}: pip cannot replace {manager}'s {package.name}", Severity.WARNING
    if manager in ("apk", "pacman"):
        return f"{does} writes {name} over the files of {manager}'s {package.name}", Severity.WARNING
    return twice, Severity.HINT


def _own_pip(context: Context, install: Install) -> bool:
    """Whether the distribution's own pip runs, of which it is known what it does: no other tool, and none from PyPI."""
    here, system = install.command.outer(install.program).start, install.command.region.place.system
    return install.tool != "uv" and not any(
        "pip" in other.packages and other.command.outer(other.program).start < here
        for other in (j.install for j in context.judged)
        if other.command.region.place.system == system
    )


def _major(version: str) -> int:
    head = version.partition(".")[0]
    return int(head) if head.isdigit() else 0
