"""## What it does

Finds `python3 -m venv` where the document installs Python with the package manager, but not the package that makes it
work: Debian, Ubuntu and those that follow them keep `ensurepip` apart, in `python3-venv`.

It is an error in an image that starts from the distribution's own, where everything that is installed can be seen, and
a hint under a condition and in a script for somebody's machine, where the package may be there already. Nothing is said
where a variable, a file, a script or another tool says what is installed, and of packages that bring it along (`pipx`,
`python3-full`).

## Why is this bad?

The command stops with "ensurepip is not available" and leaves half an environment behind: without pip, so that a later
`pip install` reaches the system's Python.

## Example

```dockerfile path=Dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3 python3-pip
RUN python3 -m venv /opt/venv
```

## Use instead

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y python3 python3-pip python3-venv
RUN python3 -m venv /opt/venv
```

## When to ignore it

When a package of another archive, which the document installs, depends on `python3-venv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668 import data
from pep668.context import Context
from pep668.data.venv import brings_venv
from pep668.environment import Made, images
from pep668.environment.place import place_of
from pep668.model import Evidence, Finding, ScopeKind, Severity

from . import Rule

RULE = Rule(
    "EM008",
    "venv-package-missing",
    "A virtual environment made without the package that makes it work.",
    link="https://docs.python.org/3/library/venv.html",
)

_PYTHON = re.compile(r"python3?(?:\.\d+)?(?:-\w[\w.+-]*)?")
_PROGRAM = re.compile(r"(?:/usr/bin/)?python(3(?:\.\d+)?)?")
# Scripts and tools that may install it: nothing is known of what they do.
_UNSEEN = re.compile(
    r"(?:^|[;&|({]|\bRUN\b(?:[ \t]+--\S+)*|\b(?:then|do|else)\b)[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+)*)?(?:"
    r"(?:ba|da|z)?sh[ \t]+(?!-\w*c\b)[\w./$~\"'{-]|(?:source|\.)[ \t]+\S*\.sh\b|\.{0,2}/(?!usr/s?bin/|s?bin/)[\w.]|"
    r"(?:make|rosdep|mk-build-deps|ansible-playbook|ansible|puppet|chef-client|debootstrap|dpkg|tasksel)\b|"
    r"(?:curl|wget)\b[^\n|]*\|[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+)*)?(?:ba)?sh\b)",
    re.MULTILINE,
)
_BEHIND_OR = re.compile(r"[^\n;&|]*\|\|")  # something else is tried


def check(context: Context) -> Iterator[Finding]:
    for made in context.made:
        packages, span = made.packages, made.evidence.span
        if any(scope.kind is ScopeKind.CONDITION for scope in made.command.scope):
            continue  # the document asks whether it works
        if made.maker != "venv" or not made.seeded or made.first is not None or made.other_python or packages is None:
            continue
        brought = next((evidence for name, evidence in packages.items() if _PYTHON.fullmatch(name)), None)
        if span is None or brought is None or any(brings_venv(name) for name in packages):
            continue
        named = _PROGRAM.fullmatch(made.command.words[0].value or "")
        tried = made.command.region.text[made.command.span.end :]
        if named and not _BEHIND_OR.match(tried) and not _UNSEEN.search(context.text, 0, span.start):
            yield from _missing(made, named[1] or "", brought)


def _missing(made: Made, version: str, brought: Evidence) -> Iterator[Finding]:
    region, span = made.command.region, made.evidence.span
    place = place_of(region)
    image = region.fact("image")
    assert span is not None
    if image is not None:
        row = data.distribution(place.distribution) if place.distribution else None
        own = place.ships.python
        if row is None or not row.venv or not images.is_bare(image.value or "") or ("." in version and version != own):
            return
        package = row.venv_packages(own)[0]
        message = f"`python3 -m venv` fails here: {place.label} keeps ensurepip in {package}, which is not installed"
        severity = Severity.ERROR if made.certain else Severity.HINT
        yield Finding(RULE.code, message, span, severity, made.command, (brought, *place.evidence))
    elif not place.known and brought.text.startswith("apt"):
        package = f"python{version or '3'}-venv"
        message = f"`python3 -m venv` fails on Debian and Ubuntu without {package}, which is not installed here"
        yield Finding(RULE.code, message, span, Severity.HINT, made.command, (brought,))
