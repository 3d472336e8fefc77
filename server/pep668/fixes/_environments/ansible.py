"""Ansible's tasks: `virtualenv` for the `pip` module, a task that makes the environment for commands.

The environment is the one that the play uses or names already. Otherwise it is /opt/venv where the task surely runs as
root (`become`, `remote_user: root`, or tasks beside it that only root can do), so that every user's services can run
what is in it; `~/.venv` where that is not sure, since whoever the task runs as can make it; and `.venv` beside the
playbook where that runs on this machine without becoming root, as everywhere else in a workspace. `command` is no
shell, so its environment is made by a task of its own, which `creates` keeps from running twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pep668.context import Context
from pep668.environment.creation import making
from pep668.fixes._ansible import Entry, Mapping, Scalar, Sequence, Site, Task, packages, site
from pep668.fixes._creation import MOVES, creation, interpreter
from pep668.fixes._edits import (
    Rewrite,
    combined,
    drop_overrides,
    drop_privileges,
    line_in_environment,
    start,
    stays_here,
    use_environment,
)
from pep668.fixes._index import index
from pep668.fixes._later import relied_on
from pep668.fixes._runs import runs
from pep668.fixes._way import Way
from pep668.model import EnvironmentKind, Install, Judged, Verdict
from pep668.syntax.node import text
from pep668.text import Edit, Span

ORDER = 5

_MODULES = ("pip", "command", "shell")
_SHELLS = ("raw", "cron")  # with no tasks before them, or not run there
_QUOTES = "\"'"
_ANYBODYS = "~/.venv"
_ROOTS = "/opt/venv"
_BESIDE = "{{ playbook_dir }}/.venv"
_OVERRIDE = re.compile(r"(?:(?<=[\s\"'])|^)--(?:user|break-system-packages)(?=[\s\"']|$)[ \t]*")
_PYTHON = re.compile(r"python3?(?:-(?:pip|dev|minimal|setuptools|wheel|packaging))?")
_VENV = re.compile(r"python3?(?:\.\d+)?-(?:venv|full)|(?:python3-)?virtualenv")
_LIBRARY = re.compile(r"python3?-(?!pip\b|dev\b|minimal\b|setuptools\b|wheel\b|packaging\b|venv\b|full\b|apt\b)")
# Projects that Ansible's own modules import, from the Python that Ansible uses on the host.
_FOR_MODULES = frozenset(
    """
    boto boto3 botocore cryptography docker docker-compose dnspython hvac jmespath kubernetes lxml ldap3 mysqlclient
    netaddr openshift passlib pexpect proxmoxer psycopg psycopg2 psycopg2-binary pymongo pymysql pyopenssl python-ldap
    pyvmomi redis requests
    """.split()
)


def answers(judged: Judged) -> bool:
    found = site(judged.install.command)
    return found is not None and found.task.module not in _SHELLS


def way(context: Context, judged: Judged) -> Way:
    install = judged.install
    here = site(install.command)
    assert here is not None
    directory = _directory(here, judged)
    serves = not (relied_on(judged) or _needed_later(here, install))
    if here.task.module == "pip":
        title = f"Install into {directory} instead, by the module's virtualenv"
        lines = "\n".join(f"{key}: {value}" for key, value in _options(context, here, install, directory))
        return Way(title, _module(context, here, judged, directory), lines, serves)
    if here.task.module not in _MODULES:
        shown = f"{creation(install, directory, '')}\n{line_in_environment(install, directory)}"
        return Way(f"Install into {directory} instead", None, shown)
    place = _word(here, install, directory)
    lines = "\n".join(
        ["- " + _creation(here, install, place)[0], *("  " + x for x in _creation(here, install, place)[1:])]
    )
    shown = f"{lines}\n- {here.task.key.value}: {line_in_environment(install, place)}"
    return Way(f"Install into {place} instead", _command(context, here, judged, place), shown, serves)


def _directory(here: Site, judged: Judged) -> str:
    unused = judged.environment.unused
    if unused is not None and unused.path.startswith("/") and "\0" not in unused.path:
        return unused.path
    if here.task.module not in _MODULES:
        return _ROOTS  # another machine, or a container
    named = here.named()
    if named is not None:
        return named[0]
    return _usual(here)


def _usual(here: Site) -> str:
    if here.root:
        return _ROOTS
    return _BESIDE if here.task.around.local else _ANYBODYS


def _word(here: Site, install: Install, directory: str) -> str:
    """The directory in a command; tasks on this machine run in the playbook's folder."""
    if directory != _BESIDE:
        return directory
    command = install.command
    moved = here.task.text("chdir") is not None or MOVES.search(command.region.text, 0, start(command))
    return directory.replace("_dir }}", "_dir | quote }}") if moved else ".venv"


def _needed_later(here: Site, install: Install) -> bool:
    """Whether what follows may need what is installed from the Python that Ansible uses on the host.

    Options that a template gives are not known either: `--user` means nothing in an environment.
    """
    if _FOR_MODULES & set(install.packages) or "{{" in (here.task.text("extra_args") or ""):
        return True
    known = len(install.packages) == len(install.requests)
    texts = []
    for task in here.after():
        if task.free is not None:
            texts.append(task.free.value)
        name = task.key.value
        if not known and "." in name and not name.startswith(("ansible.builtin.", "ansible.posix.")):
            return True
    return runs("\n".join(texts), install)


# --- the pip module ----------------------------------------------------------------------------------


def _quoted(here: Site, value: str) -> str:
    """A value in YAML; templates in the quotes that the file uses."""
    if "{{" not in value:
        return value
    source = here.region.text
    quote = "'" if re.search(r":[ \t]+'\{\{", source) and not re.search(r":[ \t]+\"\{\{", source) else '"'
    return f"{quote}{value}{quote}"


def _options(context: Context, here: Site, install: Install, directory: str) -> Iterator[tuple[str, str]]:
    python = here.task.text("virtualenv_python")
    own = here.named()
    command = own[1] if own is not None and own[0] != _usual(here) and python is None else ""
    yield "virtualenv", _quoted(here, directory)
    yield "virtualenv_command", command or f"{python or interpreter(install)} -m venv"
    libraries = any(_LIBRARY.match(n.value) for task in here.before() for n in packages(task))
    if libraries and "virtualenv_site_packages" not in here.task.arguments:
        yield "virtualenv_site_packages", "true"


def _module(context: Context, here: Site, judged: Judged, directory: str) -> tuple[Edit, ...] | None:
    task, install = here.task, judged.install
    if "virtualenv" in task.arguments or "{{" in (task.text("virtualenv_python") or ""):
        return None
    options = list(_options(context, here, install, directory))
    entry = next((e for e in task.node.entries if e.span.covers(task.key.span)), None)
    if entry is None:
        return None
    if isinstance(entry.value, Mapping):
        edits = _in_mapping(context, here, entry.value, options)
    elif isinstance(entry.value, Scalar):
        edits = _in_text(context, here, entry.value, options)
    else:
        edits = None
    return combined(edits, _venv_package(context, here, judged))


def _in_mapping(
    context: Context, here: Site, given: Mapping, options: list[tuple[str, str]]
) -> tuple[Edit, ...] | None:
    """The options in the place of those that exclude them, or behind the last one."""
    source = here.region.text
    flow = source[given.span.start] == "{"
    entries = given.entries
    if not entries or not all(given.span.covers(e.span) for e in entries):
        return None  # an alias, a merge key
    if any(e.value.span.start not in given.span for e in entries if e.key.value == "extra_args"):
        return None
    dropped: list[Entry] = []
    edits: list[Edit | None] = []
    for entry in entries:
        if entry.key.value in ("executable", "virtualenv_python", "break_system_packages"):
            if "{{" in (text(entry.value) or ""):
                return None
            dropped.append(entry)
        elif entry.key.value == "extra_args" and isinstance(entry.value, Scalar):
            written = source[entry.value.span.start : entry.value.span.end]
            left = _OVERRIDE.sub("", written)
            if left == written:
                continue
            if "\n" in written or "{{" in written:
                return None
            bare = left.strip().strip("\"'").strip()
            if not bare:
                dropped.append(entry)
            else:
                trimmed = re.sub(r"[ \t]+(?=[\"']?$)", "", left)
                edits.append(here.edit(context.text, entry.value.span, trimmed))
    if set(here.task.arguments) & {"executable", "break_system_packages", "extra_args"} - {
        e.key.value for e in entries
    }:
        return None  # under `args`
    if flow and len(dropped) > 1:
        return None
    column = entries[0].span.start - (source.rfind("\n", 0, entries[0].span.start) + 1)
    between = ", " if flow else "\n" + " " * column
    new = between.join(f"{key}: {value}" for key, value in options)
    if dropped:
        edits.append(here.edit(context.text, dropped[0].span, new))
        edits += [here.edit(context.text, _lines(source, e.span), "") for e in dropped[1:]]
    else:
        end = entries[-1].span.end
        if not flow:
            rest = re.compile(r"[ \t]*(?:#[^\r\n]*)?").match(source, end)
            end = rest.end() if rest else end
        edits.append(here.edit(context.text, Span(end, end), between + new))
    return tuple(e for e in edits if e is not None) if None not in edits else None


def _lines(source: str, span: Span) -> Span:
    """The lines that something takes up."""
    begin = source.rfind("\n", 0, span.start) + 1
    end = source.find("\n", span.end)
    return Span(begin, len(source) if end < 0 else end + 1)


def _in_text(context: Context, here: Site, given: Scalar, options: list[tuple[str, str]]) -> tuple[Edit, ...] | None:
    """`pip: name=x` with the options behind."""
    if set(here.task.arguments) & {"executable", "virtualenv_python", "break_system_packages"}:
        return None
    if _OVERRIDE.search(here.task.text("extra_args") or ""):
        return None
    words = [f"{key}={value}" if " " not in value else f"{key}='{value.strip(_QUOTES)}'" for key, value in options]
    written = given.notation(" " + " ".join(words))
    if written is None:
        return None
    end = given.map.end_offset(len(given.value.rstrip()))
    edit = here.edit(context.text, Span(end, end), written)
    return None if edit is None else (edit,)


# --- commands ----------------------------------------------------------------------------------------


def _creation(here: Site, install: Install, place: str) -> list[str]:
    """The lines of a task that makes the environment unless it is there."""
    uv = install.tool == "uv"
    maker = f"uv venv --seed {place}" if uv else f"{interpreter(install)} -m venv {place}"
    prefix = "ansible.builtin." if "ansible.builtin." in here.region.text else ""
    lines = ["name: Create the virtual environment", f"{prefix}command:"]
    there = place.replace(" | quote", "")
    lines += [
        f"  cmd: {_quoted(here, maker)}",
        f"  creates: {_quoted(here, there + ('/bin/python' if uv else '/bin/pip'))}",
    ]
    folder = here.task.text("chdir")
    return lines + ([f"  chdir: {_quoted(here, folder)}"] if folder and not place.startswith(("/", "~", "{{")) else [])


def _command(context: Context, here: Site, judged: Judged, place: str) -> tuple[Edit, ...] | None:
    install = judged.install
    rewrite = Rewrite(context.text, install.command)
    if not stays_here(install.command) or not drop_privileges(rewrite):
        return None
    if install.command.region.origin is not None and "{{" in place:
        return None
    drop_overrides(rewrite, install)
    use_environment(rewrite, install, place)
    before: tuple[Edit, ...] | None = ()
    if not _made(context, here, place):
        first = _first(context, here, judged, place)
        lines = [*_creation(first.site, first.install, place), *first.site.kept()]
        before = None if first.site.handler(context.path) else first.site.task_before(context.text, lines)
    return combined(before, rewrite.edits(), _venv_package(context, here, judged))


def _made(context: Context, here: Site, place: str) -> bool:
    """Whether a command of the play makes the environment before."""
    for maker, _ in index(context).makers:
        found = site(maker)
        if found is None or found.tasks is not here.tasks or found.task.node.span.start >= here.task.node.span.start:
            continue
        made = making([w.pattern for w in maker.words])
        if made is None or not made.places:
            continue
        outer = maker.outer(maker.words[made.places[0]].span)
        if context.text[outer.start : outer.end].strip("\"'").rstrip("/") == place:
            return True
    return False


@dataclass(frozen=True, eq=False)
class _Open:
    site: Site
    install: Install


def _open(context: Context, here: Site) -> Iterator[tuple[Judged, Site]]:
    """What of the play still installs into the system."""
    for judged in context.judged:
        environment = judged.environment
        found = site(judged.install.command)
        if found is None or found.tasks is not here.tasks or found.task.module not in _MODULES:
            continue
        if environment.kind is EnvironmentKind.VIRTUAL or judged.install.operation == "uninstall":
            continue
        if environment.verdict is not Verdict.ALLOWED or environment.bypass is not None:
            yield judged, found


def _first(context: Context, here: Site, judged: Judged, place: str) -> _Open:
    """The first command of the play that needs the environment: all fixes put the task that makes it there."""
    for other, found in _open(context, here):
        if found.task.module != "pip" and _word(found, other.install, _directory(found, other)) == place:
            return _Open(found, other.install)
    return _Open(here, judged.install)


# --- what venv needs ---------------------------------------------------------------------------------


def _venv_package(context: Context, here: Site, judged: Judged) -> tuple[Edit, ...]:
    """python3-venv among the packages of a task of `apt`, or by a task of its own; none where it may be there."""
    tasks = [t for t in here.before() if t.module == "apt" and packages(t)]
    names = [(t, n) for t in tasks for n in packages(t)]
    if judged.install.tool == "uv" or any(_VENV.fullmatch(n.value) for _, n in names):
        return ()
    pythons = [(t, n) for t, n in names if _PYTHON.fullmatch(n.value)]
    if pythons:
        edit = _among(context, here, *pythons[-1])
        return () if edit is None else (edit,)
    if here.task.module != "pip" and _made(context, here, _directory(here, judged)):
        return ()
    environment = judged.environment
    others = {t.module for t in here.tasks} & {"dnf", "dnf5", "yum", "zypper", "apk", "pacman", "homebrew"}
    known = environment.distribution or ""
    delegated = any(here.task.node.entry(key) for key in ("local_action", "delegate_to"))
    if others or delegated or not here.root or not here.facts or here.handler(context.path):
        return ()
    if known and not known.startswith(("Debian", "Ubuntu", "Raspberry", "Linux Mint", "Kali", "Pop!_OS")):
        return ()
    alike = (found for _, found in _open(context, here) if here.runs_alike(found.task))
    first = next((found for found in alike if not found.handler(context.path)), here)
    prefix = "ansible.builtin." if "ansible.builtin." in here.region.text else ""
    kept = [line for line in first.kept() if not line.startswith("when")]
    lines = ["name: Install what python3 -m venv needs", f"{prefix}apt:", "  name: python3-venv"]
    lines += [] if any(t.true("update_cache") for t in here.before()) else ["  update_cache: true"]
    lines += ["when: ansible_facts['os_family'] == 'Debian'", *kept]
    return first.task_before(context.text, lines) or ()


def _among(context: Context, here: Site, task: Task, name: Scalar) -> Edit | None:
    """The edit that adds python3-venv behind a name."""
    source = here.region.text
    holder = next((g for g in (task.argument("name", "pkg", "package"), task.loop) if _holds(g, name)), None)
    if isinstance(holder, Scalar):
        if "," in holder.value or (holder.span.start > 0 and source[holder.span.start - 1] == "="):
            return here.edit(context.text, Span(name.span.end, name.span.end), ",python3-venv")
        written = source[holder.span.start : holder.span.end]
        return here.edit(context.text, holder.span, f"[{written}, python3-venv]")
    if holder is None:
        return None
    if source[holder.span.start] == "[":
        return here.edit(context.text, Span(name.span.end, name.span.end), ", python3-venv")
    begin = source.rfind("\n", 0, name.span.start) + 1
    lead = source[begin : name.span.start]
    end = source.find("\n", name.span.end)
    end = len(source) if end < 0 else end - source.startswith("\r\n", end - 1)
    return here.edit(context.text, Span(end, end), f"\n{lead}python3-venv") if re.fullmatch(r" *- +", lead) else None


def _holds(given: object, name: Scalar) -> bool:
    return isinstance(given, (Scalar, Sequence)) and given.span.covers(name.span)
