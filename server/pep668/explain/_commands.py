"""What a command of a script leaves to those behind it, and whether its output can be seen."""

from __future__ import annotations

import re

from pep668.model import Command, ScopeKind

_CAT = re.compile(r"\s*\|\s*\(?\s*(?:cd\s+[^\s;&|]{1,200}\s*&&\s*)?\Z")
_SHELLS = ("bash", "sh", "dash", "zsh", "ksh")
# What may put a virtual environment, or settings of pip's, before what runs later.
CHANGING = frozenset(". source conda mamba micromamba activate workon pyenv eval deactivate direnv".split())
PLAIN_WRAPPERS = frozenset("sudo doas time nice nohup command exec stdbuf timeout ionice setsid".split())
_VARIABLES = re.compile(r"PATH\Z|VIRTUAL_ENV|PIP_|UV_|CONDA|PYTHON")
# What these run does not run on this machine, or not in this folder's environment.
ELSEWHERE = frozenset(
    "docker docker-compose podman nerdctl buildah kaniko kubectl ssh autossh ansible ansible-playbook vagrant act"
    " singularity apptainer toolbox distrobox lxc chroot arch-chroot packer gh wsl".split()
)


class Cat:
    """`cat setup.sh | bash -s`: the file that a shell reads."""

    def __init__(self) -> None:
        self._last: tuple[Command, str] | None = None

    def visit(self, command: Command, path: str | None) -> None:
        if command.name == "cat" and path is not None:
            self._last = command, path

    def given(self, command: Command) -> str | None:
        if self._last is None or command.name not in _SHELLS:
            return None
        before, path = self._last
        return path if _CAT.fullmatch(command.region.text, before.span.end, command.span.start) else None


def away(command: Command) -> bool:
    """Whether a program stands before it that runs it somewhere else."""
    return any(w.name.partition(" ")[0] in ELSEWHERE for w in command.all_wrappers)


def sets(command: Command) -> bool:
    """Whether it sets a variable by which another Python may be reached, or more be allowed."""
    names = [a.name for a in command.assignments]
    names += [a.name for w in command.all_wrappers for a in w.assignments]
    if command.name in ("export", "declare", "typeset"):
        names += [w.pattern.partition("=")[0] for w in command.words[1:]]
    return any(_VARIABLES.match(name) for name in names)


def certain(command: Command) -> bool:
    """Whether nothing in its text decides whether it runs."""
    while True:
        text = command.region.text
        follows = _WORKS.fullmatch(text, command.statement.start, command.span.start) is not None
        if any(s.kind in _DOUBTFUL and not (follows and s.name == "&&") for s in command.scope):
            return False
        if command.region.origin is None:
            return True
        command = command.region.origin


# What stands before `&&` and does not fail.
_WORKS = re.compile(r"(?:\s*\(?\s*(?:cd\s+[^\s;&|]+|echo\b[^;&|]*|true|:)\s*&&)+\s*")
_DOUBTFUL = (ScopeKind.BRANCH, ScopeKind.LOOP, ScopeKind.FUNCTION, ScopeKind.CONDITION)


def seen(command: Command) -> bool:
    """Whether what it prints on standard error can be in the output."""
    output = errors = True
    for redirect in command.redirects:
        source = command.region.text[redirect.span.start : redirect.span.end]
        number = source[: len(source) - len(source.lstrip("0123456789"))] or "1"
        target = redirect.target.value or ""
        shown = target in ("/dev/stderr", "/dev/stdout", "/dev/tty")
        if redirect.operator in ("&>", "&>>") or (redirect.operator == ">&" and not target.isdigit()):
            output = errors = shown
        elif redirect.operator == ">&" and number == "2":
            errors = output if target == "1" else errors
        elif redirect.operator == ">&" and number == "1":
            output = errors if target == "2" else output
        elif redirect.operator.startswith(">") and number == "2":
            errors = shown
        elif redirect.operator.startswith(">") and number == "1":
            output = shown
    return errors
