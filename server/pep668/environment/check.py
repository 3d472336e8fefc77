"""Whether the check refuses: whether the tool looks at all, whether the Python is marked, what switches it off.

The order follows pip and uv as observed (docs/evaluation.md).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from pep668 import data
from pep668.model import Bypass, Evidence, Expansion, Install, Machine, Managed, Span, Verdict

from . import versions
from .files import FALSE, TRUE, user_of
from .place import PlaceInfo
from .state import Change, Shell, System
from .target import Target


class Outcome(NamedTuple):
    """A verdict with what bypasses the check, why, and what would settle it."""

    verdict: Verdict
    bypass: Bypass | None = None
    evidence: tuple[Evidence, ...] = ()
    decides: str = ""
    usage_error: bool = False


def verdict(
    install: Install, shell: Shell, system: System, place: PlaceInfo, target: Target, machine: Machine | None
) -> Outcome:
    """What the tool's check says about a target; `machine` where it is this one's."""
    here = install.command.outer(install.program)
    pip, since = versions.pip_of(target, system, place) if install.tool == "pip" else ("", None)
    flag = install.option("--break-system-packages")
    if flag is not None and versions.lacks_the_flag(pip):
        why = Evidence(f"usage error: pip {pip} has no --break-system-packages", install.command.outer(flag.span))
        return Outcome(Verdict.ALLOWED, None, (why, *((since,) if since else ())), usage_error=True)
    user = _no_user_site(install, system, target)
    if user is not None:
        return Outcome(Verdict.ALLOWED, None, (user,), usage_error=True)
    if target.managed is Managed.NO:
        return Outcome(Verdict.ALLOWED)
    wanted = _wants_environment(install, shell, machine)
    if wanted is not None:
        return Outcome(Verdict.ALLOWED, None, (wanted,), usage_error=True)
    if install.passes_check:
        why = Evidence(install.passes_check, _option_named(install) or here)
        return Outcome(Verdict.ALLOWED, None, (why,), usage_error=install.passes_check.startswith("usage error"))
    if versions.reads_no_marker(pip):
        why = Evidence(f"pip {pip} is older than the check for the marker", since.span if since else here)
        return Outcome(Verdict.ALLOWED, None, (why,))
    if install.tool == "ensurepip" and (owner := _disables_ensurepip(place, machine)):
        return Outcome(Verdict.ALLOWED, None, (Evidence(f"{owner} disables ensurepip in its own words", here),))
    if shell.unmarked is not None:
        return Outcome(Verdict.ALLOWED, None, (shell.unmarked,))
    unknown = None
    removed = system.marker_removed
    if removed is not None and _concerns(removed, install, place, target):
        if removed.certain:
            return Outcome(Verdict.ALLOWED, Bypass.MARKER_REMOVED, (removed.evidence,))
        unknown = Outcome(Verdict.DEPENDS, None, (removed.evidence,), "whether the marker is removed before")
    if install.tool != "ensurepip":
        bypass = _bypass(install, shell, system, place, machine)
        if bypass is not None and bypass.verdict is Verdict.ALLOWED:
            return bypass
        if place.pip_config is not None and install.tool != "uv" and not _switched_on(install, shell):
            return Outcome(Verdict.ALLOWED, Bypass.RUNNER, (place.pip_config,))
        unknown = bypass or unknown
    if target.managed is Managed.MAYBE:
        return Outcome(Verdict.DEPENDS)
    return unknown or Outcome(Verdict.REFUSED)


def _no_user_site(install: Install, system: System, target: Target) -> Evidence | None:
    """Why pip stops at `--user`: the environment that the document makes does not see the user's packages."""
    option = install.option("--user", "user")
    if option is None or install.tool != "pip" or install.operation != "install" or install.passes_check:
        return None
    if target.managed is not Managed.NO or target.virtual is None or target.virtual in system.open:
        return None
    if target.virtual not in system.environments:
        return None
    text = "usage error: pip installs no --user packages from within a virtual environment"
    return Evidence(text, install.command.outer(option.span))


def _wants_environment(install: Install, shell: Shell, machine: Machine | None) -> Evidence | None:
    """Why pip stops outside of virtual environments, before it looks for the marker."""
    option = install.option("--require-virtualenv")
    if install.tool != "pip" or (option is None and install.option("--isolated") is not None):
        return None
    text = "pip stops outside of virtual environments"
    if option is not None:
        return Evidence(f"--require-virtualenv: {text}", install.command.outer(option.span))
    value, evidence = _variables(shell, machine).get("PIP_REQUIRE_VIRTUALENV", ("", None))
    return evidence if evidence is not None and (value or "").lower() in TRUE else None


def _option_named(install: Install) -> Span | None:
    """The place of the option that is the reason for passing the check."""
    named = [word for word in install.passes_check.split() if word.startswith("-")]
    option = install.option(*named[:1])
    return install.command.outer(option.span) if option is not None else None


def _concerns(removed: Change, install: Install, place: PlaceInfo, target: Target) -> bool:
    """Whether it is the marker of the Python that the install reaches."""
    reached = install.python.version or (target.interpreter.version if target.interpreter else place.ships.python)
    return not removed.python or not reached or removed.python == reached


def _bypass(
    install: Install, shell: Shell, system: System, place: PlaceInfo, machine: Machine | None
) -> Outcome | None:
    """What switches the check off: `allowed`, or `depends` where that is not known to be on."""
    flag = install.option("--break-system-packages")
    if flag is not None:
        evidence = Evidence("--break-system-packages switches the check off", install.command.outer(flag.span))
        return Outcome(Verdict.ALLOWED, Bypass.FLAG, (evidence,))
    uv = install.tool == "uv"
    isolated = not uv and install.option("--isolated") is not None
    variables = {} if isolated else _variables(shell, machine)
    unknown = _held(install, shell)
    name = "UV_BREAK_SYSTEM_PACKAGES" if uv else "PIP_BREAK_SYSTEM_PACKAGES"
    found = variables.get(name)
    off = False  # a false value wins over pip's configuration, an empty one does not count
    if found is not None:
        text, evidence = found
        if text is None:
            unknown = Outcome(Verdict.DEPENDS, None, (evidence,), f"whether {name} is set to true")
        elif text.lower() in TRUE:
            return Outcome(Verdict.ALLOWED, Bypass.VARIABLE, (evidence,))
        elif text.lower() not in FALSE:
            junk = Evidence(
                f"{evidence.text} is neither true nor false: {install.tool} stops with a usage error", evidence.span
            )
            return Outcome(Verdict.ALLOWED, None, (junk,), usage_error=True)
        off = bool(text) and (text or "").lower() in FALSE
        if uv and text == "":
            junk = Evidence(f"{evidence.text}: uv stops with a usage error at an empty value", evidence.span)
            return Outcome(Verdict.ALLOWED, None, (junk,), usage_error=True)
    if uv:
        return unknown
    skips = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT") if install.operation == "install" else ()
    for name in skips:
        if name in variables and variables[name][0] != "":
            return Outcome(Verdict.ALLOWED, None, (variables[name][1],))
    if off:
        return unknown
    sections = ("global", install.operation)
    for change in (system.pip_config[s] for s in sections if s in system.pip_config):
        own = change.user is not None
        if own and (isolated or (place.container and _name(change.user) != _name(user_of(shell)))):
            continue
        if change.certain and (not own or place.container or change.user == user_of(shell)):
            return Outcome(Verdict.ALLOWED, Bypass.PIP_CONFIG, (change.evidence,))
        unknown = Outcome(Verdict.DEPENDS, None, (change.evidence,), "whether this configuration of pip holds here")
    if machine is not None:
        for section in sections:
            key = f"{section}.break-system-packages"
            where = machine.pip_config_files.get(key, "")
            if isolated and not where.startswith("/etc/"):  # the user's own is left out, the system's is not
                continue
            if machine.pip_config.get(key, "").lower() in TRUE:
                why = Evidence(f"{where or 'pip configuration'} sets break-system-packages", path=where)
                return Outcome(Verdict.ALLOWED, Bypass.PIP_CONFIG, (why,))
    return unknown


def _switched_on(install: Install, shell: Shell) -> bool:
    """Whether a variable switches the check on again, against pip's configuration."""
    variable = shell.exported("PIP_BREAK_SYSTEM_PACKAGES") if install.option("--isolated") is None else None
    return variable is not None and bool(variable.text) and (variable.text or "").lower() in FALSE


def _name(user: str | None) -> str:
    """A user in a container, where it is root unless something else is said."""
    return "root" if user in (None, "", "0") else user or ""


def _held(install: Install, shell: Shell) -> Outcome | None:
    """`depends` where a variable that is not known among the words may hold the flag."""
    for word in install.command.words:
        names = [part.name for part in word.parts if isinstance(part, Expansion) and part.name]
        if not names or word.quoted:
            continue
        variable = shell.variables.get(names[0])
        told = variable.maybe if variable is not None and variable.text is None else ()
        if any(_FLAG in text for text in told) or (
            _OPTIONS.search(names[0]) and variable is None and len(word.parts) == 1
        ):
            evidence = (
                variable.evidence if variable is not None else Evidence("options", install.command.outer(word.span))
            )
            evidence = replace(evidence, text=f"${names[0]} may hold {_FLAG}")
            return Outcome(Verdict.DEPENDS, None, (evidence,), f"whether ${names[0]} holds {_FLAG}")
    return None


_FLAG = "--break-system-packages"
_OPTIONS = re.compile(r"(?:^|_)(?:OPTS?|OPTIONS?|FLAGS?|EXTRA_?ARGS|BREAK\w*)$", re.IGNORECASE)


def _disables_ensurepip(place: PlaceInfo, machine: Machine | None) -> str:
    """Whose python3 says "ensurepip is disabled in Debian/Ubuntu for the system python", whatever the marker; or ""."""
    here = machine.distribution if machine else None
    row = data.distribution(here.id, here.like) if here else data.distribution(place.distribution or "-")
    return (here.name if here else place.label) if row is not None and row.ensurepip == "disabled" else ""


def _variables(shell: Shell, machine: Machine | None) -> dict[str, tuple[str | None, Evidence]]:
    """The variables that reach the tool: this machine's (not through sudo), then the document's."""
    out: dict[str, tuple[str | None, Evidence]] = {}
    if machine is not None and shell.sudo is None:
        out = {n: (v, Evidence(f"{n}={v} in this machine's environment")) for n, v in machine.variables.items()}
    for name, variable in shell.variables.items():
        if variable.exported:
            text = variable.text
            out[name] = (None if text is not None and "${" in text else text, variable.evidence)
    return out
