"""Whether the check refuses: whether the tool looks at all, whether the Python is marked, what switches it off.

The order follows pip and uv as observed (docs/evaluation.md).
"""

from __future__ import annotations

from typing import NamedTuple

from pep668.model import Bypass, Evidence, Install, Machine, Managed, Span, Verdict

from .files import FALSE, TRUE
from .place import PlaceInfo
from .state import Shell, System
from .target import Target


class Outcome(NamedTuple):
    """A verdict with what bypasses the check, why, and what would settle it."""

    verdict: Verdict
    bypass: Bypass | None = None
    evidence: tuple[Evidence, ...] = ()
    decides: str = ""


def verdict(
    install: Install, shell: Shell, system: System, place: PlaceInfo, target: Target, machine: Machine | None
) -> Outcome:
    """What the tool's check says about a target; `machine` where it is this one's."""
    here = install.command.outer(install.program)
    if target.managed is Managed.NO:
        return Outcome(Verdict.ALLOWED)
    if install.passes_check:
        return Outcome(Verdict.ALLOWED, None, (Evidence(install.passes_check, _option_named(install) or here),))
    if install.tool == "ensurepip" and place.distribution in _ENSUREPIP_DISABLED:
        return Outcome(Verdict.ALLOWED, None, (Evidence(f"{place.label} disables ensurepip in its own words", here),))
    if install.tool == "ensurepip" and machine and machine.distribution:
        family = {machine.distribution.id, *machine.distribution.like}
        if family & _ENSUREPIP_DISABLED:
            why = Evidence(f"{machine.distribution.name} disables ensurepip in its own words", here)
            return Outcome(Verdict.ALLOWED, None, (why,))
    if system.marker_removed is not None:
        return Outcome(Verdict.ALLOWED, Bypass.MARKER_REMOVED, (system.marker_removed,))
    unknown = None
    if install.tool != "ensurepip":
        bypass = _bypass(install, shell, system, machine)
        if bypass is not None and bypass.verdict is Verdict.ALLOWED:
            return bypass
        if place.pip_config is not None and install.tool != "uv":
            return Outcome(Verdict.ALLOWED, Bypass.RUNNER, (place.pip_config,))
        unknown = bypass
    if target.managed is Managed.MAYBE:
        return Outcome(Verdict.DEPENDS)
    return unknown or Outcome(Verdict.REFUSED)


def _option_named(install: Install) -> Span | None:
    """The place of the option that is the reason for passing the check."""
    named = [word for word in install.passes_check.split() if word.startswith("-")]
    option = install.option(*named[:1])
    return install.command.outer(option.span) if option is not None else None


def _bypass(install: Install, shell: Shell, system: System, machine: Machine | None) -> Outcome | None:
    """What switches the check off: `allowed`, or `depends` where that is not known to be on."""
    flag = install.option("--break-system-packages")
    if flag is not None:
        evidence = Evidence("--break-system-packages switches the check off", install.command.outer(flag.span))
        return Outcome(Verdict.ALLOWED, Bypass.FLAG, (evidence,))
    uv = install.tool == "uv"
    variables = _variables(shell, machine)
    if not uv and install.option("--isolated") is not None:
        return None
    unknown = None
    name = "UV_BREAK_SYSTEM_PACKAGES" if uv else "PIP_BREAK_SYSTEM_PACKAGES"
    found = variables.get(name)
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
            return Outcome(Verdict.ALLOWED, None, (junk,))
    if uv:
        return unknown
    skips = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT") if install.operation == "install" else ()
    for name in skips:
        if name in variables and variables[name][0] != "":
            return Outcome(Verdict.ALLOWED, None, (variables[name][1],))
    sections = ("global", install.operation)
    for section in sections:
        if section in system.pip_config:
            return Outcome(Verdict.ALLOWED, Bypass.PIP_CONFIG, (system.pip_config[section],))
    if machine is not None:
        for section in sections:
            key = f"{section}.break-system-packages"
            if machine.pip_config.get(key, "").lower() in TRUE:
                where = machine.pip_config_files.get(key, "pip's configuration")
                why = Evidence(f"{where} sets break-system-packages", path=machine.pip_config_files.get(key, ""))
                return Outcome(Verdict.ALLOWED, Bypass.PIP_CONFIG, (why,))
    return unknown


# Their python3 says "ensurepip is disabled in Debian/Ubuntu for the system python", whatever the marker.
_ENSUREPIP_DISABLED = {"debian", "ubuntu", "raspbian", "kali", "linuxmint", "pop", "zorin", "elementary"}


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
