"""The virtual environment of an image: written into a Dockerfile, before a RUN or inside its chain."""

from __future__ import annotations

import re

from pep668.context import Context
from pep668.fixes._copies import copied, takes_installed
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
from pep668.fixes._own_path import own_path
from pep668.fixes._packages import apt_venv, lacks_venv, package_of, python_installer, system_packages
from pep668.fixes._users import given, handed_over, lines_at, user_of
from pep668.fixes._way import Way
from pep668.model import Command, Edit, Install, Judged
from pep668.text import Span, newline_of

ORDER = 20
DIRECTORY = "/opt/venv"
_VARIABLE = re.compile(r"\"?\$\{?(\w+)\}?\"?")
_UV_SCRIPT = re.compile(r"astral\.sh/uv|uv/(?:[\d.]+/)?install\.sh|uv-installer\.sh")
TITLE = "Install into a virtual environment in the image instead"


def answers(judged: Judged) -> bool:
    return anchor(judged.install.command) is not None


def way(context: Context, judged: Judged) -> Way:
    edits, explanation = _rewrite(context, judged)
    served = _on_path(context, judged) or not relied_on(judged)
    # Another stage may have another Python, which the environment does not work with.
    left = takes_installed(context, judged.install.command, DIRECTORY)
    return Way(TITLE, edits, explanation, serves_later=served and not left)


def _on_path(context: Context, judged: Judged) -> bool:
    """Whether the environment comes first in PATH for all that runs after the install, its own RUN included."""
    chained = _brought_here(context, judged.install)
    made = _made(context, judged) is not None
    return not chained and not made and not own_path(context, judged.install.command)


def _made(context: Context, judged: Judged) -> tuple[Command, str] | None:
    """The command that makes an environment in an earlier instruction of the stage, and where."""
    known = index(context)
    region = judged.install.command.region
    systems = known.systems(region.place.system)
    here = judged.install.command.outer(judged.install.program).start
    uv = judged.install.tool == "uv"
    makers = [(c, d) for c, d in known.makers if c.region.place.system in systems and (uv or has_pip(c))]
    found = [(c, _resolved(c, d)) for c, d in makers if c.outer(c.span).start < here]
    return next((made for made in reversed(found) if made[1].startswith("/")), None)


def _resolved(command: Command, place: str) -> str:
    """A place with the value of the image's variable that it is."""
    named = _VARIABLE.fullmatch(place)
    fact = command.region.fact("variable", named[1]) if named else None
    return fact.value if fact is not None and fact.value else place


def _brought_here(context: Context, install: Install) -> bool:
    """Whether the instruction brings what makes the environment itself, so that no earlier one can use that."""
    inside = region_of(install.command)
    if install.tool != "uv":
        python = python_installer(context, install.command)
        return python is not None and region_of(python) is inside
    earlier = (j.install for j in context.judged if region_of(j.install.command) is inside)
    here = install.command.outer(install.program).start
    by_pip = any("uv" in i.packages and i.command.outer(i.program).start < here for i in earlier)
    text = context.text[inside.map.offset(0) : here] if inside is not None else ""
    return by_pip or _UV_SCRIPT.search(text) is not None


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
    made = _made(context, judged)
    directory = made[1] if made else meant.path if meant is not None and meant.path.startswith("/") else ""
    if directory:
        _reach(change, install, directory)
        owned = given(context, command, made[0], directory) if made else ()
        # Where nothing names its programs, what follows finds what is installed by PATH alone.
        named = re.search(rf"{re.escape(directory)}/bin(?!/activate)", context.text)
        path = () if named else _path_after(context, command, directory)
        return combined(owned, change.edits(), package_of(context, judged.install), path), explanation
    user = user_of(context, command)
    if user is None:
        return None, explanation
    owned = handed_over(context, command, user, DIRECTORY)
    user_site = install.option("--user", "user") is not None
    copies = copied(context, command, DIRECTORY, user_site=user_site)
    if _brought_here(context, install):
        use_environment(change, install, DIRECTORY)
        chain = _chained(context, command, f"{maker} {DIRECTORY}")
        path = _path_after(context, command, DIRECTORY)
        return combined(chain, change.edits(), package_of(context, judged.install), path, owned, copies), explanation
    system = install.option("--system", "system")
    by_variable = install.tool == "uv" and command.region.fact("variable", "UV_SYSTEM_PYTHON") is not None
    if by_variable or own_path(context, command):
        use_environment(change, install, DIRECTORY)
    elif system is not None:
        change.drop(system.span)
    elif install.python.program.startswith("/") and install.tool != "uv":
        change.replace(install.command.words[0].span, install.python.program.rpartition("/")[2])
    lines = _lines_before(context, judged, maker, user)
    return combined(lines, change.edits(), package_of(context, install), owned, copies), explanation


def _reach(change: Rewrite, install: Install, directory: str) -> None:
    """Let the command reach an environment that is there; the image's VIRTUAL_ENV tells uv of it."""
    region, system = install.command.region, install.option("--system", "system")
    named = region.fact("variable", "VIRTUAL_ENV")
    told = named is not None and named.value == directory and not region.fact("variable", "UV_SYSTEM_PYTHON")
    if install.tool == "uv" and system is not None and told:
        change.drop(system.span)
    else:
        use_environment(change, install, directory)


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


def _path_after(context: Context, command: Command, directory: str) -> tuple[Edit, ...]:
    """`ENV PATH` behind the instruction, so that what follows uses the environment."""
    line = f'ENV PATH="{directory}/bin:$PATH"'
    span = anchor(command)
    if span is None or line in context.text[span.end :]:
        return ()
    end = span.end
    while end > span.start and context.text[end - 1] in "\r\n":
        end -= 1
    inside = region_of(command)
    written = inside.parent.written(f"\n{line}") if inside is not None and inside.parent is not None else None
    return () if written is None else (Edit(Span(end, end), written.replace("\n", newline_of(context.text))),)


def _lines_before(context: Context, judged: Judged, maker: str, user: str) -> tuple[Edit, ...] | None:
    inside, span = region_of(judged.install.command), anchor(judged.install.command)
    if inside is None or span is None:
        return None
    own = f' && chown -R {user} "$VIRTUAL_ENV"' if user else ""
    lines = [
        *(["USER root"] if user else []),
        *_venv_package_lines(context, judged),
        f"ENV VIRTUAL_ENV={DIRECTORY}",
        f'RUN {maker} "$VIRTUAL_ENV"{own}',
        'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
        *([f"USER {user}"] if user else []),
    ]
    return lines_at(context, inside, span, lines)


def _venv_package_lines(context: Context, judged: Judged) -> list[str]:
    return [f"RUN {apt_venv()} && rm -rf /var/lib/apt/lists/*"] if lacks_venv(context, judged) else []
