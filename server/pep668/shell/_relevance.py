"""Which commands of a shell text can matter to where Python packages go.

The rest (most of a script) is read, since it decides where statements end, but no
`Command` is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pep668.model import ScopeKind

from ._raw import Core, Raw, Unit

# Installers, package managers, environments, the marker and pip's configuration, wherever they are mentioned.
_WORDS = (
    *("pip", "python", "conda", "mamba", "poetry", "venv", "virtualenv", "virtual_env", "activate", "extern"),
    *("break-system", "break_system", "apt-get", "aptitude", "zypper", "pacman", "emerge", "xbps", "nix-", "dpkg"),
    *("easy_install", "path", "requirements", "pyenv", "session."),
)
_SHORT_WORDS = re.compile(r"\b(?:uvx?|apt|apk|dnf|yum|pdm|rye|nox|tox|hatch|brew|py)\b")
# Programs that change the state of the shell or of files that are named by variables, and those that read a script.
_STATE = frozenset(
    [
        "cd",
        "pushd",
        "popd",
        "exit",
        "return",
        "export",
        "source",
        ".",
        "deactivate",
        "unset",
        "set",
        "eval",
        "trap",
        "sudo",
        "su",
        "exec",
        "xargs",
        "bash",
        "sh",
        "dash",
        "zsh",
        "ksh",
        "ash",
        "ssh",
        "make",
        "configure",
    ]
)
_FILES = frozenset(
    ["rm", "mv", "unlink", "find", "tee", "cp", "ln", "truncate", "sed", "cat", "echo", "printf", "install"]
)
_REFERENCE = re.compile(r"\$\{?!?([A-Za-z_][A-Za-z0-9_]*)")
_CALLED = re.compile(r"\"?\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?\"?[ \t]")
_OPEN = frozenset("$`)}\\")  # of a word that is not plainly the text that stands there
_FIRST = re.compile(r"[^ \t]+")


class _Traits:
    """What a command is, as far as the choice goes; found out once."""

    __slots__ = ("assigned", "kept", "name", "references")

    def __init__(self, core: Core) -> None:
        name = ""
        if core.words is None:
            found = _FIRST.match(core.source)
            name = found[0] if found else ""
        elif core.words and isinstance(core.words[0][0][0], str):
            name = core.words[0][0][0]
        self.name = name.rpartition("/")[2]
        self.assigned = frozenset(a[0] for a in core.assigns)
        source = core.source
        self.kept = (
            self.name in _STATE
            or mentions(source)
            or (self.name in _FILES and "$" in source and self._names_a_file(core))
        )
        self.references = frozenset(_REFERENCE.findall(source)) if "$" in source else frozenset[str]()

    def _names_a_file(self, core: Core) -> bool:
        """Whether what it writes or removes is named by a variable."""
        if self.name in ("cat", "echo", "printf"):
            return any(r[0] in (">", ">>", "&>", ">|") and "$" in core.source for r in core.redirects)
        if self.name in ("cp", "install") and not core.redirects and " -" not in core.source:
            return not _OPEN.isdisjoint(_last_word(core.source))
        return True


def _last_word(source: str) -> str:
    """The last word of a command with its quotes; all of it where they do not match, or a space is escaped."""
    source = source.rstrip()
    at = len(source)
    while at and not source[at - 1].isspace():
        at -= 1
        if source[at] in "\"'":
            at = source.rfind(source[at], 0, at)
            if at < 0:
                return source
    return source if source[at - 2 : at - 1] == "\\" else source[at:]


def mentions(source: str) -> bool:
    """Whether a text names what this program is about."""
    lower = source.lower()
    return any(word in lower for word in _WORDS) or _SHORT_WORDS.search(source) is not None


def _traits(core: Core) -> _Traits:
    if core.traits is None:
        core.traits = _Traits(core)
    assert isinstance(core.traits, _Traits)
    return core.traits


def _holds_script(raw: Raw, text: str, by: int) -> bool:
    """Whether a heredoc of the command mentions what matters."""
    for redirect in raw.core.redirects:
        body = redirect[4]
        if body and mentions(text[body[0] + raw.delta + by : body[1] + raw.delta + by]):
            return True
    return False


class _UnitTraits:
    """The same of a statement: what is kept of it, and by what the rest may come to matter."""

    __slots__ = ("assigned", "callers", "functions", "kept", "names", "references", "tools")

    def __init__(self, unit: Unit, text: str, by: int) -> None:
        self.kept: list[Raw] = []
        references: set[str] = set()
        functions: set[str] = set()
        names: set[str] = set()
        assigned: set[str] = set()
        self.callers: dict[str, list[Raw]] = {}  # commands whose program a variable names, by its name
        self.tools: set[str] = set()  # variables that are given something that matters
        for raw in unit.raws:
            traits = _traits(raw.core)
            if traits.kept:
                self.tools |= traits.assigned
            elif called := _CALLED.match(raw.core.source):
                self.callers.setdefault(called[1], []).append(raw)
            if traits.kept or (raw.core.redirects and _holds_script(raw, text, by)):
                self.kept.append(raw)
                references |= traits.references
                functions.update(_enclosing(raw, unit))
            elif traits.assigned:
                assigned.update(traits.assigned)
            else:
                names.add(traits.name)
        self.references = frozenset(references)
        self.functions = frozenset(functions)
        self.names = frozenset(names)
        self.assigned = frozenset(assigned)


def _enclosing(raw: Raw, unit: Unit) -> Iterator[str]:
    """The functions in which it stands, as far as the unit's text goes."""
    return (s.name for s in raw.scope[unit.depth :] if s.kind is ScopeKind.FUNCTION)


def choose(units: Iterable[tuple[Unit, int]], text: str) -> Iterator[tuple[Unit, int, list[Raw]]]:
    """The raws that matter, unit by unit: by their words, as assignments that those use, as calls of functions
    that hold some of those."""
    read: list[tuple[Unit, int, _UnitTraits]] = []
    references: set[str] = set()
    functions: set[str] = set()
    for unit, by in units:
        mine = unit.traits
        if mine is None:
            mine = unit.traits = _UnitTraits(unit, text, by)
        assert isinstance(mine, _UnitTraits)
        read.append((unit, by, mine))
        if mine.references:
            references |= mine.references
        if mine.functions:
            functions |= mine.functions
    chosen = _by_use(read, references, functions)
    for unit, by, mine in read:
        more = chosen.get(id(unit))
        raws = [r for r in unit.raws if r in more or r in mine.kept] if more else mine.kept
        if raws:
            yield unit, by, raws


def tools_among(read: Iterable[tuple[Unit, int, _UnitTraits]]) -> set[str]:
    """The variables that are given a program, or anything else that matters."""
    return {name for _, _, mine in read for name in mine.tools}


def _by_use(
    read: list[tuple[Unit, int, _UnitTraits]],
    references: set[str],
    functions: set[str],
) -> dict[int, set[Raw]]:
    """Further raws of the units, by the id of the unit: commands that a variable names, assignments of names that are
    used, calls that matter."""
    tools = tools_among(read)
    chosen = {
        id(unit): {raw for name in mine.callers.keys() & tools for raw in mine.callers[name]}
        for unit, _, mine in read
        if not tools.isdisjoint(mine.callers)
    }
    for raws in chosen.values():
        references.update(*(_traits(raw.core).references for raw in raws))
    before = -1
    while before != len(references) + len(functions):
        before = len(references) + len(functions)
        for unit, _, mine in read:
            if references.isdisjoint(mine.assigned) and functions.isdisjoint(mine.names):
                continue
            raws = chosen.setdefault(id(unit), set())
            for raw in unit.raws:
                traits = _traits(raw.core)
                if raw not in raws and (
                    not references.isdisjoint(traits.assigned) or (traits.name in functions and not traits.kept)
                ):
                    raws.add(raw)
                    references |= traits.references
                    functions.update(_enclosing(raw, unit))
    return chosen
