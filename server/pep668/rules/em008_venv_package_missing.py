"""## What it does

Finds `python3 -m venv` where the document installs Python with the package manager, but not the package that makes it
work: Debian, Ubuntu and those that follow them keep `ensurepip` apart, in `python3-venv`.

It is an error in an image that starts from the distribution's own, where everything that is installed can be seen, and
a hint in a script for somebody's machine, where the package may be there already. Nothing is said where a variable, a
file or another script says what is installed.

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

When a package that the document installs depends on `python3-venv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668 import data
from pep668.context import Context
from pep668.environment import Made, images
from pep668.environment.place import place_of
from pep668.model import Evidence, Finding, Severity

from . import Rule

RULE = Rule(
    "EM008",
    "venv-package-missing",
    "A virtual environment made without the package that makes it work.",
    link="https://docs.python.org/3/library/venv.html",
)

# What brings it: the package, and those that depend on it (`apt-cache rdepends python3-venv`, Debian 12, 2026-11-27).
_BRINGS = re.compile(r"python3?(?:\.\d+)?-(?:venv|full)|pipx|thonny|dh-virtualenv")
_PYTHON = re.compile(r"python3?(?:\.\d+)?(?:-\w[\w.+-]*)?")
_PROGRAM = re.compile(r"(?:/usr/bin/)?python(3(?:\.\d+)?)?")
# Other files that may install it: nothing is known of what they do.
_SCRIPTS = re.compile(
    r"(?:^|[\s;&|])(?:\./|(?:ba|da|z)?sh\s+(?!-c)|source\s+|\.\s+)[\w./$-]*\.sh\b|ansible-playbook|\bdpkg\b.*-i"
)


def check(context: Context) -> Iterator[Finding]:
    for made in context.made:
        packages, span = made.packages, made.evidence.span
        if made.maker != "venv" or not made.seeded or made.first is not None or made.other_python or packages is None:
            continue
        brought = next((evidence for name, evidence in packages.items() if _PYTHON.fullmatch(name)), None)
        if span is None or brought is None or any(_BRINGS.fullmatch(name) for name in packages):
            continue
        named = _PROGRAM.fullmatch(made.command.words[0].value or "")
        if named and not _SCRIPTS.search(context.text[: span.start]):
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
        yield Finding(RULE.code, message, span, Severity.ERROR, made.command, (brought, *place.evidence))
    elif not place.known and brought.text.startswith("apt"):
        package = f"python{version or '3'}-venv"
        message = f"`python3 -m venv` fails on Debian and Ubuntu without {package}, which is not installed here"
        yield Finding(RULE.code, message, span, Severity.HINT, made.command, (brought,))
