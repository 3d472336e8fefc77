"""The virtual environment of an image: written into a Dockerfile, before a RUN or inside its chain."""

from __future__ import annotations

import re
import shlex

from ..context import Context
from ..model import Command, Edit, Judged, Region
from ..text import Span, newline_of
from ._creation import created, interpreter
from ._edits import Rewrite, combined, drop_overrides, drop_privileges, is_plain, start, stays_here
from ._packages import PACKAGE, before, has_venv, python_installer, system_packages, venv_package

DIRECTORY = "/opt/venv"
_USER = re.compile(r"[\w.-]+(?::[\w.-]+)?")
_NEEDS_PACKAGE = ("Debian", "Ubuntu", "Raspberry", "Kali", "Linux Mint", "Pop!_OS")


def region_of(command: Command) -> Region | None:
    """The instruction's own region that a command stands in, None outside Dockerfiles."""
    region: Region | None = command.region
    while region is not None and (region.parent is None or region.parent.language != "dockerfile"):
        region = region.parent
    return region


def anchor(command: Command) -> Span | None:
    """The span of the Dockerfile instruction that holds a command."""
    region = region_of(command)
    return region.anchor if region is not None else None


def rewrite(context: Context, judged: Judged) -> tuple[tuple[Edit, ...] | None, str]:
    """The edits (None: cannot be made) and the lines to write by hand."""
    install = judged.install
    command = install.command
    shared = system_packages(context, install)
    maker = f"{interpreter(install)} -m venv{shared}" if install.tool != "uv" else f"uv venv --seed{shared}"
    explanation = f'ENV VIRTUAL_ENV={DIRECTORY}\nRUN {maker} "$VIRTUAL_ENV"\nENV PATH="$VIRTUAL_ENV/bin:$PATH"'
    change = Rewrite(context.text, command)
    if not stays_here(command) or not drop_privileges(change):
        return None, explanation
    drop_overrides(change, install)
    made = [d for d in (created(c) for c in before(context, install)) if d and d.startswith("/")]
    python = python_installer(context, install)
    if made or (python is not None and region_of(python) is region_of(command)):
        directory = made[-1] if made else DIRECTORY
        _use(change, judged, directory)
        chain = () if made else _chained(context, command, f"{maker} {DIRECTORY}")
        path = () if made else _path_after(context, command)
        return combined(chain, change.edits(), venv_package(context, judged), path), explanation
    system = install.option("--system", "system")
    if _own_path(context, command):
        _use(change, judged, DIRECTORY)
    elif system is not None:
        change.drop(system.span)
    elif install.python.program.startswith("/") and install.tool != "uv":
        change.replace(install.command.words[0].span, install.python.program.rpartition("/")[2])
    return combined(_lines_before(context, judged, maker), change.edits(), venv_package(context, judged)), explanation


def _own_path(context: Context, command: Command) -> bool:
    """Whether the command does not search the PATH of the image: it, or its shell, sets another."""
    texts = [c for c in context.commands if c.region is command.region and c.span.start < command.span.start]
    assigned = [a for c in (*texts, command) for a in (*c.assignments, *(a for w in c.wrappers for a in w.assignments))]
    return any(a.name == "PATH" for a in assigned) or any(
        w.name == "env" and w.has("-i", "--ignore-environment") for w in command.wrappers
    )


def _use(change: Rewrite, judged: Judged, directory: str) -> None:
    install = judged.install
    place = shlex.quote(directory)
    if install.tool == "uv":
        system = install.option("--system", "system")
        if system is not None:
            change.replace(system.span, f"--python {place}/bin/python")
        else:
            change.insert(install.program.end, f" --python {place}/bin/python")
    else:
        name = "python" if install.python.is_interpreter else "pip"
        change.replace(install.command.words[0].span, f"{place}/bin/{name}")


def _chained(context: Context, command: Command, maker: str) -> tuple[Edit, ...] | None:
    """`maker &&` before a command of a chain, laid out as the chain is."""
    if not is_plain(context.text, command) or command.operator in ("|", "||"):
        return None
    text = context.text
    first = command.outer(Span(start(command), start(command))).start
    begin = text.rfind("\n", 0, first) + 1
    lead = text[begin:first]
    newline = newline_of(text)
    if re.fullmatch(r"[ \t]*(?:&&|;)[ \t]*", lead):
        new = f"{maker} \\{newline}{lead}"
    elif not lead.strip() and command.operator in ("&&", ";"):
        new = f"{maker} {command.operator} \\{newline}{lead}".replace(" ;", ";")
    elif not lead.strip():  # a line of a heredoc
        new = f"{maker}{newline}{lead}"
    else:
        new = f"{maker} && "
    return (Edit(Span(first, first), new),)


def _path_after(context: Context, command: Command) -> tuple[Edit, ...]:
    """`ENV PATH` behind the instruction, so that what follows uses the environment."""
    line = f'ENV PATH="{DIRECTORY}/bin:$PATH"'
    span = anchor(command)
    if span is None or line in context.text[span.end :]:
        return ()
    end = span.end
    while end > span.start and context.text[end - 1] in "\r\n":
        end -= 1
    return (Edit(Span(end, end), f"{newline_of(context.text)}{line}"),)


def _lines_before(context: Context, judged: Judged, maker: str) -> tuple[Edit, ...] | None:
    span = anchor(judged.install.command)
    if span is None:
        return None
    begin = context.text.rfind("\n", 0, span.start) + 1
    lead = context.text[begin : span.start]
    if lead.strip():
        return None
    user = judged.install.command.region.fact("user")
    name = user.value if user and user.value not in ("root", "0", "0:0", "root:root", "") else ""
    if name is None or (name and not _USER.fullmatch(name)):
        return None
    own = f' && chown -R {name} "$VIRTUAL_ENV"' if name else ""
    lines = [
        *(["USER root"] if name else []),
        *_venv_package_lines(context, judged),
        f"ENV VIRTUAL_ENV={DIRECTORY}",
        f'RUN {maker} "$VIRTUAL_ENV"{own}',
        'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
        *([f"USER {name}"] if name else []),
    ]
    newline = newline_of(context.text)
    return (Edit(Span(span.start, span.start), "".join(f"{line}{newline}{lead}" for line in lines)),)


def _venv_package_lines(context: Context, judged: Judged) -> list[str]:
    """Where the image brings Python itself, Debian's and Ubuntu's lacks what venv needs."""
    install = judged.install
    needs = (judged.environment.distribution or "").startswith(_NEEDS_PACKAGE)
    if not needs or install.tool == "uv" or has_venv(context, install):
        return []
    if python_installer(context, install, apt_only=True) is not None:
        return []  # that line gets the package
    apt = f"apt-get update && apt-get install -y --no-install-recommends {PACKAGE}"
    return [f"RUN {apt} && rm -rf /var/lib/apt/lists/*"]
