"""Joins the target Python, its marker, and what bypasses the check into one verdict with evidence.

The order follows pip and uv as observed (docs/facts): whether the tool checks at
all, which Python it reaches, whether that one is marked, what switches the check off."""

from __future__ import annotations

from dataclasses import replace

from pep668.model import (
    Environment,
    Evidence,
    Install,
    Machine,
    Managed,
    Verdict,
)

from . import check, versions
from .conflicts import of_distribution
from .place import PlaceInfo, of_image, place_of
from .reach import Reach
from .state import Shell, System


class Judge:
    """Judges installs against what is known of their place and, for what has none, of this machine."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine
        self._reach = Reach(machine)

    def environment(self, install: Install, shell: Shell, system: System) -> Environment:
        place = self._place(install, shell)
        if not place.alternatives:
            return self._at(place, install, shell, system)
        found = [self._at(alternative, install, shell, system) for alternative in place.alternatives]
        verdicts = {e.verdict for e in found}
        if len(verdicts) == 1 and Verdict.DEPENDS not in verdicts:
            evidence = tuple(dict.fromkeys(e for each in found for e in each.evidence))
            return replace(found[0], evidence=evidence)
        open_one = next((e for e in found if e.decides), None)
        return replace(
            open_one or found[0],
            verdict=Verdict.DEPENDS,
            managed=Managed.MAYBE,
            evidence=place.evidence,
            bypass=None,
            decides=open_one.decides if open_one else f"which of them it runs on: {_told(place, found)}",
        )

    def _at(self, place: PlaceInfo, install: Install, shell: Shell, system: System) -> Environment:
        target = self._reach.target(install, shell, system, place)
        machine = self.machine if not place.known and not shell.elsewhere else None
        outcome = check.verdict(install, shell, system, place, target, machine)
        verdict = outcome.verdict
        as_root = shell.sudo is not None or (place.container and shell.user in ("", "root", "0", "0:0"))
        if machine is not None and not shell.sudo:
            as_root = machine.root
        return Environment(
            verdict=verdict,
            managed=target.managed,
            kind=target.kind,
            evidence=(*target.evidence, *outcome.evidence),
            bypass=outcome.bypass,
            python=target.python,
            distribution=place.label or (target.interpreter.owner if target.interpreter else None) or None,
            interpreter=target.interpreter,
            local=machine is not None and target.interpreter is not None,
            as_root=as_root,
            decides=outcome.decides or target.decides if verdict is Verdict.DEPENDS else "",
            virtual_environment=target.virtual,
            pip_version=versions.pip_of(target, system, place)[0] or None,
            usage_error=outcome.usage_error,
            of_distribution=of_distribution(target, place, install, shell, system),
        )

    def _place(self, install: Install, shell: Shell) -> PlaceInfo:
        region = install.command.region
        if shell.elsewhere:
            text = f"it runs on {shell.elsewhere}"
            evidence = Evidence(text, install.command.outer(install.command.span))
            return PlaceInfo(True, evidence=(evidence,), decides="which system that is")
        if shell.image is not None:
            evidence = Evidence(
                f"it runs in the image {shell.image or '(unknown)'}", install.command.outer(install.command.span)
            )
            return of_image(shell.image, evidence)
        return place_of(region)


def _told(place: PlaceInfo, found: list[Environment]) -> str:
    """`refused on Ubuntu 24.04, allowed on Ubuntu 22.04`."""
    told = (f"{e.verdict.value} on {p.label or 'another'}" for p, e in zip(place.alternatives, found, strict=True))
    return ", ".join(dict.fromkeys(told))
