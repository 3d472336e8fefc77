"""What a wrapper (`sudo`, `env -i`, `ssh`) does to the state of what it runs."""

from __future__ import annotations

import re
from dataclasses import replace

from pep668.model import Evidence, Wrapper

from .effects import assign
from .run import Run, short
from .state import UNKNOWN, Shell, Source, SourceKind, Variable


def enter(shell: Shell, name: str, wrapper: Wrapper, run: Run) -> Shell:
    """The state inside a wrapper (`sudo`, `env -i`, `ssh`) or inside a command that runs a string (`su -c`)."""
    evidence = Evidence(short(" ".join(w.pattern for w in wrapper.words)), run.command.outer(wrapper.span))
    given = {a.name for a in wrapper.assignments}
    if name in ("sudo", "doas"):
        keeps = wrapper.has("-E", "--preserve-env") or any(
            (w.value or "").startswith("--preserve-env=") for w in wrapper.words
        )
        first = shell.first if "PATH" in given else None
        shell = replace(shell, sudo=evidence, first=first, behind=None, user=_option(wrapper, "-u", "--user") or "root")
        if not keeps:
            shell = replace(shell, variables={n: replace(v, exported=False) for n, v in shell.variables.items()})
    elif name in ("su", "runuser", "login"):
        user = next((w.value for w in wrapper.words[1:] if w.value and not w.value.startswith("-")), "root")
        if any(w.value in ("-", "-l", "--login") for w in wrapper.words):
            shell = Shell(user=user or "root", elsewhere=shell.elsewhere, image=shell.image)
        shell = replace(shell, user=user or "root")
    elif name in _SHELLS and wrapper.has("-l", "--login"):
        shell = at_login(shell, evidence)
    elif name == "env" and wrapper.has("-i", "--ignore-environment"):
        shell = replace(shell, variables={}, first=None, behind=None)
    elif name in ("docker", "podman", "nerdctl", "docker-compose"):
        words = [w.value or UNKNOWN for w in wrapper.words]
        image = words[-1] if "run" in words and "compose" not in words and name != "docker-compose" else ""
        shell = _given(shell, Shell(image=image if "${" not in image else ""), wrapper, evidence)
    elif name in _ELSEWHERE:
        shell = Shell(elsewhere=_ELSEWHERE[name])
    elif "/" in wrapper.name:  # a script, which may lead into a container
        shell = Shell(elsewhere=f"whatever {wrapper.name} leads to")
    elif name in _RUNNERS:
        shell = replace(
            shell, first=Source(_RUNNERS[name], name, replace(evidence, text=f"{name} runs it in its environment"))
        )
    for assignment in wrapper.assignments:
        shell = assign(run, shell, assignment, exported=True)
    return shell


def _given(outside: Shell, shell: Shell, wrapper: Wrapper, evidence: Evidence) -> Shell:
    """The variables that a container is given: `-e NAME=value`, `--env NAME=value`, `-e NAME` for the one outside."""
    for word, following in zip(wrapper.words, (*wrapper.words[1:], None), strict=True):
        option, equals, text = outside.symbolic(word).partition("=")
        if option in ("-e", "--env") and not equals and following is not None:
            text = outside.symbolic(following)
        elif option != "--env" or not equals:
            continue
        name, assigned, value = text.partition("=")
        if _NAME.fullmatch(name) and name != "PATH":
            known = value if assigned else outside.value(name)
            shell = shell.with_variable(name, Variable(known, evidence, exported=True))
    return shell


_NAME = re.compile(r"[A-Za-z_]\w*")
_SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh", "ash"))


def at_login(shell: Shell, evidence: Evidence) -> Shell:
    """A login shell reads /etc/profile, which on Debian, Alpine and others sets PATH anew."""
    if shell.first is None:
        return shell
    text = "a login shell keeps PATH (Debian's /etc/profile sets it anew)"
    return replace(shell, first=replace(shell.first, certain=False, evidence=replace(evidence, text=text)))


def _option(wrapper: Wrapper, *names: str) -> str | None:
    for option, value in zip(wrapper.words, wrapper.words[1:], strict=False):
        if option.value in names:
            return value.value
    return None


_ELSEWHERE = {
    "ssh": "another machine (ssh)",
    "chroot": "another root (chroot)",
    "arch-chroot": "another root (arch-chroot)",
    "wsl": "WSL",
    "vagrant": "a virtual machine (vagrant)",
    "lxc": "a container (lxc)",
    "incus": "a container (incus)",
    "multipass": "a virtual machine (multipass)",
    "schroot": "another root (schroot)",
    "systemd-nspawn": "a container (systemd-nspawn)",
    "kubectl": "a container (kubectl)",
    "distrobox": "a container (distrobox)",
    "toolbox": "a container (toolbox)",
}
_RUNNERS = {
    "conda": SourceKind.CONDA,
    "mamba": SourceKind.CONDA,
    "micromamba": SourceKind.CONDA,
    "poetry": SourceKind.VIRTUAL,
    "pipenv": SourceKind.VIRTUAL,
    "uv": SourceKind.VIRTUAL,
    "pdm": SourceKind.VIRTUAL,
    "hatch": SourceKind.VIRTUAL,
    "rye": SourceKind.VIRTUAL,
    "tox": SourceKind.VIRTUAL,
    "pyenv": SourceKind.OWN,
}
