"""The virtual environment of an image: written into a Dockerfile, before a RUN or inside its chain."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.environment.place import place_of
from pep668.fixes._creation import has_pip, interpreter
from pep668.fixes._edits import (
    Rewrite,
    combined,
    command_line,
    drop_overrides,
    drop_privileges,
    is_plain,
    start,
    stays_here,
    use_environment,
)
from pep668.fixes._image import anchor, region_of
from pep668.fixes._index import index
from pep668.fixes._later import relied_on
from pep668.fixes._packages import PACKAGE, has_venv, package_of, python_installer, system_packages
from pep668.fixes._way import Way
from pep668.model import Command, Edit, Judged
from pep668.text import Span, newline_of

ORDER = 20
DIRECTORY = "/opt/venv"
TITLE = "Install into a virtual environment in the image instead"
_USER = re.compile(r"[\w.-]+(?::[\w.-]+)?")
_LOGIN = re.compile(r"-\w*l\w*$")
_NEEDS_PACKAGE = ("Debian", "Ubuntu", "Raspberry", "Kali", "Linux Mint", "Pop!_OS")


def answers(judged: Judged) -> bool:
    return anchor(judged.install.command) is not None


def way(context: Context, judged: Judged) -> Way:
    edits, explanation = _rewrite(context, judged)
    return Way(TITLE, edits, explanation, serves_later=_on_path(context, judged) or not relied_on(judged))


def _on_path(context: Context, judged: Judged) -> bool:
    """Whether the environment comes first in PATH for all that runs after the install, its own RUN included."""
    python = python_installer(context, judged.install.command)
    chained = python is not None and region_of(python) is region_of(judged.install.command)
    return not chained and not _made(context, judged) and not _own_path(context, judged.install.command)


def _made(context: Context, judged: Judged) -> str:
    """The environment that an earlier instruction of the stage makes outright, "" for none."""
    known = index(context)
    region = judged.install.command.region
    systems = known.systems(region.place.system)
    here = judged.install.command.outer(judged.install.program).start
    uv = judged.install.tool == "uv"
    makers = [(c, d) for c, d in known.makers if c.region.place.system in systems and (uv or has_pip(c))]
    found = [d for c, d in makers if c.outer(c.span).start < here]
    return next((d for d in reversed(found) if d.startswith("/")), "")


def _rewrite(context: Context, judged: Judged) -> tuple[tuple[Edit, ...] | None, str]:
    """The edits (None: cannot be made) and the lines to write by hand."""
    install = judged.install
    command = install.command
    shared = system_packages(context, install)
    maker = f"{interpreter(install)} -m venv{shared}" if install.tool != "uv" else f"uv venv --seed{shared}"
    explanation = f'ENV VIRTUAL_ENV={DIRECTORY}\nRUN {maker} "$VIRTUAL_ENV"\nENV PATH="$VIRTUAL_ENV/bin:$PATH"\n'
    explanation += f"RUN {command_line(install)}"
    change = Rewrite(context.text, command)
    if not stays_here(command) or not drop_privileges(change):
        return None, explanation
    drop_overrides(change, install)
    meant = judged.environment.unused
    made = _made(context, judged) or (meant.path if meant is not None and meant.path.startswith("/") else "")
    python = python_installer(context, install.command)
    if made or (python is not None and region_of(python) is region_of(command)):
        directory = made or DIRECTORY
        use_environment(change, install, directory)
        chain = () if made else _chained(context, command, f"{maker} {DIRECTORY}")
        path = () if made else _path_after(context, command)
        return combined(chain, change.edits(), package_of(context, judged.install), path), explanation
    system = install.option("--system", "system")
    by_variable = install.tool == "uv" and command.region.fact("variable", "UV_SYSTEM_PYTHON") is not None
    if by_variable or _own_path(context, command):
        use_environment(change, install, DIRECTORY)
    elif system is not None:
        change.drop(system.span)
    elif install.python.program.startswith("/") and install.tool != "uv":
        change.replace(install.command.words[0].span, install.python.program.rpartition("/")[2])
    return combined(_lines_before(context, judged, maker), change.edits(), package_of(context, install)), explanation


def _own_path(context: Context, command: Command) -> bool:
    """Whether the command does not search the PATH of the image: it, or its shell, sets another."""
    earlier = [c for c in index(context).setters if c.region is command.region and c.span.start < command.span.start]
    own = any(a.name == "PATH" for a in (*command.assignments, *(a for w in command.wrappers for a in w.assignments)))
    empty = any(w.name == "env" and w.has("-i", "--ignore-environment") for w in command.wrappers)
    return own or bool(earlier) or empty or _at_login(command)


def _at_login(command: Command) -> bool:
    """Whether a login shell reads the command: /etc/profile may set PATH anew."""
    login = command.region.fact("login")
    if login is not None and login.value:
        return True
    origin = command.region.origin
    options = (w.value or "" for w in origin.words[1:]) if origin is not None else ()
    return any(o == "--login" or _LOGIN.match(o) for o in options) or (origin is not None and _at_login(origin))


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
    inside = region_of(command)
    written = inside.parent.written(f"\n{line}") if inside is not None and inside.parent is not None else None
    return () if written is None else (Edit(Span(end, end), written.replace("\n", newline_of(context.text))),)


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
    inside = region_of(judged.install.command)
    file = inside.parent if inside is not None else None
    written = [line if file is None else file.written(line) for line in lines]
    newline = newline_of(context.text)
    if None in written:
        return None
    return (Edit(Span(span.start, span.start), "".join(f"{line}{newline}{lead}" for line in written)),)


def _venv_package_lines(context: Context, judged: Judged) -> list[str]:
    """Where the image brings Python itself, Debian's and Ubuntu's lacks what venv needs."""
    install = judged.install
    needs = (judged.environment.distribution or "").startswith(_NEEDS_PACKAGE)
    if not needs or install.tool == "uv" or has_venv(context, install.command):
        return []
    if place_of(install.command.region).python == "own":
        return []
    if python_installer(context, install.command, apt_only=True) is not None:
        return []  # that line gets the package
    apt = f"apt-get update && apt-get install -y --no-install-recommends {PACKAGE}"
    return [f"RUN {apt} && rm -rf /var/lib/apt/lists/*"]
