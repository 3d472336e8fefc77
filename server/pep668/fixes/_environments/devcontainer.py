"""A development container's life: each command makes or finds the environment and activates it for what follows in it.

A command that is a list of words runs without a shell: it becomes a string, which a shell runs. Editors find `.venv` in
the folder by themselves.
"""

from __future__ import annotations

import json

from pep668.context import Context
from pep668.fixes._edits import combined, command_line, stays_here
from pep668.fixes._scripts import host_of
from pep668.fixes._scripts import way as way_of_a_script
from pep668.fixes._session import Unit, members_of, session
from pep668.fixes._way import Way
from pep668.model import Edit, Judged
from pep668.syntax import json as reader
from pep668.syntax.node import Scalar, Sequence, walk

ORDER = 30


def answers(judged: Judged) -> bool:
    return host_of(judged).language == "devcontainer"


def way(context: Context, judged: Judged) -> Way | None:
    if judged.install.command.region.origin is not None:
        return way_of_a_script(context, judged, inside=True)
    return way_of_a_script(context, judged) or _of_a_list(context, judged)


def _of_a_list(context: Context, judged: Judged) -> Way | None:
    """The list of words rewritten as a string."""
    install, host = judged.install, host_of(judged)
    members = members_of(context, judged, Unit.TEXT)
    found = session(context, members, as_they_are=False) if stays_here(install.command) else None
    if found is None or len(members) > 1:
        return None
    here = install.command.outer(install.command.span)
    words = next((n for n in walk(reader.parse(host.text)) if isinstance(n, Sequence) and n.span.covers(here)), None)
    if words is None or host.parent is not None or not all(isinstance(word, Scalar) for word in words.items):
        return None
    line = " && ".join((*found.create, found.activate, command_line(install)))
    title = f"Install into {found.place} instead, by a command that a shell runs"
    edits = combined([Edit(words.span, json.dumps(line, ensure_ascii=False))], found.edits)
    return Way(title, edits, line)
