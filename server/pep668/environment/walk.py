"""Walks the commands of a document in order, keeps the state, and judges each install where it stands.

Scopes nest as the shell's do: what a subshell sets ends with it, alternatives of
one `if` do not see each other, a function's body runs where it is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pep668 import installers
from pep668 import shell as shell_reader
from pep668.model import (
    Command,
    Environment,
    EnvironmentKind,
    Evidence,
    Expansion,
    Install,
    Judged,
    Machine,
    Place,
    Region,
    Scope,
    ScopeKind,
    Verdict,
    Wrapper,
)

from . import conflicts, copied, effects, files, guards, versions, wrappers
from .judge import Judge
from .place import place_of
from .run import Run
from .state import Change, Conditions, Log, Shell, Source, SourceKind, System, Variable, merge
from .unused import unused

_MAX_REPLAYS = 2_000  # a bound for functions that call each other
_DEEPEST_CALL = 50


@dataclass(slots=True)
class _Frame:
    scope: Scope | None
    shell: Shell
    uncertain: bool = False
    without: Evidence | None = None  # the test that only lets shells without an active environment in
    alternatives: dict[int, list[tuple[str, Shell]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Function:
    body: list[tuple[Command, tuple[Scope, ...]]] = field(default_factory=list)
    key: int = 0
    called: bool = False


@dataclass(slots=True)
class _Process:
    system: System
    stack: list[_Frame]
    functions: dict[str, _Function] = field(default_factory=dict)
    text: Region | None = None  # which of its texts was read last (a job's lines are one each)


class Walk:
    """State while walking a document. Feed every command in order, then read `finish()` and `log`."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.log = Log()
        self._judge = Judge(machine)
        self._machine = machine
        self._systems: dict[str, System] = {}
        self._processes: dict[tuple[str, str], _Process] = {}
        self._judged: dict[tuple[int, str, int], tuple[Judged, Shell, Run]] = {}
        self._calls: list[str] = []
        self._uncalled: Scope | None = None
        self._replays = 0

    def visit(self, command: Command) -> None:
        root = _root(command.region)
        process = self._process(root)
        if process.text is not root:
            self._settle(process, ())  # scopes of one text are none of another's, whatever their offsets
            process.text = root
        scope = _effective_scope(command)
        for index, part in enumerate(scope):
            if part.kind is ScopeKind.FUNCTION:
                function = process.functions.get(part.name)
                if function is None or function.key != part.key:
                    function = process.functions[part.name] = _Function(key=part.key)
                function.body.append((command, scope[index + 1 :]))
                return
        self._run(process, command, scope)

    def finish(self) -> list[Judged]:
        """All installs in the order of the document, those in functions that nothing calls included."""
        for process in self._processes.values():
            self._settle(process, ())
            for name, function in list(process.functions.items()):
                if not function.called:  # whether it runs together with another is not known
                    self._uncalled = Scope(ScopeKind.FUNCTION, function.key, name)
                    before = process.stack[-1].shell
                    self._call(process, name, ())
                    self._settle(process, ())
                    process.stack[-1].shell = merge([before, process.stack[-1].shell])
        return sorted(map(self._owning, self._judged.values()), key=_position)

    def _owning(self, found: tuple[Judged, Shell, Run]) -> Judged:
        """With what the distribution has of it: by what the whole document does to the system."""
        judged, shell, run = found
        owned = tuple(conflicts.owned(judged, shell, run.system, run.conditions, self._machine))
        return Judged(judged.install, replace(judged.environment, owned=owned)) if owned else judged

    def _conditions(self, scope: tuple[Scope, ...], command: Command) -> Conditions:
        if not scope and self._uncalled is None:
            return frozenset()
        inside = id(_root(command.region))
        hanging = frozenset((inside, s) for s in scope if s.kind is ScopeKind.BRANCH and s.name != "&&")
        return hanging | {(inside, self._uncalled)} if self._uncalled else hanging

    # --- processes ---

    def _process(self, region: Region) -> _Process:
        place = region.place
        key = (place.system, place.process)
        found = self._processes.get(key)
        if found is None:
            found = self._processes[key] = _Process(self._system(place), [])
            where = place_of(region)
            if where.python == "own" and where.evidence:
                found.system.own = where.evidence[0]
            copied.bring(region, found.system, self._systems)
            found.stack.append(_Frame(None, _initial(region, found.system)))
        return found

    def _system(self, place: Place) -> System:
        if place.system not in self._systems:
            base = self._systems.get(place.base) if place.base is not None else None
            self._systems[place.system] = base.fork() if base else System()
        return self._systems[place.system]

    # --- one command ---

    def _run(self, process: _Process, command: Command, scope: tuple[Scope, ...]) -> None:
        self._enter(process, scope, command)
        frame = process.stack[-1]
        expanded = shell_reader.expand(command, frame.shell.lookup)
        inside = frame.shell
        certain = all(part.kind is not ScopeKind.BRANCH or part.name == "&&" for part in scope)
        run = Run(expanded, inside, process.system, self.log, [], certain, self._conditions(scope, command))
        for assignment in expanded.assignments:
            if expanded.words and not _declares(expanded):
                inside = effects.assign(run, inside, assignment, exported=True)
        for wrapper in expanded.wrappers:
            inside = wrappers.enter(inside, _wrapper_name(wrapper), wrapper, run)
        install = installers.parse(expanded)
        if install is not None:
            program = _called_program(process, expanded, frame.shell)
            environment = self._record(install, replace(inside, program=program) if program else inside, run, process)
            _bring_pip(install, environment, process.system, certain)
        run.words = [frame.shell.symbolic(w) for w in expanded.words]
        if command.region.language in ("powershell", "cmd"):
            run.words = [w.replace("\\", "/") for w in run.words]
        run.shell = inside if expanded.wrappers else frame.shell
        after = effects.apply(run)
        if not expanded.wrappers:
            frame.shell = after
        if run.words and run.words[0] in process.functions:
            self._call(process, run.words[0], scope)

    def _call(self, process: _Process, name: str, scope: tuple[Scope, ...]) -> None:
        function = process.functions[name]
        if name in self._calls or len(self._calls) > _DEEPEST_CALL:
            return
        if self._replays > _MAX_REPLAYS and function.called:
            return  # what it holds was judged once at least
        function.called = True
        self._calls.append(name)
        for command, inner in function.body:
            self._replays += 1
            self._run(process, command, scope + inner)
        self._calls.pop()

    def _record(self, install: Install, shell: Shell, run: Run, process: _Process) -> Environment:
        environment = self._judge.environment(install, shell, run.system)
        meant = unused(install, environment, shell, [f.shell for f in process.stack], run.system)
        if meant is not None:
            environment = replace(environment, unused=meant)
        # A text that stands once but runs in several places (an anchor's aliases) is one command.
        region = install.command.region
        key = (install.command.outer(install.program).start, region.text, install.program.start)
        before = self._judged.get(key)
        # One function may be called in several states: where one call is refused, the command is.
        if before is None or _WEIGHT[environment.verdict] > _WEIGHT[before[0].environment.verdict]:
            self._judged[key] = Judged(install, environment), shell, run
        return environment

    # --- scopes ---

    def _enter(self, process: _Process, scope: tuple[Scope, ...], command: Command) -> None:
        stack = process.stack
        common = 0
        while common < len(scope) and common + 1 < len(stack) and stack[common + 1].scope == scope[common]:
            common += 1
        self._leave(process, common)
        following = scope[common] if common < len(scope) else None
        self._settle_frame(stack[-1], following.owner if following and _alternative(following) else None)
        for part in scope[common:]:
            shell = stack[-1].shell
            if part.kind is ScopeKind.SUBSHELL and part.name == _NESTED:
                shell = _forked(shell, command, process.system, self.log)
            tested = guards.without_marker(part, command)
            if tested is not None:
                shell = replace(shell, unmarked=tested)
            active = guards.environment_active(part, command)
            if active is not None and active[0]:
                shell = replace(shell, first=_active(active[1]))
            without = active[1] if active is not None and not active[0] else None
            may_not = _uncertain(part, command) or (active is not None and active[0])
            stack.append(_Frame(part, shell, uncertain=may_not, without=without))

    def _leave(self, process: _Process, depth: int) -> None:
        stack = process.stack
        while len(stack) > depth + 1:
            frame = stack.pop()
            self._settle_frame(frame, None)
            parent, scope = stack[-1], frame.scope
            if scope is None or scope.kind is ScopeKind.SUBSHELL:
                continue
            frame.shell = replace(frame.shell, unmarked=parent.shell.unmarked)
            if frame.without is not None:  # `[ -z "$VIRTUAL_ENV" ] && exit 1`: who does not come here has one
                parent.shell = replace(parent.shell, first=_active(frame.without))
                if not _alternative(scope):
                    parent.shell = merge([parent.shell, frame.shell])
                    continue
            if _alternative(scope):
                parent.alternatives.setdefault(scope.owner, []).append((scope.name, frame.shell))
            elif frame.uncertain:
                parent.shell = merge([parent.shell, frame.shell])
            elif scope.name == "||" and frame.shell.dead:
                continue  # `a || exit`
            else:
                parent.shell = frame.shell

    def _settle(self, process: _Process, scope: tuple[Scope, ...]) -> None:
        self._leave(process, len(scope))
        self._settle_frame(process.stack[-1], None)

    def _settle_frame(self, frame: _Frame, keep: int | None) -> None:
        for owner in [o for o in frame.alternatives if o != keep]:
            branches = frame.alternatives.pop(owner)
            shells = [s for _, s in branches]
            if not any(name == "else" for name, _ in branches):
                shells.insert(0, frame.shell)
            frame.shell = merge(shells)


def _bring_pip(install: Install, environment: Environment, system: System, certain: bool) -> None:
    """What an install changes about the pip that later ones run."""
    if install.tool == "get-pip":
        system.pipless.clear()
    version = versions.brought(install)
    if version is None or environment.verdict is not Verdict.ALLOWED or environment.kind is EnvironmentKind.VIRTUAL:
        return
    evidence = Evidence(f"pip {version} is installed here", install.command.outer(install.program))
    system.pip_version = (version if certain else "", evidence)


_WEIGHT = {Verdict.ALLOWED: 0, Verdict.DEPENDS: 1, Verdict.REFUSED: 2}
_NESTED = "nested"


def _position(judged: Judged) -> tuple[int, int]:
    install = judged.install
    span = install.command.outer(install.program)
    return span.start, span.end


def _root(region: Region) -> Region:
    while region.origin is not None and region.parent is not None:
        region = region.parent
    return region


def _effective_scope(command: Command) -> tuple[Scope, ...]:
    """The command's scope with those of the commands that run it as a string (`bash -c`), outermost first."""
    origin = command.region.origin
    if origin is None:
        return command.scope
    outer = _effective_scope(origin)
    if command.region.place == origin.region.place:  # eval: the same process
        return outer + command.scope
    nested = Scope(ScopeKind.SUBSHELL, origin.span.start, _NESTED, id(command.region))
    return (*outer, nested, *command.scope)


def _forked(shell: Shell, command: Command, system: System, log: Log) -> Shell:
    """The shell of a string that a command runs: its wrappers entered, variables kept only if exported."""
    origin = command.region.origin
    if origin is None:
        return shell
    run = Run(origin, shell, system, log, [])
    for assignment in origin.assignments:
        shell = effects.assign(run, shell, assignment, exported=True)
    for wrapper in origin.wrappers:
        shell = wrappers.enter(shell, _wrapper_name(wrapper), wrapper, run)
    if origin.words and origin.name:
        shell = wrappers.enter(shell, origin.name, Wrapper(origin.name, origin.words), run)
    image = command.region.fact("image")
    if image is not None and command.region.parent is not None and image not in command.region.parent.facts:
        shell = replace(Shell(), image=image.value or "")
    variables = {n: v for n, v in shell.variables.items() if v.exported}
    return replace(shell, variables=variables, dead=False)


def _active(evidence: Evidence) -> Source:
    """The environment that a script demands of whoever starts it."""
    return Source(SourceKind.VIRTUAL, "${VIRTUAL_ENV}", evidence, activated=True)


def _alternative(scope: Scope) -> bool:
    return scope.kind is ScopeKind.BRANCH and scope.name not in ("&&", "||")


_TEST = ("[", "test ", "if [", "grep ", "command -v", "which ", "type ")


def _uncertain(scope: Scope, command: Command) -> bool:
    """Whether what `a && b` sets in b may not be set: a is a test, so b is not meant to run always."""
    if scope.kind is not ScopeKind.BRANCH or scope.name != "&&":
        return False
    text = command.region.text
    return text.startswith(_TEST, command.statement.start)


def _called_program(process: _Process, command: Command, shell: Shell) -> str:
    """What runs where a function that hands its arguments to one program is called: `f() { "$D/python" "$@"; }`."""
    function = process.functions.get(command.name or "") if command.words else None
    if function is None:
        return ""
    for inner, _ in function.body:
        if len(inner.words) == 2 and inner.words[1].parts == (_ARGUMENTS,):
            return shell.symbolic(inner.words[0])
    return ""


_ARGUMENTS = Expansion("@")


def _declares(command: Command) -> bool:
    return command.words[0].value in ("export", "declare", "typeset", "local", "readonly")


def _wrapper_name(wrapper: Wrapper) -> str:
    """`docker` of `docker run`, `sudo` of `/usr/bin/sudo`."""
    return wrapper.name.partition(" ")[0].rpartition("/")[2]


def _initial(region: Region, system: System) -> Shell:
    """The shell that a region starts with: the variables, the user and the directory that its hosts set."""
    shell = Shell(directory=(place_of(region).directory))
    for fact in region.facts:
        if fact.kind == "variable":
            shell = _with_variable(shell, system, fact.name, fact.value, fact.evidence)
        elif fact.kind == "user":
            shell = replace(shell, user=fact.value or "")
        elif fact.kind in _SOURCES:
            source = Source(_SOURCES[fact.kind], fact.value or "", fact.evidence, certain=fact.value is not None)
            shell = replace(shell, first=source)
        elif fact.kind == "file" and fact.name.endswith("pip.conf") and files.may_switch_off(fact.value):
            system.pip_config["global"] = Change(fact.evidence, certain=fact.value is not None)
    for handed in system.handed:
        shell = _with_variable(shell, system, handed.name, handed.text, handed.evidence)
    login = region.fact("login")
    return wrappers.at_login(shell, login.evidence) if login and login.value else shell


# Facts of what a host has put first in PATH. A value of None says that it may not be so.
_SOURCES = {"python": SourceKind.OWN, "environment": SourceKind.VIRTUAL, "conda": SourceKind.CONDA}


def _with_variable(shell: Shell, system: System, name: str, value: str | None, evidence: Evidence) -> Shell:
    if name == "PATH" and value is not None:
        text = value.replace("$PATH", "${PATH}").replace("${{PATH}}", "${PATH}")
        shell = effects.with_path(shell, system, text, evidence)
    return shell.with_variable(name, Variable(value, evidence, exported=True))


def walk(commands: Iterator[Command], machine: Machine | None = None) -> Walk:
    """A walk over all commands of a document."""
    walker = Walk(machine)
    for command in commands:
        walker.visit(command)
    return walker
