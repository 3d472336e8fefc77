"""What commands change: the shell's state, which ends with its process, and the system's, which stays.

Words are kept *symbolic*: an unknown variable stands as `${NAME}`, another unknown
part as `${}`. So `python3 -m venv "$D/v"` and `"$D/v/bin/pip"` meet although `$D` is unknown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from pep668 import data
from pep668.model import Bypass, Command, Evidence, Expansion, Scope, Word

UNKNOWN = "${}"


class SourceKind(Enum):
    """Where the Python that comes first in PATH is from."""

    VIRTUAL = "a virtual environment"
    CONDA = "a conda environment"
    OWN = "a Python of its own"


@dataclass(frozen=True, slots=True)
class Source:
    """What stands first in PATH before the system's programs. `certain` is False where it may not.

    `activated`: by a command, which brings `deactivate`; `below` is what comes first again then. `instead` is the
    environment that is made where another one is activated.
    """

    kind: SourceKind
    path: str
    evidence: Evidence
    certain: bool = True
    activated: bool = False
    below: Source | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """`text` is symbolic, None where it is unknown altogether; `maybe` are then texts that it has in some cases."""

    text: str | None
    evidence: Evidence
    exported: bool = False
    maybe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """The state of a shell process at one point. Mappings are copied on change, so snapshots are cheap.

    `elsewhere` names another machine (`ssh host`), `image` a container's image that
    the commands run in instead of the document's own place, `program` is what the function that is called runs,
    `unmarked` a test that only lets Pythons without a marker pass. `behind` is an environment that stands in PATH
    after the system's folders; `left`: an environment was deactivated on purpose.
    """

    variables: dict[str, Variable] = field(default_factory=dict)
    first: Source | None = None
    directory: str = ""
    directories: tuple[str, ...] = ()
    user: str = ""
    sudo: Evidence | None = None
    elsewhere: str = ""
    image: str | None = None
    dead: bool = False
    program: str = ""
    unmarked: Evidence | None = None
    behind: Source | None = None
    left: bool = False

    def with_variable(self, name: str, variable: Variable | None) -> Shell:
        variables = dict(self.variables)
        if variable is None:
            variables.pop(name, None)
        else:
            variables[name] = variable
        return replace(self, variables=variables)

    def value(self, name: str) -> str | None:
        found = self.variables.get(name)
        return found.text if found else None

    def exported(self, name: str) -> Variable | None:
        found = self.variables.get(name)
        return found if found and found.exported else None

    def symbolic(self, word: Word) -> str:
        """The word's text with what is known put in."""
        return "".join(p if isinstance(p, str) else self._expand(p) for p in word.parts)

    def _expand(self, part: Expansion) -> str:
        if part.name is None:
            return UNKNOWN
        value = self.value(part.name)
        if value is None:
            value = part.default
        return "${" + part.name + "}" if value is None else value

    def lookup(self, name: str) -> str | None:
        """A variable's text for `shell.expand`: None unless every part of it is known."""
        value = self.value(name)
        return None if value is None or "${" in value else value

    def absolute(self, path: str) -> str:
        """A symbolic path without `.` and `..`, from the working directory where it is relative."""
        path = _HERE.sub(".", path)
        if not path.startswith(("/", "~", "${")):
            path = posixpath.join(self.directory, path)
        return posixpath.normpath(_CHECKOUT.sub(".", path))


_HERE = re.compile(r"^\$\{PWD\}(?=/|$)")
# Where a CI job starts: the folder that relative paths are seen from.
_CHECKOUT = re.compile(
    r"^\$\{(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|BUILD_SOURCESDIRECTORY|SYSTEM_DEFAULTWORKINGDIRECTORY|TRAVIS_BUILD_DIR|"
    r"BITBUCKET_CLONE_DIR|CIRRUS_WORKING_DIR|APPVEYOR_BUILD_FOLDER|WORKSPACE)\}(?=/|$)"
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A variable for the shells that start later; PATH's `text` still holds the old one, `${PATH}`."""

    name: str
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a system that switches the check off.

    `certain`: it happens whatever conditions come to. `python` is the version whose marker it concerns ("3.11"), "" for
    any; `user` whose pip it holds for, None for everybody's.
    """

    evidence: Evidence
    certain: bool = True
    python: str = ""
    user: str | None = None


# What a command hangs on, each with the text that it stands in.
Conditions = frozenset[tuple[int, Scope]]


@dataclass(frozen=True, slots=True)
class Brought:
    """A package that a package manager installs: `evidence` is its word, `manager` who (apt of `apt-get`).

    `conditions` are those that the command hangs on, `place` the other machine or image that it runs on, `group` the
    name of apk's virtual package.
    """

    evidence: Evidence
    manager: str
    conditions: Conditions = frozenset()
    place: tuple[str, str | None] = ("", None)
    group: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """An environment that was made, or `activated`, by a command for what follows."""

    path: str
    evidence: Evidence
    command: Command
    activated: bool = False


@dataclass(slots=True)
class System:
    """What stays on a machine: files and packages, as far as the document tells.

    `pipless` are the environments that no pip is in, `open` those that may see the system's packages, `meant` those
    that were made or activated, in order; `more_packages`: the package manager brought others than `packages`, which
    nothing here names. `own` is why a Python of the image's comes before the distribution's.
    """

    environments: dict[str, Evidence] = field(default_factory=dict)
    pipless: dict[str, Change] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    meant: list[Meant] = field(default_factory=list)
    marker_removed: Change | None = None
    pip_config: dict[str, Change] = field(default_factory=dict)
    packages: dict[str, Brought] = field(default_factory=dict)
    more_packages: bool = False
    other_python: Evidence | None = None
    linked: tuple[str, Evidence] | None = None
    configured: dict[str, str] = field(default_factory=dict)  # folders of Python's source to the prefix they build for
    built: dict[str, Evidence] = field(default_factory=dict)  # prefixes with, and names of, Pythons made from source
    pip_version: tuple[str, Evidence] | None = None
    handed: list[Handed] = field(default_factory=list)
    own: Evidence | None = None

    def fork(self) -> System:
        return System(
            dict(self.environments),
            dict(self.pipless),
            set(self.open),
            list(self.meant),
            self.marker_removed,
            dict(self.pip_config),
            dict(self.packages),
            self.more_packages,
            self.other_python,
            self.linked,
            dict(self.configured),
            dict(self.built),
            self.pip_version,
        )

    def others(self, own: str) -> Evidence | None:
        """Why a name may lead to another Python than the distribution's, whose version is `own` ("" if not known)."""
        if self.other_python is None and self.linked is not None and self.linked[0] != own:
            return self.linked[1]
        return self.other_python

    def environment_of(self, path: str) -> str | None:
        """The known environment that a symbolic path lies in."""
        return _around(path, self.environments)

    def built_in(self, path: str) -> str | None:
        """The prefix of a Python that was built from source that a symbolic path lies in."""
        return _around(path, self.built)


def _around(path: str, folders: Mapping[str, Evidence]) -> str | None:
    while path not in ("", "/", "."):
        if path in folders:
            return path
        parent = posixpath.dirname(path)
        if parent == path:
            return None
        path = parent
    return None


@dataclass(frozen=True, slots=True)
class Override:
    """A place where the check is switched off for later commands (or for its own one).

    `python` is the version whose marker is removed, "" for any.
    """

    bypass: Bypass
    name: str
    evidence: Evidence
    command: Command | None = None
    python: str = ""


@dataclass(frozen=True, eq=False)
class Made:
    """A command that makes a virtual environment. `maker` is `venv`, `virtualenv` or `uv`.

    `first` is what stands first in PATH then; `packages` are those that the package manager has brought, None where
    that cannot be known; `other_python`: others than the distribution's are there; `seeded`: it is to get a pip;
    `certain`: whatever conditions come to.
    """

    maker: str
    command: Command
    evidence: Evidence
    first: Source | None = None
    packages: Mapping[str, Evidence] | None = None
    other_python: bool = False
    seeded: bool = True
    certain: bool = True


@dataclass(slots=True)
class Log:
    """What rules look at besides the installs, in the order of the document."""

    overrides: list[Override] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)


_MOST_TEXTS = 8


def merge(shells: list[Shell]) -> Shell:
    """The state after one of several alternatives ran: what they agree on, the rest uncertain."""
    alive = [s for s in shells if not s.dead] or shells
    first, *others = alive
    if not others:
        return first
    variables = {}
    for name in {n for s in alive for n in s.variables}:
        values = [s.variables.get(name) for s in alive]
        known = [v for v in values if v is not None]
        same = len(known) == len(values) and len({v.text for v in known}) == 1
        told = dict.fromkeys(t for v in known for t in (v.text, *v.maybe) if t is not None)
        variables[name] = replace(
            known[-1] if not same else known[0],
            text=known[0].text if same else None,
            exported=any(v.exported for v in known),
            maybe=() if same else tuple(told)[:_MOST_TEXTS],
        )
    return replace(
        first,
        variables=variables,
        first=_merge_sources([s.first for s in alive]),
        directory=first.directory if len({s.directory for s in alive}) == 1 else UNKNOWN,
        dead=all(s.dead for s in shells),
    )


def _merge_sources(sources: list[Source | None]) -> Source | None:
    known = [s for s in sources if s]
    if not known:
        return None
    certain = len(known) == len(sources) and all(s.certain for s in known)
    return known[0] if certain else replace(known[0], certain=False)


_VENV_NAME = re.compile(r"v(?:irtual)?_?envs?|(?:^|[/._-])env(?:s)?(?=[/._-]|\d*$)|\.tox|\.nox|\.venvs?", re.IGNORECASE)
_VENV_VARIABLE = re.compile(
    r"v(?:irtual)?_?env|(?:^|_)env(?:_?(?:dir|path|bin|root|home|name|exe|executable|python))?$", re.IGNORECASE
)
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def looks_virtual(path: str) -> bool:
    """Whether a symbolic path's names say that it is a virtual environment (`.venv`, `${VENV_DIR}`, `/opt/env`)."""
    if any(_VENV_VARIABLE.search(m[1]) for m in _VARIABLE.finditer(path)):
        return True
    return bool(_VENV_NAME.search(_VARIABLE.sub("", path)))


_BREWED = re.compile(
    r"^(?:/opt/homebrew|/usr/local|/home/linuxbrew/\.linuxbrew)/(?:opt|Cellar)/python(?:@(3\.\d+))?(?:/|$)"
)
_CONDA = re.compile(r"conda|mamba|miniforge|CONDA_", re.IGNORECASE)
_OWN = re.compile(r"pyenv|/opt/python|asdf|mise|hostedtoolcache|pythonLocation|depot_tools", re.IGNORECASE)


def source_of(path: str, system: System, evidence: Evidence) -> Source | None:
    """What a directory that was put first in PATH holds, None where it is none of a Python's."""
    folder = posixpath.dirname(path) if posixpath.basename(path) in ("bin", "Scripts", "shims") else path
    known = system.environment_of(path)
    if known:
        return Source(SourceKind.VIRTUAL, known, evidence)
    brewed = _BREWED.search(path)
    if brewed:
        unmarked = brewed[1] and data.marked("homebrew", brewed[1]) is False
        return Source(SourceKind.OWN, folder, evidence) if unmarked else None
    if path.startswith("${") and path.endswith("/libexec/bin"):  # `$(brew --prefix python@3.11)/libexec/bin`
        text = f"{evidence.text} puts an unmarked Python first"
        return Source(SourceKind.OWN, folder, replace(evidence, text=text), certain=False)
    built = system.built_in(path)
    if built:
        return Source(SourceKind.OWN, built, system.built[built])
    if _CONDA.search(path):
        return Source(SourceKind.CONDA, folder, evidence)
    if _OWN.search(path):
        return Source(SourceKind.OWN, folder, evidence)
    if looks_virtual(path):
        return Source(SourceKind.VIRTUAL, folder, evidence)
    return None
