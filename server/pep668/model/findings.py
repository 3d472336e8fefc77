"""Verdicts, findings and fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from pep668.text import Edit, Span

from .commands import Command
from .installs import ErrorReport, Install, Request, Requirement, RequirementsFile
from .machine import DistributionPackage, Interpreter
from .regions import Evidence


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


class Missed(Enum):
    """Why an install misses a virtual environment."""

    OTHER_NAME = "another one is activated"
    PIPLESS = "it has no pip"
    ABSOLUTE = "the system's program is named by its path"
    WRAPPED = "sudo, su or env leaves it"
    HANDED = "it holds from the next step on"
    BEHIND = "it stands behind the system's folders in PATH"
    VARIABLE = "only VIRTUAL_ENV is set"
    ELSEWHERE = "it was activated in another shell"
    INACTIVE = "it was made, and not activated"


@dataclass(frozen=True, slots=True)
class Unused:
    """A virtual environment that was meant for an install and does not reach it.

    `reason` and `why`, a clause for people, tell the same; `evidence` shows where it was made or activated. `evident`:
    it was meant for it whatever the check says there, `likely`: probably; `sure`: it does not reach it; `pipless`:
    since no pip is in it, as `evidence` shows.
    """

    path: str
    reason: Missed
    why: str
    evidence: Evidence
    evident: bool = False
    likely: bool = False
    sure: bool = True
    pipless: bool = False


@dataclass(frozen=True, slots=True)
class Owned:
    """A project that an install asks for, and the distribution's package that holds it there; `request` as written.

    `earlier`: it is there when the install runs. `evidence` has no span where this machine's database alone says so.
    """

    project: str
    package: DistributionPackage
    request: Request
    evidence: Evidence
    earlier: bool = True


@dataclass(frozen=True, slots=True)
class Environment:
    """Where an install would go, and what the PEP 668 check says there.

    `managed` is the target Python's own state, whatever bypasses it. `python` is a
    path or version where known, `distribution` a label such as `Debian 12`.
    `interpreter` is this machine's, when the verdict is about this machine.
    `as_root` tells whether the command runs as root. `decides` says, for
    `depends`, what would decide it. `usage_error`: the tool stops before it looks,
    so that what is allowed fails all the same. `of_distribution`: that Python surely
    finds what the package manager installs; `owned` is what the distribution has of
    the projects asked for.
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
    usage_error: bool = False
    unused: Unused | None = None
    of_distribution: bool = False
    owned: tuple[Owned, ...] = ()


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
class Query:
    """A question to this machine's package manager (`apt`, `pacman` ...): which of these packages it has."""

    manager: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """One alternative for one finding. `id` is the fix's file name; edits are in the document.

    `preferred` is given to at most one fix of a finding, never to a `last_resort`,
    which is chosen by hand only.
    `explanation` is shown where the fix is only displayed. `query` is what the package manager could still be asked
    for the fix to be sure: `Machine.offered` holds its answers.
    """

    id: str
    title: str
    edits: tuple[Edit, ...] = ()
    steps: tuple[Step, ...] = ()
    applicability: Applicability = Applicability.UNSAFE
    preferred: bool = False
    explanation: str = ""
    last_resort: bool = False
    query: Query | None = None


@dataclass(frozen=True, eq=False)
class Judged:
    """An install with the environment that it would meet."""

    install: Install
    environment: Environment


@dataclass(frozen=True, slots=True)
class Observed:
    """An install of a document that was seen being refused.

    `text` is the command as it stands there, behind `before` others of the same text; `line` the command line that
    ran it, for people, "" where that is not known.
    """

    text: str
    before: int = 0
    line: str = ""


Subject = Judged | Command | ErrorReport | RequirementsFile | Requirement


@dataclass(frozen=True, eq=False)
class Finding:
    """What a rule found. `span` is in the document; `related` are further places that show why.

    `stands_for` is the rule that would report the same install if it had not been seen being refused.
    """

    rule: str
    message: str
    span: Span
    severity: Severity
    subject: Subject
    related: tuple[Evidence, ...] = ()
    stands_for: str = ""
