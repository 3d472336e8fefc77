"""What commands and files ask to be installed, and reports that it failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pep668.text import Span

from .commands import Command


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
    own (pipx, `uv tool`, poetry): the system Python is not touched. `implied`: the
    program is not among the command's words; `environment` is the virtual environment
    that the command names outright, "" where it may name one (Ansible's `virtualenv`).
    """

    program: str
    is_interpreter: bool
    option: str | None = None
    system: bool = False
    own: bool = False
    implied: bool = False
    environment: str | None = None

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
    """What a file asks for by a project's name; `span` is in the document, `text` is as pip takes it.

    `name` is normalized. `specifier` is "" where any version will do or none can be said, `url` the place that it comes
    from instead of an index. `group` names the part of the file that it belongs to where that is not what everybody
    gets: `extra:docs`, `group:dev`, `build-system`, `conda` (a conda package).
    """

    name: str
    text: str
    span: Span
    specifier: str = ""
    marker: str = ""
    extras: tuple[str, ...] = ()
    group: str = ""
    url: str = ""


class RequirementsKind(str, Enum):
    """Who installs what a file asks for."""

    REQUIREMENTS = "requirements"  # `pip install -r`
    PROJECT = "project"  # `pip install -e .` in its folder
    GROUPS = "groups"  # nothing but dependency groups: `pip install --group`
    TOOL = "tool"  # a tool that keeps an environment of its own: Pipfile, Poetry's own tables
    BUILD = "build"  # nobody but a build, in an environment that it makes
    CONDA = "conda"


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """What a file asks for. `includes` are its `-r`, `constraints` its `-c` paths.

    `first` is the place of the first thing to install, None where there is none. `sources`: the file says where
    packages come from (an index, `--find-links`) or what they must be (hashes), so that a name alone asks for less.
    """

    requirements: tuple[Requirement, ...] = ()
    includes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    first: Span | None = None
    kind: RequirementsKind = RequirementsKind.REQUIREMENTS
    sources: bool = False


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
