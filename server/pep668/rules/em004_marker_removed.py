"""## What it does

Finds what deletes, renames or overwrites the file `EXTERNALLY-MANAGED`, in every spelling: `rm`, `mv`, `find -delete`,
`xargs`, globs, loops, Python's `os.remove`, Ansible's `file: state: absent`.

It is a warning on a machine, and where it does not even help: an empty marker is a marker, and that of another Python
is not asked. In an image and on a CI runner, which are thrown away, it is a hint.

## Why is this bad?

The check is off for everybody who uses that Python, for good and without a word: each later `pip install` may replace
what the distribution's own programs import. It does not last either: the next update of the package that owns the file
brings it back.

## Example

```sh path=setup.sh
sudo rm /usr/lib/python3*/EXTERNALLY-MANAGED
pip3 install requests
```

## Use instead

```sh
python3 -m venv .venv
.venv/bin/pip install requests
```

## When to ignore it

In an image that is built for tests of pip itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from pep668.context import Context
from pep668.environment.files import OVERWRITTEN
from pep668.environment.place import PlaceInfo, place_of
from pep668.environment.state import Override
from pep668.model import Bypass, Finding, Severity

from . import Rule

RULE = Rule("EM004", "marker-removed", "The marker of an externally managed Python removed or overwritten.")


def check(context: Context) -> Iterator[Finding]:
    seen = set()
    for override in context.overrides:
        command, span = override.command, override.evidence.span
        if override.bypass is not Bypass.MARKER_REMOVED or command is None or span is None or span in seen:
            continue
        seen.add(span)
        place = place_of(command.region)
        message, effective = _told(override, place)
        thrown_away = command.region.fact("image") or command.region.fact("runner")
        severity = Severity.HINT if effective and thrown_away else Severity.WARNING
        yield Finding(RULE.code, message, span, severity, command, tuple(e for e in place.evidence if e.span))


def _told(override: Override, place: PlaceInfo) -> tuple[str, bool]:
    """What to say, and whether the change does what it is meant to."""
    whose = f"{place.label}'s Python" if place.label and place.python == "system" else "the system's Python"
    own = place.ships.python
    if override.name == OVERWRITTEN:
        return f"This does not let pip through: with an empty EXTERNALLY-MANAGED {whose} is managed too", False
    if override.python and own and override.python != own:
        kept = f"{place.label} ships {own}, which keeps its own"
        return f"This removes the marker of Python {override.python}, but {kept}", False
    lasts = "until an update of its package brings it back"
    return f"This takes the protection from {whose} for every later pip, {lasts}", True
