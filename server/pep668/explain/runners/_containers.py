"""Images that are built: the Dockerfile of a context."""

from __future__ import annotations

from collections.abc import Iterator

from ._call import Call, Run

NAMES = ("Dockerfile", "dockerfile", "Containerfile", "containerfile")


def build(call: Call, context: str | None, named: str | None, *, inside: bool = False) -> Iterator[Run]:
    """`named` is the Dockerfile, from the context (`inside`, as compose has it) or from where the command runs."""
    if context is None or context == "-" or "://" in context or context.startswith("git@"):
        return
    folder = call.join(context)
    if folder is None:
        return
    path = call.path(folder if inside else call.folder, named) if named else call.find(folder, NAMES)
    if path is not None:
        yield Run(path, "dockerfile", folder=folder, elsewhere=True)
