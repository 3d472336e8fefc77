"""What later stages of a Dockerfile take from an earlier one by COPY --from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.context import Context
from pep668.model import Command
from pep668.text import Edit, Span, newline_of

from ._image import anchor, region_of

_INSTRUCTION = re.compile(
    r"^(?P<lead>[ \t]*)(?:FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)(?:[ \t]+AS[ \t]+(?P<name>\S+))?"
    r"|COPY[ \t]+(?P<flags>(?:--\S+[ \t]+)*)(?P<paths>[^\r\n\[\\<]+))[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ORIGIN = re.compile(r"--from=(\S+)")
# Where pip puts what it installs for a Debian's own Python.
_INSTALLED = re.compile(
    r"(?:.*/)?(?:\.local|site-packages|dist-packages)(?:/.*)?|/usr(?:/local)?(?:/(?:bin|lib)(?:/.*)?)?|/"
)
_USER_SITE = re.compile(r"(?:.*/)?\.local(?:/.*)?")


@dataclass(frozen=True)
class _Copy:
    """A COPY of another stage's files: its place, its options, and what is copied."""

    span: Span
    flags: str
    sources: tuple[str, ...]


def takes_installed(context: Context, command: Command, directory: str) -> bool:
    """Whether a later stage takes what pip installs from the command's stage, and not the environment."""
    copies = list(_copies(context, command))
    taken = any(_INSTALLED.fullmatch(s.rstrip("/") or "/") for c in copies for s in c.sources)
    return taken and not any(_holds(s, directory) for c in copies for s in c.sources)


def copied(context: Context, command: Command, directory: str, *, user_site: bool) -> tuple[Edit, ...]:
    """Edits by which stages that take what was installed take the environment as well.

    `user_site`: the install went to the user's folder, which is not there any more.
    """
    edits = []
    inside = region_of(command)
    file = inside.parent if inside is not None else None
    for copy in _copies(context, command) if takes_installed(context, command, directory) else ():
        if not any(_INSTALLED.fullmatch(s.rstrip("/") or "/") for s in copy.sources):
            continue
        lines = [f"COPY {copy.flags}{directory} {directory}", f'ENV PATH="{directory}/bin:$PATH"']
        alone = user_site and all(_USER_SITE.fullmatch(s.rstrip("/")) for s in copy.sources)
        written = [line if file is None else file.written(line) for line in lines]
        if None in written:
            return ()
        newline = newline_of(context.text)
        begin = context.text.rfind("\n", 0, copy.span.start) + 1
        lead = context.text[begin : copy.span.start]
        new = f"{newline}{lead}".join(line for line in written if line is not None)
        at = copy.span if alone else Span(copy.span.end, copy.span.end)
        edits.append(Edit(at, new if alone else f"{newline}{lead}{new}"))
    return tuple(edits)


def _copies(context: Context, command: Command) -> Iterator[_Copy]:
    """The copies from the command's stage, or one built on it, in stages behind it."""
    inside, here = region_of(command), anchor(command)
    if inside is None or here is None or inside.parent is None or inside.parent.parent is not None:
        return
    known: set[str] = set()  # names of the stage and those built on it
    current: set[str] = set()
    number = -1
    for found in _INSTRUCTION.finditer(context.text):
        if found["image"]:
            number += 1
            current = {n.lower() for n in (found["name"] or "", str(number)) if n}
            if found["image"].lower() in known:
                known |= current
        elif found.start() < here.start:
            continue
        elif (origin := _ORIGIN.search(found["flags"])) and origin[1].lower() in known:
            paths = found["paths"].split()
            yield _Copy(Span(found.end("lead"), found.end("paths")), found["flags"], tuple(paths[:-1]))
        if found.start() < here.start:
            known = set(current)


def _holds(source: str, directory: str) -> bool:
    source = source.rstrip("/")
    return directory == source or directory.startswith(f"{source}/")
