"""The command line that was typed, read by the engine; and command lines that stand in output."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from pep668 import installers, languages, shell
from pep668.environment import Walk
from pep668.languages._nature import filters, prints_only
from pep668.languages._source import Source
from pep668.model import Command, Install, Judged, Machine, Region, Verdict

_MAX_DEPTH = 16
# What these run does not run on this machine, or not in this folder's environment.
_ELSEWHERE = frozenset(
    "docker docker-compose podman nerdctl buildah kaniko kubectl ssh ansible ansible-playbook vagrant act"
    " singularity apptainer toolbox distrobox lxc chroot packer gh".split()
)


class Typed:
    """A command line with its commands and, judged on the machine where one is given, its installs."""

    def __init__(self, text: str, machine: Machine | None = None) -> None:
        self.text = text
        self.region = Region.document("shell", text)
        self._machine = machine

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        return tuple(_commands(self.region, 0))

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        walk = Walk(self._machine)
        for command in self.commands:
            walk.visit(command)
        return tuple(walk.finish())

    def candidates(self, tool: str) -> list[Judged]:
        """The installs that a refusal of that tool may be about, those that nothing lets pass first."""
        found = [j for j in self.judged if (j.install.tool == "uv") == (tool == "uv")]
        open_ones = [j for j in found if not j.install.passes_check and j.environment.verdict is not Verdict.ALLOWED]
        return open_ones or found

    @property
    def refused(self) -> list[Judged]:
        return [j for j in self.judged if j.environment.verdict is Verdict.REFUSED]

    @cached_property
    def elsewhere(self) -> bool:
        """Whether the line runs something in a container or on another machine."""
        commands = [*self.commands, *shell.parse(self.region)]
        names = {c.name for c in commands} | {w.name.split(" ")[0] for c in commands for w in c.all_wrappers}
        return not _ELSEWHERE.isdisjoint(n for n in names if n)

    @cached_property
    def as_root(self) -> bool:
        """Whether sudo stands in the line: what it runs does not see this shell's environment."""
        roots = ("sudo", "doas", "su")
        commands = shell.parse(self.region)
        return any(c.name in roots or any(w.name in roots for w in c.all_wrappers) for c in commands)

    def source(self, exit_code: int | None) -> Source:
        """What the recognizer has to know of the command."""
        text = self.text.strip()
        if not text:
            return Source(exit_code=exit_code, is_install=is_install)
        installs = bool(self.judged)
        return Source(
            known=True,
            installs=installs,
            prints=not installs and prints_only(text),
            filtered=filters(text),
            exit_code=exit_code,
            is_install=is_install,
        )


def install_in(text: str, tool: str) -> Install | None:
    """The install that a command line asks for, of the tool that reported or of any other, a refused one first."""
    typed = Typed(text)
    found = typed.candidates(tool) or list(typed.judged)
    return found[0].install if found else None


def is_vague(install: Install) -> bool:
    """Whether a command line leaves open what it installs: it takes the names from a variable or from a program."""
    return not install.requests or any("$" in r.text or "`" in r.text for r in install.requests)


@lru_cache(maxsize=256)
def is_install(text: str) -> bool:
    return any(installers.parse(c) is not None for c in _commands(Region.document("shell", text), 0))


def _commands(region: Region, depth: int) -> Iterator[Command]:
    extract = languages.extractor(region.language)
    if extract is None or depth > _MAX_DEPTH:
        return
    for item in extract(region):
        if isinstance(item, Region):
            yield from _commands(item, depth + 1)
        elif isinstance(item, Command):
            yield item
