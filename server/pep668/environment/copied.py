"""What `COPY --from` brings from another stage or image: environments, and a Python of its own in /usr/local."""

from __future__ import annotations

from collections.abc import Mapping

from pep668.model import Fact, Region

from . import images
from .state import System

# Folders that hold /usr/local/bin, where the official images have their Python, before the distribution's in PATH.
_LOCAL = ("/usr/local/bin", "/usr/local", "/usr", "/")
_NAMES = ("python", "python3", "pip", "pip3")


def bring(region: Region, system: System, systems: Mapping[str, System]) -> None:
    """Puts what was copied before a region runs into its system."""
    for fact in region.facts:
        if fact.kind != "copy":
            continue
        origin = systems.get(fact.value or "")
        if origin is not None:
            _environments(fact, system, origin)
        if (fact.name.rstrip("/") or "/") in _LOCAL and _whole(fact):
            _python(fact, system, origin)
            system.more_packages |= not fact.name.startswith("/usr/local")


def _whole(fact: Fact) -> bool:
    """Whether it copies such a folder, not a program into it: the instruction tells."""
    words = fact.evidence.text.replace("[", " ").replace("]", " ").replace(",", " ").split()
    return any((w.strip("\"'").rstrip("/.*") or "/") in _LOCAL for w in words[1:-1] if not w.startswith("-"))


def _environments(fact: Fact, system: System, origin: System) -> None:
    inside = fact.name.rstrip("/")
    for path, evidence in origin.environments.items():
        if path not in system.environments and (path == inside or path.startswith(f"{inside}/")):
            system.environments[path] = evidence
            if path in origin.pipless:
                system.pipless[path] = origin.pipless[path]


def _python(fact: Fact, system: System, origin: System | None) -> None:
    if origin is not None:
        brought = origin.own is not None or "python3" in origin.built
    else:
        image = images.lookup(fact.value) if fact.value and "$" not in fact.value else None
        if image is None:  # a stage in which nothing of ours happens, or an image that nobody knows
            system.other_python = system.other_python or fact.evidence
            return
        brought = image.python == "own"
    if brought:
        system.built.update(dict.fromkeys(_NAMES, fact.evidence))
