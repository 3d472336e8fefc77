"""What package managers bring to a system, and take away."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from pep668.model import Evidence

from .run import Run
from .state import Brought, Shell, System

_INSTALL = re.compile(r"install|add|in|emerge|full-upgrade|reinstall|-S[a-z]*")
_REMOVE = re.compile(r"remove|purge|del|rm|erase|autoremove|-R[a-z]*")
_NAME = re.compile(r"[A-Za-z0-9.@$][\w.+@${}-]*")
_SYNONYMS = {"apt-get": "apt", "aptitude": "apt"}


def installs(words: Sequence[str]) -> bool:
    """Whether a package manager's words, its name left out, bring packages."""
    verb = next((w for w in words if _INSTALL.fullmatch(w) or _REMOVE.fullmatch(w)), None)
    return verb is not None and _INSTALL.fullmatch(verb) is not None


def _packages(run: Run) -> Shell:
    """The packages that a command names, each with its word as evidence; those that it removes are gone."""
    words, system = run.words[1:], run.system
    system.more_packages |= "build-dep" in words or any(w.endswith((".deb", ".rpm", ".apk")) for w in words)
    verb = next((w for w in words if _INSTALL.fullmatch(w) or _REMOVE.fullmatch(w)), None)
    if verb is None:
        return run.shell
    removes = bool(_REMOVE.fullmatch(verb))
    piped = any(wrapper.name == "xargs" for wrapper in run.command.wrappers)
    system.more_packages |= not removes and (piped or any("${" in w for w in words))
    program = posixpath.basename(run.words[0])
    manager = _SYNONYMS.get(program, program)
    group = _virtual(words) if manager == "apk" else ""
    for word, text in zip(run.command.words[1:], words, strict=False):
        found = _NAME.match(text)
        if found is None:
            continue
        name = found[0].partition("@")[0] if manager == "apk" else found[0]
        if removes or (manager == "apt" and name.endswith("-")):  # `apt install a b-` removes b
            _gone(system, name.rstrip("-"))
        else:
            evidence = Evidence(f"{program} installs {text}", run.command.outer(word.span))
            system.packages.setdefault(
                name, Brought(evidence, manager, run.conditions, (run.shell.elsewhere, run.shell.image), group)
            )
    return run.shell


def _gone(system: System, name: str) -> None:
    system.packages.pop(name, None)
    for package in [package for package, brought in system.packages.items() if name and brought.group == name]:
        del system.packages[package]


def _virtual(words: list[str]) -> str:
    """The name that `apk add --virtual .deps` gives to all that it adds, so that `apk del .deps` finds it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("-t", "--virtual"):
            return following
        if word.startswith("--virtual="):
            return word.partition("=")[2]
    return ""


MANAGERS = ("apt", "apt-get", "aptitude", "apk", "dnf", "yum", "microdnf", "zypper", "pacman", "brew")
EFFECTS: dict[str, Callable[[Run], Shell]] = dict.fromkeys(MANAGERS, _packages)
