"""The nouns of the engine: frozen, without IO, without protocol types.

Spans inside a `Region` (those of words, commands, installs) are offsets into
that region's text; `region.map` leads to the document. Spans of `Evidence`,
`Finding`, `Fix` and `ErrorReport` are offsets into the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .text import Edit, SourceMap, Span

# --- what is known, and why ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict, in words; `span` is the place in the document that shows it."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a host knows about the place where its inner regions run.

    `kind` is one of

    - `image`: a container image reference as resolved, `debian:12-slim`; "" when unknown
    - `runner`: a CI runner label, `ubuntu-24.04`
    - `variable`: an environment variable that is set there; `name`, and `value` or None when unknown
    - `user`: the user that commands run as
    - `login`: "yes" where that shell is a login shell, which reads /etc/profile first
    - `shell`: the program that reads the text, `bash`, `sh`, `fish`
    - `python`: an unmanaged Python put first in PATH (`actions/setup-python`); value says what did it
    - `file`: a file that the host writes; `name` is its path, `value` its text, None when unknown
    - `directory`: the working directory
    - `copy`: files brought from another system; `name` is where to, `value` that `Place.system` or an image
    - `document`: the text is documentation that people read and type from, not a program
    - `host`: the container that a region runs in belongs to this host construct (a label for messages)

    Later facts override earlier ones of the same kind (and name).
    """

    kind: str
    value: str | None
    evidence: Evidence
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region runs, as far as state is concerned.

    Regions of one `system` share files (a Dockerfile stage, a CI job, a machine);
    those of one `process` share the shell's state too (variables, an activated
    environment, the working directory). `base` names the system from whose final
    state this one starts (a stage built `FROM` another).
    """

    system: str = ""
    process: str = ""
    base: str | None = None


# --- text in a language -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Region:
    """A run of text in one language, and what its hosts know about the place where it runs.

    `parent` is the region it was found in; `origin` the command that it is an
    argument of (`bash -c "..."`), if any; `anchor` the span *in the document* of
    the host's unit that holds it (a Dockerfile instruction, a workflow step),
    before and after which the host's own lines can be inserted.
    """

    language: str
    text: str
    map: SourceMap
    facts: tuple[Fact, ...] = ()
    place: Place = Place()
    parent: Region | None = None
    origin: Command | None = None
    anchor: Span | None = None

    @classmethod
    def document(cls, language: str, text: str, facts: tuple[Fact, ...] = ()) -> Region:
        return cls(language, text, SourceMap.identity(len(text)), facts)

    def outer(self, span: Span) -> Span:
        """A span of this region in the document."""
        return self.map.span(span)

    def fact(self, kind: str, name: str = "") -> Fact | None:
        """The latest fact of that kind (and name)."""
        for fact in reversed(self.facts):
            if fact.kind == kind and fact.name == name:
                return fact
        return None


# --- shell --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expansion:
    """A part of a word that is known only when it runs: `$NAME`, `${NAME:-default}`, `$(...)`, `*.whl`.

    `name` is the variable's, or None (a substitution, a pattern); `default` the
    literal text of `${NAME:-default}`.
    """

    name: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word after quote removal. `span` covers it as written, quotes included."""

    parts: tuple[str | Expansion, ...]
    span: Span
    quoted: bool = False

    @property
    def value(self) -> str | None:
        """The text, or None where a part is unknown."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        if any(isinstance(p, Expansion) for p in self.parts):
            return None
        return "".join(p for p in self.parts if isinstance(p, str))

    @property
    def pattern(self) -> str:
        """The text with each unknown part written `\\0`."""
        return "".join(p if isinstance(p, str) else "\0" for p in self.parts)

    @property
    def basename(self) -> str | None:
        """The last component of the word as a path, None where that is unknown."""
        last = self.pattern.rpartition("/")[2]
        return None if "\0" in last else last


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value`, before a command or alone; `exported` where it reaches the programs run."""

    name: str
    value: Word
    span: Span
    exported: bool = False
    append: bool = False


class ScopeKind(str, Enum):
    """What a scope does to the state that commands inside it set."""

    SUBSHELL = "subshell"  # ( ), $( ), a pipeline's part, a background job: state ends with it
    FUNCTION = "function"  # a function's body: runs where it is called
    CONDITION = "condition"  # the test of if, while, until
    BRANCH = "branch"  # then, else, a case arm, the right of && and ||: may not run
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Scope:
    """One level of nesting inside a shell text. `key` tells scopes of one text apart (its start offset).

    `name` is the function's name, or for a branch what it hangs on: `then`, `else`,
    `case`, `&&`, `||`. `owner` tells which scopes are alternatives of one construct.
    """

    kind: ScopeKind
    key: int
    name: str = ""
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A program that runs the rest of its line: `sudo -H`, `env -i`, `xargs`, `ssh host`.

    `words` are its own (name and options), `assignments` those it sets for what it runs.
    """

    name: str
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()

    @property
    def span(self) -> Span:
        return self.words[0].span.to(self.words[-1].span)

    def has(self, *options: str) -> bool:
        """Whether one of its words is one of these (`-H`; letters of a bundle, `-HE`, count)."""
        for word in self.words[1:]:
            text = word.value or ""
            if text in options:
                return True
            bundle = text[1:] if text.startswith("-") and not text.startswith("--") else ""
            if any(len(o) == 2 and o[1] in bundle for o in options):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Redirect:
    """`> file`, `2>&1`, `<<EOF`. For heredocs `body` is the span of the text and `target` the delimiter."""

    operator: str
    target: Word
    span: Span
    body: Span | None = None


@dataclass(frozen=True, eq=False)
class Command:
    """A simple command. `words[0]` is the program; wrappers and assignments stand before it.

    `statement` is the span of the whole line or list that the command is part
    of at its nesting level: new lines can be put before its start.
    `operator` connects it to the command before: "", "&&", "||", "|", ";", "&".
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    wrappers: tuple[Wrapper, ...]
    redirects: tuple[Redirect, ...]
    span: Span
    statement: Span
    scope: tuple[Scope, ...]
    operator: str
    region: Region

    @property
    def name(self) -> str | None:
        """The program's file name, where known."""
        return self.words[0].basename if self.words else None

    @property
    def all_wrappers(self) -> tuple[Wrapper, ...]:
        """Those of the commands around it (`sudo bash -c "..."`) and its own, outermost first."""
        above = self.region.origin.all_wrappers if self.region.origin else ()
        return above + self.wrappers

    def outer(self, span: Span) -> Span:
        return self.region.map.span(span)


# --- installs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """An option of an installer by its canonical long name. `span` covers option and value."""

    name: str
    value: str | None
    span: Span


class RequestKind(str, Enum):
    PROJECT = "project"  # a name, with or without extras and specifier
    FILE = "file"  # -r
    CONSTRAINT = "constraint"  # -c
    EDITABLE = "editable"  # -e path or URL
    PATH = "path"
    URL = "url"
    UNKNOWN = "unknown"  # "$@", $PACKAGES


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that an install asks for. `name` is normalized (PEP 503), None where none is known."""

    kind: RequestKind
    text: str
    span: Span
    name: str | None = None
    specifier: str = ""


@dataclass(frozen=True, slots=True)
class PythonReference:
    """How a command names the Python it installs into.

    `program` is the word that PATH or the file system resolves: `pip3`,
    `/usr/bin/python3`, `\\0/bin/pip`; `option` the value of `--python`;
    `system` uv's `--system`. `own` means that the tool keeps an environment of its
    own (pipx, `uv tool`, poetry): the system Python is not touched.
    """

    program: str
    is_interpreter: bool
    option: str | None = None
    system: bool = False
    own: bool = False

    @property
    def version(self) -> str | None:
        """`3.12` of `python3.12` or `pip3.12`, else None."""
        name = (self.option or self.program).rpartition("/")[2]
        digits = name.lstrip("abcdefghijklmnopqrstuvwxyzPY-")
        return digits if "." in digits and digits.replace(".", "").isdigit() else None


@dataclass(frozen=True, eq=False)
class Install:
    """A command that would install, uninstall or sync Python packages.

    `program` spans program and subcommand (`python3 -m pip install`), `text` is
    what stands there. `tool` is one of the inventory's: pip, uv, pipx, poetry,
    pipenv, conda, nox, ansible-pip, ensurepip, get-pip. `operation` is install,
    uninstall or sync. `passes_check` names why the tool does not check for the
    marker at all (`--target`), "" where it does.
    """

    command: Command
    tool: str
    operation: str
    program: Span
    text: str
    python: PythonReference
    options: tuple[Option, ...] = ()
    requests: tuple[Request, ...] = ()
    passes_check: str = ""

    def option(self, *names: str) -> Option | None:
        """The last option of one of these names."""
        for option in reversed(self.options):
            if option.name in names:
                return option
        return None

    def _requested(self, *kinds: RequestKind) -> list[str]:
        return [
            r.name if r.kind is RequestKind.PROJECT and r.name else r.text for r in self.requests if r.kind in kinds
        ]

    @property
    def packages(self) -> list[str]:
        return self._requested(RequestKind.PROJECT)

    @property
    def requirement_files(self) -> list[str]:
        return self._requested(RequestKind.FILE)

    @property
    def editable(self) -> list[str]:
        return self._requested(RequestKind.EDITABLE)

    @property
    def span(self) -> Span:
        """From the program to the last word, in the region."""
        words = self.command.words
        return self.program.to(words[-1].span) if words else self.program


@dataclass(frozen=True, slots=True)
class Requirement:
    """A line of a requirements file that names a project; spans are in the document."""

    name: str
    text: str
    span: Span
    specifier: str = ""
    marker: str = ""
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """What a requirements file asks for. `includes` are its `-r`, `constraints` its `-c` paths."""

    requirements: tuple[Requirement, ...] = ()
    includes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    first: Span | None = None


# --- errors in output ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """A tool's own report of a failure, found in output.

    `kind`: `externally-managed`, `ensurepip-missing`, `pip-missing`,
    `command-not-found`, `wrong-shell`, `package-not-found`, `not-root` ...
    `form`: `pip-unicode`, `pip-ascii`, `pip-escaped`, `pip-truncated`,
    `pip-log-file`, `uv`, `silent`, or "" for other kinds. `span` covers it in the
    input. `prefix` is the environment's prefix where the text states it; `detail`
    whatever the kind needs (the missing command, the package to install).
    """

    kind: str
    tool: str
    operation: str
    span: Span
    form: str = ""
    packages: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    prefix: str | None = None
    command: str = ""
    detail: str = ""
    python_version: str | None = None


# --- this machine -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Distribution:
    """From os-release: `id` debian, `version` "12", `codename` bookworm, `like` its relatives."""

    id: str
    version: str = ""
    codename: str = ""
    name: str = ""
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """An EXTERNALLY-MANAGED file: its path and the message for the given locale ("" where it has none)."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python found on this machine, read from files only.

    `path` as found, `real` behind all symbolic links, `version` "3.11" or "",
    `virtual` whether a pyvenv.cfg makes it an environment's.
    """

    path: str
    real: str
    version: str = ""
    prefix: str = ""
    virtual: bool = False
    marker: Marker | None = None
    pip_version: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class VirtualEnvironment:
    """A folder with pyvenv.cfg. `complete`: its Python is there and not dangling; `seeded`: it has a pip."""

    path: str
    python: str
    version: str = ""
    complete: bool = True
    seeded: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """A snapshot of what `machine.py` read: enough to answer without IO.

    `programs` maps names (`pip`, `python3`, `uv`) and absolute paths to the
    interpreter that they run, None where the program is there but its interpreter
    is not known. A name that is missing is not on PATH.
    """

    distribution: Distribution | None = None
    programs: Mapping[str, Interpreter | None] = field(default_factory=dict)
    environments: tuple[VirtualEnvironment, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    pip_config: Mapping[str, str] = field(default_factory=dict)
    pip_config_files: Mapping[str, str] = field(default_factory=dict)
    root: bool = False
    folder: str = ""


# --- verdicts -----------------------------------------------------------------------------------


class Verdict(str, Enum):
    REFUSED = "refused"
    ALLOWED = "allowed"
    DEPENDS = "depends"


class Managed(Enum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class EnvironmentKind(str, Enum):
    VIRTUAL = "virtual-environment"
    SYSTEM_MANAGED = "system-managed"
    SYSTEM_UNMANAGED = "system-unmanaged"
    USER_MACHINE = "user-machine"
    UNKNOWN = "unknown"


class Bypass(str, Enum):
    FLAG = "flag"
    VARIABLE = "environment-variable"
    PIP_CONFIG = "pip-config"
    MARKER_REMOVED = "marker-removed"
    IMAGE = "image"
    RUNNER = "runner"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where an install would go, and what the PEP 668 check says there.

    `managed` is the target Python's own state, whatever bypasses it. `python` is a
    path or version where known, `distribution` a label such as `Debian 12`.
    `interpreter` is this machine's, when the verdict is about this machine.
    `as_root` tells whether the command runs as root. `decides` says, for
    `depends`, what would decide it.
    """

    verdict: Verdict
    managed: Managed
    kind: EnvironmentKind
    evidence: tuple[Evidence, ...] = ()
    bypass: Bypass | None = None
    python: str | None = None
    distribution: str | None = None
    interpreter: Interpreter | None = None
    local: bool = False
    as_root: bool = False
    decides: str = ""
    virtual_environment: str | None = None
    pip_version: str | None = None


# --- findings and fixes -------------------------------------------------------------------------


class Severity(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Applicability(str, Enum):
    """Whether a fix can be applied without looking (SAFE), needs a look (UNSAFE), or is shown only."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY_ONLY = "display-only"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do besides editing: `command` is a command of the server, with its arguments."""

    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fix:
    """One alternative for one finding. `id` is the fix's file name; edits are in the document.

    `preferred` is given to at most one fix of a finding, never to a last resort.
    `explanation` is shown where the fix is only displayed.
    """

    id: str
    title: str
    edits: tuple[Edit, ...] = ()
    steps: tuple[Step, ...] = ()
    applicability: Applicability = Applicability.UNSAFE
    preferred: bool = False
    explanation: str = ""


@dataclass(frozen=True, eq=False)
class Judged:
    """An install with the environment that it would meet."""

    install: Install
    environment: Environment


Subject = Judged | Command | ErrorReport | RequirementsFile


@dataclass(frozen=True, eq=False)
class Finding:
    """What a rule found. `span` is in the document; `related` are further places that show why."""

    rule: str
    message: str
    span: Span
    severity: Severity
    subject: Subject
    related: tuple[Evidence, ...] = ()


__all__ = [
    "Applicability",
    "Assignment",
    "Bypass",
    "Command",
    "Distribution",
    "Edit",
    "Environment",
    "EnvironmentKind",
    "ErrorReport",
    "Evidence",
    "Expansion",
    "Fact",
    "Finding",
    "Fix",
    "Install",
    "Interpreter",
    "Judged",
    "Machine",
    "Managed",
    "Marker",
    "Option",
    "Place",
    "PythonReference",
    "Redirect",
    "Region",
    "Request",
    "RequestKind",
    "Requirement",
    "RequirementsFile",
    "Scope",
    "ScopeKind",
    "Severity",
    "Span",
    "Step",
    "Subject",
    "Verdict",
    "VirtualEnvironment",
    "Word",
    "Wrapper",
]
