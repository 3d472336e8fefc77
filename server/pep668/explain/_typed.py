"""The command line that was typed, read by the engine; and command lines that stand in output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pep668 import installers, languages, shell
from pep668.environment import Walk
from pep668.environment.packages import MANAGERS
from pep668.fixes._edits import ROOT, Rewrite, drop_privileges
from pep668.languages._nature import command_prints, filters, prints_only
from pep668.languages._source import Source
from pep668.model import (
    Command,
    EnvironmentKind,
    Install,
    Judged,
    Machine,
    Region,
    RequestKind,
    Scope,
    ScopeKind,
    Verdict,
)
from pep668.text import Edit, Span, apply_edits

from ._commands import ELSEWHERE, away
from ._shells import Syntax
from ._unseen import is_plain

_MAX_DEPTH = 16
_ENDS = ("exit", "return", "logout", "exec")
_STRICT = ("zsh", "csh", "tcsh")
_QUOTED = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_OF_POWERSHELL = frozenset("$`{}@&(\\")
_LANGUAGES = {"fish": "fish", "pwsh": "powershell", "powershell": "powershell", "cmd": "cmd"}


@dataclass(frozen=True, slots=True)
class Past:
    """A command line that was typed before in the same terminal, and the folder that it ran in."""

    line: str
    cwd: str = ""
    shell: str = ""


class Typed:
    """A command line with its commands and, judged on the machine where one is given, its installs.

    `past` are the lines before it that count for what it means; `shell` is the program that read it.
    """

    def __init__(self, text: str, machine: Machine | None = None, past: Iterable[Past] = (), shell: str = "") -> None:
        self.text = text
        self.region = region_of(text, shell)
        self.machine = machine
        self.past = tuple(past)
        self.shell = shell

    @property
    def visible(self) -> Typed:
        """What may be built on where the line holds what cannot be seen: only what was typed before."""
        return Typed("", self.machine, self.past, self.shell)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        return tuple(_commands(self.region, 0))

    @cached_property
    def every(self) -> list[Command]:
        """Also the commands that have nothing to do with Python."""
        return all_commands(self.region)

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        walk = self._begun()
        for command in self.commands:
            walk.visit(command)
        return tuple(j for j in walk.finish() if _document(j.install.command.region) is self.region)

    def _begun(self) -> Walk:
        """A walk over what was typed before."""
        walk = Walk(self.machine)
        for past in self.past:
            if past.cwd:
                _visit(walk, Region.document("shell", f"cd {shlex.quote(past.cwd)}"))
            _visit(walk, region_of(past.line, past.shell or self.shell))
        folder = self.machine.folder if self.machine is not None else ""
        if self.past and folder:
            _visit(walk, Region.document("shell", f"cd {shlex.quote(folder)}"))
        return walk

    @cached_property
    def active(self) -> str | None:
        """The environment that was active before the line, None where none is known to be."""
        walk = self._begun()
        for command in _commands(Region.document("shell", "python3 -m pip install x"), 0):
            walk.visit(command)
        found = [j.environment for j in walk.finish()]
        reached = found[-1] if found and self.machine is not None else None
        if reached is None or reached.kind is not EnvironmentKind.VIRTUAL or reached.verdict is not Verdict.ALLOWED:
            return None
        return reached.virtual_environment

    @cached_property
    def activates(self) -> bool:
        """Whether the line itself reads an activate script first."""
        words = (c.words[1].value or "" for c in self.every if c.name in (".", "source") and len(c.words) > 1)
        return any(word.rpartition("/")[2].startswith("activate") for word in words)

    def candidates(self, tool: str) -> list[Judged]:
        """The installs that a refusal of that tool may be about, those that nothing lets pass first."""
        found = [j for j in self.judged if (j.install.tool == "uv") == (tool == "uv")]
        open_ones = [j for j in found if not j.install.passes_check and j.environment.verdict is not Verdict.ALLOWED]
        return open_ones or found

    @property
    def refused(self) -> list[Judged]:
        return [j for j in self.judged if j.environment.verdict is Verdict.REFUSED]

    @property
    def surely_refused(self) -> list[Judged]:
        """Those that ran, whatever the other commands of the line came to."""
        runs = (ScopeKind.SUBSHELL, ScopeKind.CONDITION)
        found = [j for j in self.refused if all(part.kind in runs for part in _scope(j.install.command))]
        ends = [c.span.start for c in self.every if c.name in _ENDS or any(w.name == "exec" for w in c.wrappers)]
        last = min(ends, default=len(self.text))
        named = any(c.name == "alias" or any(s.kind is ScopeKind.FUNCTION for s in c.scope) for c in self.every)
        pairs = [(j, j.install.command) for j in found if not named]
        sure = [j for j, c in pairs if c.outer(c.span).start <= last and not self._may_not_begin(c)]
        asks = self.machine is not None and not self.machine.root  # sudo, whose password may have been wrong
        sure = [j for j in sure if not asks or not any(w.name in ROOT for w in j.install.command.all_wrappers)]
        return [j for j in sure if j.install.tool != "uv" or not _reads_files(j.install)]

    def _may_not_begin(self, command: Command) -> bool:
        """Whether something else may have ended with 1: xargs, or the shell itself.

        Shells do where a pattern matches nothing, and csh where a program is not there.
        """
        name = self.shell.replace("\\", "/").rpartition("/")[2].lower().lstrip("-")
        origin = command.region.origin
        if any(w.name == "xargs" for w in command.wrappers) or (origin is not None and origin.name == "eval"):
            return True  # eval reads its words once more
        if name not in _STRICT:
            return False
        text, span = command.region.text, command.span
        bare = _QUOTED.sub("", text[span.start : span.end])
        if name != "zsh":
            begins = re.search(r"(?:^|[;&|(])\s*\Z", text[: span.start]) is not None  # no word of another shell's
            if command.wrappers or command.assignments or origin is not None or not begins or "$" in text:
                return True
        return any(c in bare for c in "*?[<`")

    @property
    def open_installs(self) -> list[Install]:
        """The installs that the check does not let pass."""
        found = (j for j in self.judged if j.environment.verdict is not Verdict.ALLOWED)
        return [j.install for j in found if not j.install.passes_check]

    @cached_property
    def goes_on(self) -> bool:
        """Whether something stands behind its installs that may use what they bring: `&& python3 app.py`."""
        own = {j.install.command.outer(j.install.command.span).start for j in self.judged}
        if not own:
            return False
        begins = [(c, c.outer(c.span)) for c in self.every if c.words]
        behind = [c for c, span in begins if span.start > min(own) and not any(span.touches(Span(b, b)) for b in own)]
        return any(not command_prints(c) for c in behind)

    @cached_property
    def unprivileged(self) -> str | None:
        """The line without sudo, where nothing of it is refused then: an environment is active, which sudo leaves."""
        edits: list[Edit] = []
        for judged in self.judged:
            command = judged.install.command
            if judged.environment.verdict is Verdict.ALLOWED or not any(w.name in ROOT for w in command.wrappers):
                continue
            rewrite = Rewrite(self.text, command)
            found = rewrite.edits() if drop_privileges(rewrite) else None
            if found is None:
                return None
            edits += found
        if not edits:
            return None
        line = apply_edits(self.text, edits)
        again = Typed(line, self.machine, self.past, self.shell).judged
        inside = all(
            j.environment.verdict is Verdict.ALLOWED and j.environment.kind is EnvironmentKind.VIRTUAL for j in again
        )
        return line.strip() if again and inside else None

    def repeats(self, syntax: Syntax) -> bool:
        """Whether the line may be typed once more, as a part of another."""
        return is_plain(self.text.strip()) and syntax.repeats(self.text.strip())

    @cached_property
    def splits(self) -> bool:
        """Whether a part of the line runs in the background: what is put in front would go with it."""
        return any(c.operator == "&" for c in self.every)

    @cached_property
    def python_of_script(self) -> Span | None:
        """Where the line names the Python that runs its one script by its full path."""
        commands = [c for c in self.every if c.words]
        if len(commands) != 1 or commands[0].wrappers or len(commands[0].words) < 2:
            return None
        program = commands[0].words[0].value or ""
        name = program.rpartition("/")[2].rstrip("0123456789.")
        return commands[0].words[0].span if program.startswith("/") and name == "python" else None

    @cached_property
    def elsewhere(self) -> bool:
        """Whether the line runs something in a container or on another machine."""
        return any(c.name in ELSEWHERE or away(c) for c in (*self.commands, *self.every))

    @cached_property
    def as_root(self) -> bool:
        """Whether sudo stands in the line."""
        return any(map(_is_root, (*self.commands, *self.every)))

    @cached_property
    def leaves_environment(self) -> bool:
        """Whether sudo runs something that does not see this shell's environment; package managers do not mind."""
        return any(_is_root(c) for c in (*self.commands, *self.every) if c.name not in MANAGERS)

    def source(self, exit_code: int | None, running: bool = False) -> Source:
        """What the recognizer has to know of the command."""
        text = self.text.strip()
        if not text:
            return Source(exit_code=exit_code, running=running, is_install=is_install)
        installs = bool(self.judged)
        return Source(
            known=True,
            installs=installs,
            prints=not installs and prints_only(text),
            filtered=filters(text),
            exit_code=exit_code,
            running=running,
            is_install=is_install,
        )


def _is_root(command: Command) -> bool:
    roots = ("sudo", "doas", "su")
    return command.name in roots or any(w.name in roots for w in command.all_wrappers)


def region_of(text: str, shell: str) -> Region:
    """A command line as the shell of that name or path reads it."""
    name = shell.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe").lstrip("-")
    language = _LANGUAGES.get(name, "shell")
    if language == "powershell" and _OF_POWERSHELL.isdisjoint(text):
        language = "shell"  # which reads it as well, and does not take it for one of Windows
    return Region.document(language, text)


def all_commands(region: Region) -> list[Command]:
    """All commands of a line, also those that have nothing to do with Python."""
    if region.language == "shell":
        return shell.parse(region)
    return list(_commands(region, 0))


def install_in(text: str, tool: str) -> Install | None:
    """The install that a command line asks for, of the tool that reported or of any other, a refused one first."""
    typed = Typed(text)
    found = typed.candidates(tool) or list(typed.judged)
    return found[0].install if found else None


def is_vague(install: Install) -> bool:
    """Whether a command line leaves open what it installs: it takes the names from a variable or from a program."""
    return not install.requests or any("$" in r.text or "`" in r.text for r in install.requests)


def _reads_files(install: Install) -> bool:
    """Whether it asks for what is in files: uv reads those before it looks at the Python."""
    paths = (RequestKind.PATH, RequestKind.EDITABLE)
    return bool(install.requirement_files) or any(r.kind in paths for r in install.requests)


@lru_cache(maxsize=256)
def is_install(text: str) -> bool:
    return any(installers.parse(c) is not None for c in _commands(Region.document("shell", text), 0))


def _visit(walk: Walk, region: Region) -> None:
    for command in _commands(region, 0):
        if installers.parse(command) is None:  # what was installed does not matter
            walk.visit(command)


def _document(region: Region) -> Region:
    while region.parent is not None:
        region = region.parent
    return region


def _scope(command: Command) -> tuple[Scope, ...]:
    above = _scope(command.region.origin) if command.region.origin is not None else ()
    return above + command.scope


def _commands(region: Region, depth: int) -> Iterator[Command]:
    extract = languages.extractor(region.language)
    if extract is None or depth > _MAX_DEPTH:
        return
    for item in extract(region):
        if isinstance(item, Region):
            yield from _commands(item, depth + 1)
        elif isinstance(item, Command):
            yield item
