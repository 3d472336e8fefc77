"""Why an environment that a document makes or activates for an install does not reach it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from pep668.model import (
    Bypass,
    Command,
    Environment,
    EnvironmentKind,
    Install,
    Managed,
    Missed,
    Region,
    ScopeKind,
    Unused,
    Verdict,
)

from .state import Shell, Source, SourceKind, System, source_of

# What makes environments, or is brought up to date before; it is not what an environment is made for.
_TOOLS = frozenset(
    ("pip", "setuptools", "wheel", "virtualenv", "pipx", "uv", "pipenv", "poetry", "tox", "nox", "hatch")
)
_CHOSEN = (Bypass.FLAG, Bypass.VARIABLE, Bypass.PIP_CONFIG, Bypass.MARKER_REMOVED)
# What an activation script is read by: anything else runs it in a process of its own.
_IN_PLACE = (".", "source", "activate", "conda", "workon", "mkvirtualenv", "eval")
# How to call another process of the same host; the rest are shells.
_PROCESSES = {
    "dockerfile": "another RUN",
    "makefile": "another line of the recipe",
    "justfile": "another line of the recipe",
    "ipython": "another line of the notebook",
    **dict.fromkeys(
        ("github-actions", "forgejo-actions", "circleci", "azure-pipelines", "jenkinsfile"), "another step"
    ),
}


def unused(
    install: Install, environment: Environment, inside: Shell, around: Sequence[Shell], system: System
) -> Unused | None:
    """The environment that was meant for an install and why it is not used; None where there is none such.

    `inside` is the state that the install runs in, `around` those of the shells that it stands in, innermost last.
    """
    if environment.kind is EnvironmentKind.VIRTUAL and environment.managed is Managed.NO:
        return None
    if (
        install.tool != "pip"
        or install.operation != "install"
        or install.passes_check
        or environment.usage_error
        or environment.bypass in _CHOSEN
    ):
        return None
    if install.python.option is not None or install.python.environment is not None or inside.left:
        return None
    if inside.elsewhere or inside.image is not None:
        return None
    first = inside.first
    if first is not None and first.kind is not SourceKind.OWN:
        return _active(install, first, system)
    active = next((s.first for s in reversed(around) if _is_documents(s.first, system)), None)
    if active is not None:
        return _dropped(install, active, inside)
    if "/" in install.python.program or "\0" in install.python.program:
        return None
    return _not_active(install, environment, inside, system)


def _is_virtual(source: Source | None) -> bool:
    return source is not None and source.kind is SourceKind.VIRTUAL and source.certain


def _is_documents(source: Source | None, system: System) -> bool:
    """Whether it is an environment that the document makes or activates, none that a tool has of its own."""
    if source is None or not _is_virtual(source):
        return False
    return source.activated or source.path in system.environments


def _active(install: Install, first: Source, system: System) -> Unused | None:
    """An environment is active here and not used all the same."""
    if first.instead:
        why = f"{_shown(first.path)} is activated, but the environment that is made is {_shown(first.instead)}"
        return Unused(first.path, Missed.OTHER_NAME, why, first.evidence, sure=False)
    if not _is_documents(first, system):
        return None
    program = install.python.program
    pipless = system.pipless.get(first.path)
    if pipless is not None and "/" not in program and not install.python.is_interpreter:
        tool = "uv venv puts no pip into it without --seed" if "uv" in pipless.evidence.text else "it is made without"
        why = f"{_shown(first.path)} is active but has no pip, since {tool}"
        sure = pipless.certain
        return Unused(first.path, Missed.PIPLESS, why, pipless.evidence, evident=sure, sure=sure, pipless=True)
    if program.startswith(("/usr/", "/bin/")):
        why = f"{program} is the system's own, although {_shown(first.path)} is active"
        return Unused(first.path, Missed.ABSOLUTE, why, first.evidence)
    return None


def _dropped(install: Install, active: Source, inside: Shell) -> Unused | None:
    """An environment is active outside of what the command is wrapped in."""
    names = [w.name.partition(" ")[0].rpartition("/")[2] for w in install.command.all_wrappers]
    region, path = install.command.region, _shown(active.path)
    while region.origin is not None:
        names.append(region.origin.name or "")
        region = region.origin.region
    if inside.sudo is not None:
        name = next((n for n in names if n in ("sudo", "doas")), "sudo")
        why = f"{name} starts with a PATH of its own and leaves {path}"
        return Unused(active.path, Missed.WRAPPED, why, active.evidence, evident=True)
    name = next((n for n in names if n in ("env", "su", "runuser", "login")), "")
    if not name:
        return None
    why = f"{name} starts with a PATH of its own and leaves {path}"
    return Unused(active.path, Missed.WRAPPED, why, active.evidence)


def _not_active(install: Install, environment: Environment, inside: Shell, system: System) -> Unused | None:
    """No environment is active here, but one was, or half of what activates it was done."""
    command = install.command
    handed = _handed(inside, system)
    if handed is not None:
        why = f"what puts {_shown(handed.path)} first in PATH holds from the next step on"
        return Unused(handed.path, Missed.HANDED, why, handed.evidence, evident=True)
    if inside.behind is not None:
        path = inside.behind.path
        why = f"{_shown(path)} stands behind the system's folders in PATH"
        sure = environment.verdict is not Verdict.DEPENDS
        return Unused(path, Missed.BEHIND, why, inside.behind.evidence, sure=sure)
    variable = inside.exported("VIRTUAL_ENV")
    if variable is not None and variable.text and inside.absolute(variable.text) in system.environments:
        path = inside.absolute(variable.text)
        why = f"VIRTUAL_ENV alone does not activate {_shown(path)}, only its bin folder first in PATH does"
        return Unused(path, Missed.VARIABLE, why, variable.evidence, evident=not _only_tools(install))
    candidates = [m for m in system.meant if _follows(m.command, command)]
    activated = next((m for m in reversed(candidates) if m.activated), None)
    if activated is not None:
        where = _where(activated.command, command)
        if where:
            why = f"{_shown(activated.path)} was activated in {where}, which does not reach this one"
            likely, evident = environment.bypass is None, _hangs(activated.command)
            return Unused(activated.path, Missed.ELSEWHERE, why, activated.evidence, evident, likely)
    made = next((m for m in reversed(candidates) if not m.activated), None)
    if made is None or _only_tools(install) or environment.verdict is not Verdict.REFUSED:
        return None
    why = f"{_shown(made.path)} was made before, but it is not active here"
    return Unused(made.path, Missed.INACTIVE, why, made.evidence)


def _handed(inside: Shell, system: System) -> Source | None:
    """What a step has put first in PATH for those after it, and not for itself."""
    for handed in system.handed:
        front, extends, _ = handed.text.partition(":${PATH}")
        if handed.name == "PATH" and extends:
            source = source_of(inside.absolute(front), system, handed.evidence)
            if _is_virtual(source):
                return source
    return None


def _only_tools(install: Install) -> bool:
    names = [request.name for request in install.requests]
    return bool(names) and all(name in _TOOLS for name in names)


def _follows(earlier: Command, command: Command) -> bool:
    """Whether one command runs before another wherever that one does: steps of a job or image, lines of a script."""
    one, other = _root(earlier.region), _root(command.region)
    if other.fact("document"):
        return False  # people run what they need of it
    if any(other.fact(kind) is not None for kind in ("image", "runner")) or _host(other) == "ipython":
        return True
    return one.anchor == other.anchor


def _where(earlier: Command, command: Command) -> str:
    """The process that an activation ended with; "" where that is the command's own, which set another PATH since."""
    one, other = _root(earlier.region), _root(command.region)
    if one.place.process != other.place.process:
        return _PROCESSES.get(_host(other), "another shell")
    if earlier.region.origin is not None and earlier.region is not command.region:
        return f"a shell of its own (`{earlier.region.origin.name or 'sh'}`)"
    if earlier.words and earlier.words[0].value not in _IN_PLACE and not earlier.assignments:
        return f"a shell of its own (`{earlier.name or 'sh'}`)"
    if any(s.kind is ScopeKind.SUBSHELL and s not in command.scope for s in earlier.scope):
        return "a subshell or a part of a pipeline"
    return ""


def _hangs(command: Command) -> bool:
    """Whether nothing follows an activation in its own shell: it was meant for what comes later."""
    return not command.region.text[command.span.end :].strip(" \t\r\n;)}&\"'")


def _root(region: Region) -> Region:
    while region.origin is not None and region.parent is not None:
        region = region.parent
    return region


def _host(region: Region) -> str:
    return region.parent.language if region.parent is not None else ""


def _shown(path: str) -> str:
    """A symbolic path for people."""
    return path.removeprefix("${CURDIR}/").replace("${}", "...") or posixpath.curdir
