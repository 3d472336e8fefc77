"""Which commands of a shell text can matter to where Python packages go.

The rest (most of a script) is read, since it decides where statements end, but no
`Command` is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..model import ScopeKind
from ._parser import Core, Raw, Unit

# Installers, package managers, environments, the marker and pip's configuration, wherever they are mentioned.
_WORDS = re.compile(
    r"pip|\buvx?\b|python|conda|mamba|poetry|\bpdm\b|\bhatch\b|\brye\b|\bnox\b|\btox\b|pyenv|virtualenv|venv|activate"
    r"|extern|break.system|\bapt\b|apt-get|aptitude|\bapk\b|\bdnf\b|\byum\b|zypper|pacman|emerge|xbps|\bbrew\b|nix-"
    r"|\bdpkg\b|\beasy_install\b|\bPATH\b|\bP[A-Z]*PATH\b|requirements|\bpy\b",
    re.IGNORECASE,
)
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
        "bash",
        "sh",
        "dash",
        "zsh",
        "ksh",
        "ash",
        "ssh",
    ]
)
_FILES = frozenset(
    ["rm", "mv", "unlink", "find", "tee", "cp", "ln", "truncate", "sed", "cat", "echo", "printf", "install"]
)
_REFERENCE = re.compile(r"\$\{?!?([A-Za-z_][A-Za-z0-9_]*)")
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
        self.assigned = tuple(a[0] for a in core.assigns)
        source = core.source
        self.kept = (
            self.name in _STATE
            or _WORDS.search(source) is not None
            or (self.name in _FILES and "$" in source and self._names_a_file(core))
        )
        self.references = frozenset(_REFERENCE.findall(source)) if "$" in source else frozenset[str]()

    def _names_a_file(self, core: Core) -> bool:
        """Whether what it writes or removes is named by a variable."""
        if self.name in ("cat", "echo", "printf"):
            return any(r[0] in (">", ">>", "&>", ">|") and "$" in core.source for r in core.redirects)
        return True


def _traits(core: Core) -> _Traits:
    if core.traits is None:
        core.traits = _Traits(core)
    assert isinstance(core.traits, _Traits)
    return core.traits


def _holds_script(raw: Raw, text: str, by: int) -> bool:
    """Whether a heredoc of the command mentions what matters."""
    for redirect in raw.core.redirects:
        body = redirect[4]
        if body and _WORDS.search(text, body[0] + raw.delta + by, body[1] + raw.delta + by):
            return True
    return False


class _UnitTraits:
    __slots__ = ("calls", "kept", "others")

    def __init__(self, unit: Unit, text: str, by: int) -> None:
        self.kept: list[Raw] = []
        self.others: list[Raw] = []  # which may matter by what the rest of the text says
        for raw in unit.raws:
            traits = _traits(raw.core)
            if traits.kept or (raw.core.redirects and _holds_script(raw, text, by)):
                self.kept.append(raw)
            else:
                self.others.append(raw)


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
        for raw in mine.kept:
            references |= _traits(raw.core).references
            if raw.scope:
                functions.update(s.name for s in raw.scope if s.kind is ScopeKind.FUNCTION)
    chosen = _by_use([r for _, _, mine in read for r in mine.others], references, functions)
    for unit, by, mine in read:
        raws = mine.kept
        if mine.others and chosen:
            raws = [r for r in unit.raws if id(r) in chosen or r in raws]
        if raws:
            yield unit, by, raws


def _by_use(others: list[Raw], references: set[str], functions: set[str]) -> set[int]:
    """The ids of further raws: assignments of names that are used, calls of functions that matter."""
    chosen: set[int] = set()
    waiting = [r for r in others if (t := _traits(r.core)).assigned or t.name]
    while True:
        left: list[Raw] = []
        for raw in waiting:
            traits = _traits(raw.core)
            if traits.name in functions or any(a in references for a in traits.assigned):
                chosen.add(id(raw))
                references |= traits.references
                functions.update(s.name for s in raw.scope if s.kind is ScopeKind.FUNCTION)
            else:
                left.append(raw)
        if len(left) == len(waiting):
            return chosen
        waiting = left
