"""Shell scripts, and every shell text that another language holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pep668 import shell
from pep668.model import Command, Evidence, Fact, Place, Region
from pep668.text import Notation, SourceMap, verbatim

from . import Language, _dialect_runs

LANGUAGE = Language(
    id="shell",
    ids=("shellscript", "sh", "bash", "shell", "zsh", "ksh", "dash", "bats", "shell-session"),
    names=(
        ".bash_aliases",
        ".bash_login",
        ".bash_logout",
        ".bash_profile",
        ".bashrc",
        ".envrc",
        ".kshrc",
        ".profile",
        ".xprofile",
        ".zlogin",
        ".zprofile",
        ".zshenv",
        ".zshrc",
        "bashrc",
        "profile",
        "zshrc",
    ),
    patterns=(
        "*.sh",
        "*.bash",
        "*.zsh",
        "*.ksh",
        "*.dash",
        "*.ash",
        "*.bats",
        "*.command",
        "*.sh.in",
        "*.envrc",
        "*.ebuild",
    ),
    shebangs=("sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "bats"),
)

_DEEPEST = 8  # shells in strings in shells
_CONTAINERS = (
    "docker run",
    "podman run",
    "nerdctl run",
    "docker container run",
)
_REMOTE = ("ssh", "autossh", "docker exec", "podman exec", "nerdctl exec", "docker compose exec", "kubectl exec")


def extract(region: Region) -> Iterator[Command | Region]:
    """The commands that can matter, each followed by what it gives to another shell or to Python to run."""
    deep = _depth(region) >= _DEEPEST
    before: Command | None = None
    for command in shell.relevant(region):
        yield command
        if not deep:
            yield from _nested(command, before)
            if command.words:
                yield from _dialect_runs.regions(command, "shell")
        before = command


def _depth(region: Region) -> int:
    depth = 0
    while region.origin is not None:
        depth += 1
        region = region.origin.region
    return depth


def _nested(command: Command, before: Command | None) -> Iterator[Region]:
    region = command.region
    for run in shell.runs(command, before):
        made: tuple[str, SourceMap] | None
        if run.redirect is not None:
            made = shell.heredoc(region, run.redirect)
            at = run.redirect.span.start
            notation: Notation = verbatim
        else:
            made = shell.inner(region, run.words)
            at = run.words[0].span.start
            notation = _NOTATIONS.get(region.text[at] if len(run.words) == 1 else "", _bare)
        if made is None or not made[0].strip():
            continue
        text, mapped = made
        place = region.place
        if not run.inside:
            elsewhere = _elsewhere(command)
            system = f"{place.system}/{elsewhere}" if elsewhere else place.system
            place = Place(system, f"{place.process}/{at}", None if elsewhere else place.base)
        yield Region(
            run.language,
            text,
            mapped,
            facts=region.facts + tuple(_facts(command, run.shell, run.user)),
            place=place,
            parent=region,
            origin=command,
            anchor=region.anchor,
            notation=notation,
        )


def _in_single_quotes(text: str) -> str:
    return text.replace("'", "'\\''")


def _in_double_quotes(text: str) -> str:
    """Variables stay as they are: most have the same value in both shells."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _bare(text: str) -> str | None:
    """Words of `eval`: the shell around it would read quotes and operators itself."""
    return text if _PLAIN.fullmatch(text) else None


_SPECIAL = re.compile(r'["`\\]')
_PLAIN = re.compile(r"[\w ./=:,@%+$-]*")
_NOTATIONS: Mapping[str, Notation] = {"'": _in_single_quotes, '"': _in_double_quotes}


def _elsewhere(command: Command) -> str:
    """A label for the machine or container in which the command runs its text, "" for this one."""
    for wrapper in command.wrappers:
        if wrapper.name in _CONTAINERS:
            return f"{wrapper.name}@{wrapper.span.start}"  # a new one each time
        if wrapper.name in _REMOTE:
            return " ".join([wrapper.name, wrapper.words[-1].pattern])
    if command.name in ("ssh", "autossh"):
        hosts = [w.pattern for w in command.words[1:] if not w.pattern.startswith("-") and not w.quoted]
        return f"ssh {hosts[0]}" if hosts else "ssh"
    return ""


def _facts(command: Command, program: str, user: str) -> Iterator[Fact]:
    evidence = Evidence(_source(command), command.outer(command.span))
    for wrapper in command.wrappers:
        if wrapper.name in _CONTAINERS:
            image = wrapper.words[-1]
            place = Evidence(f"runs in {image.value or 'an image'}", command.outer(image.span))
            yield Fact("image", image.value or "", place)
    if program:
        yield Fact("shell", program, evidence)
    if user:
        yield Fact("user", user, evidence)


def _source(command: Command) -> str:
    source = command.region.text[command.span.start : command.span.end].partition("\n")[0]
    return source if len(source) <= 60 else source[:57] + "..."
