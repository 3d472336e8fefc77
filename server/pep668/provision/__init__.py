"""Creating environments, and running what the user names: the only part that runs programs, and only when asked to.

An existing environment is used or repaired in place, never replaced. What a failed or
cancelled creation made is removed again. No program from the workspace is run but the
Python of the environment itself, and none with the workspace in its module path.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from glob import escape, glob

from pep668 import data
from pep668.model import Interpreter, Machine

from ._git import GitError, uncommitted
from ._packages import Packages
from ._process import Cancelled, Outcome, environment, run
from ._programs import outside
from ._requests import EnvironmentRequest, Refused
from ._session import NotStarted, pass_through

BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = "python.exe" if os.name == "nt" else "python"
# Distributions that unbundle ensurepip keep pip's wheel here; this Python's own bundle does as well.
WHEEL_FOLDERS = ("/usr/share/python-wheels", os.path.join(os.path.dirname(os.__file__), "ensurepip", "_bundled"))

_NO_ENSUREPIP = re.compile(
    r"ensurepip is not\s+available|No module named '?ensurepip|'ensurepip'.*returned non-zero|ensurepip is disabled"
)
_NO_VENV = re.compile(r"No module named '?venv\b")
_APT_PACKAGE = re.compile(r"apt(?:-get)? install (python3(?:\.\d{1,2})?-venv)\b")
_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded|\[Errno 28\]|\[Errno 122\]")
_READ_ONLY = re.compile(r"Read-only file system|Permission denied|\[Errno 13\]|\[Errno 30\]")
_ELSEWHERE = ("target", "prefix", "root")


@dataclass(frozen=True, slots=True)
class EnvironmentResult:
    """What became of a request: the fields of `pep668.createEnvironment` in docs/protocol.md.

    `message` is a sentence that says what was done, or what failed and what to do;
    `help` a command that helps, "" where there is none. After a failed installation
    `ok` is False and `path` is that of the environment, which is kept.
    """

    ok: bool
    message: str
    path: str | None = None
    python: str | None = None
    created: bool = False
    help: str = ""


def create_environment(
    request: EnvironmentRequest,
    machine: Machine,
    *,
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
    environ: Mapping[str, str] | None = None,
) -> EnvironmentResult:
    """Makes an environment, or uses or repairs the one that is there, and installs into it.

    Blocks; `report` gets each line of the programs' output, `cancelled` is asked
    several times a second. `environ` is this process's by default.
    """
    work = _Work(request, machine, report, cancelled, environment(os.environ if environ is None else environ))
    try:
        return work.run()
    except Refused as error:
        work.undo()
        return EnvironmentResult(False, str(error), help=error.help)
    except Cancelled:
        work.undo()
        kept = work.installing and not work.made
        return EnvironmentResult(False, _CANCELLED_INSTALL if kept else _CANCELLED)
    except OSError as error:
        work.undo()
        return EnvironmentResult(False, _os_error(error, request))
    except KeyboardInterrupt:
        work.undo()
        raise


_CANCELLED = "Cancelled: nothing was left behind."
_CANCELLED_INSTALL = "Cancelled: the environment is kept; what was installed until then is in it."


def _os_error(error: OSError, request: EnvironmentRequest) -> str:
    refused = _storage_problem(str(error), request.folder)
    return refused or f"{request.directory} could not be made: {error.strerror or error}"


def _storage_problem(text: str, folder: str) -> str:
    if _NO_SPACE.search(text):
        return f"There is no space left for an environment in {folder}: free some (20 MB at least) and try again."
    if _READ_ONLY.search(text):
        return f"{folder} cannot be written to: make it writable, or open a copy of it in a folder that is."
    return ""


@dataclass(eq=False)
class _Work:
    request: EnvironmentRequest
    machine: Machine
    report: Callable[[str], None]
    cancelled: Callable[[], bool]
    environ: dict[str, str]
    made: bool = False  # the environment is being made by us
    made_folder: bool = False  # so is its folder
    installing: bool = False
    parents: list[str] = field(default_factory=list)  # folders above it that were made, innermost first
    links: dict[str, str] = field(default_factory=dict)  # dangling links that a repair removed
    said: list[str] = field(default_factory=list)  # output of the failed attempts

    def run(self) -> EnvironmentResult:
        if not os.path.isdir(self.request.folder):
            raise Refused(f"There is no folder {self.request.folder}.")
        self.path = self.request.path
        self.python = os.path.join(self.path, BIN, PYTHON)
        arguments = self.request.arguments()
        if arguments:
            self._check_pip_config()
        done = self._existing() if os.path.lexists(self.path) else self._new()
        version = _version(self.path)
        named = f"{self.request.directory}{f' with Python {version}' if version else ''}"
        if not arguments:
            return EnvironmentResult(True, f"{done} {named}.", self.path, self.python, self.made)
        wanted = self.request.wanted()
        self.report(f"Installing {wanted}")
        self.installing = True
        folder = os.path.abspath(self.request.folder)
        outcome = self._run([self.python, "-I", "-u", "-m", "pip", "install", *arguments], folder)
        if outcome.code == 0:
            return EnvironmentResult(True, f"{done} {named} and installed {wanted}.", self.path, self.python, self.made)
        why = _storage_problem(outcome.text, folder) or _pip_error(outcome)
        message = f"{done} {named}, but {wanted} could not be installed: {why}"
        return EnvironmentResult(False, message, self.path, self.python, self.made)

    # --- the environment ------------------------------------------------------------------------

    def _existing(self) -> str:
        """Uses what is there, or repairs it in place."""
        name = self.request.directory
        if os.path.islink(self.path) and not os.path.exists(self.path):
            raise Refused(f"{name} is a link that leads nowhere: remove it, then try again.")
        if not os.path.isdir(self.path):
            raise Refused(f"{name} is a file, not an environment: move it away or choose another name.")
        if not os.path.isfile(os.path.join(self.path, "pyvenv.cfg")):
            if os.listdir(self.path):
                raise Refused(
                    f"{name} is a folder but not a virtual environment: it is left alone; choose another name."
                )
            self.made = True
            return self._make()
        if _complete(self.path):
            return "Used the existing"
        self.report(f"Repairing {name}, which is incomplete")
        if not os.path.exists(self.python):
            self._relink()
        elif not os.path.exists(os.path.join(self.path, BIN, "activate")):
            base = self._base()
            if base is not None and base.version == _version(self.path):
                self._attempt(self._bare(base))
        if not _complete(self.path) and not self._seed():
            raise self._failure(self._base(), f"{name} is incomplete and could not be repaired")
        return "Repaired"

    def _relink(self) -> None:
        """Gives an environment its Python back, when one of its version is there."""
        base = self._base()
        name, version = self.request.directory, _version(self.path)
        if base is None:
            raise self._no_python()
        if version and base.version and version != base.version:
            raise Refused(
                f"The Python {version} that {name} was made with is gone: install it again, "
                f"or delete {name} to have it made anew with Python {base.version}."
            )
        for link in glob(os.path.join(escape(self.path), BIN, "python*")):
            if os.path.islink(link) and not os.path.exists(link):
                self.links[link] = os.readlink(link)  # venv would keep a dangling link
                os.unlink(link)
        self._attempt(self._bare(base))
        if not os.path.exists(self.python):
            raise self._failure(base, f"{name} has no working Python and could not be repaired")

    def _new(self) -> str:
        folder = os.path.dirname(self.path)
        while not os.path.isdir(folder):
            self.parents.append(folder)
            folder = os.path.dirname(folder)
        if not os.access(folder, os.W_OK):
            raise Refused(_storage_problem("Permission denied", folder))
        for above in reversed(self.parents):
            os.mkdir(above)
        os.mkdir(self.path)  # fails where someone else was faster
        self.made = self.made_folder = True
        return self._make()

    def _make(self) -> str:
        base, uv = self._base(), self._uv()
        if base is None and uv is None:
            raise self._no_python()
        for arguments, seeds in self._ways(base, uv):
            self._attempt(arguments)
            if _complete(self.path) or (not seeds and os.path.exists(self.python) and self._seed()):
                return "Created"
            if _storage_problem("\n".join(self.said), self.path):
                break
            self._clear()
        raise self._failure(base, f"{self.request.directory} could not be made")

    def _ways(self, base: Interpreter | None, uv: str | None) -> Iterator[tuple[list[str], bool]]:
        """Commands that make an environment, the best first, and whether they put pip into it."""
        with_uv = [([uv, "venv", "--seed", *(["--python", base.path] if base else []), self.path], True)] if uv else []
        if self.request.prefer_uv or base is None:
            yield from with_uv
        if base is not None:
            yield [base.path, "-I", "-u", "-m", "venv", self.path], True
            if not self.request.prefer_uv:
                yield from with_uv
            yield [base.path, "-u", "-m", "virtualenv", self.path], True
            # what ensurepip's failure leaves has no activate scripts
            yield self._bare(base), False

    def _bare(self, base: Interpreter) -> list[str]:
        shared = ["--system-site-packages"] if _config(self.path, "include-system-site-packages") == "true" else []
        return [base.path, "-I", "-u", "-m", "venv", "--without-pip", *shared, self.path]

    def _seed(self) -> bool:
        """Puts pip into an environment that has a Python but no pip, with what is there without root."""
        base, uv = self._base(), self._uv()
        self._attempt([self.python, "-I", "-u", "-m", "ensurepip", "--upgrade", "--default-pip"])
        for folder in WHEEL_FOLDERS:
            for wheel in sorted(glob(os.path.join(escape(folder), "pip-*.whl")), reverse=True):
                if not _complete(self.path):
                    # another pip may be visible through system-site-packages; the environment needs its own
                    options = ["--ignore-installed", "--no-index", "--find-links", folder]
                    self._attempt([self.python, "-I", "-u", os.path.join(wheel, "pip"), "install", *options, "pip"])
        if not _complete(self.path) and base is not None and base.pip_version:
            self._attempt([base.path, "-u", "-m", "pip", "--python", self.python, "install", "-I", "pip"])
        if not _complete(self.path) and uv is not None:
            self._attempt([uv, "pip", "install", "--python", self.python, "pip"])
        return _complete(self.path)

    def _attempt(self, arguments: list[str]) -> None:
        """One way of several: its output is kept for the message, and its result is looked at on disk."""
        outcome = self._run(arguments, os.path.abspath(os.sep))  # not the workspace: its modules would be imported
        if outcome.code:
            self.said += outcome.lines

    def _run(self, arguments: list[str], folder: str) -> Outcome:
        return run(arguments, folder, self.environ, self.report, self.cancelled)

    # --- programs -------------------------------------------------------------------------------

    def _base(self) -> Interpreter | None:
        """The Python to build on: the first on PATH that belongs to no environment, else the server's own."""
        programs = self.machine.programs
        for name in ("python3", "python"):
            for path, found in programs.items():
                if os.path.basename(path).removesuffix(".exe") != name or not os.path.isabs(path) or found is None:
                    continue
                if not found.virtual and found.version[:1] in ("", "3") and self._trusted(found.path):
                    return found
        own = getattr(sys, "_base_executable", "") or sys.executable
        if own and os.path.exists(own) and self._trusted(own):
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            return Interpreter(own, os.path.realpath(own), version, sys.base_prefix)
        return None

    def _uv(self) -> str | None:
        names = (p for p in self.machine.programs if os.path.isabs(p) and os.path.basename(p) in ("uv", "uv.exe"))
        return next((p for p in names if self._trusted(p)), None)

    def _trusted(self, path: str) -> bool:
        """Nothing that the workspace brings is run."""
        return outside(path, self.request.folder, self.environ)

    def _check_pip_config(self) -> None:
        for key, value in self.machine.pip_config.items():
            section, _, name = key.partition(".")
            if name in _ELSEWHERE and section in ("global", "install") and value:
                file = self.machine.pip_config_files.get(key, "pip's configuration")
                where = f"to {value} ({name} in [{section}])"
                raise Refused(f"{file} sends every installation {where}: remove that line, then try again.")

    # --- failure --------------------------------------------------------------------------------

    def _no_python(self) -> Refused:
        row = self._row()
        command = row.install_command([row.python, *row.venv_packages()], root=self.machine.root) if row else ""
        return Refused(f"No Python 3 was found on PATH: {_then(command, 'install one')}.", command)

    def _row(self) -> data.DistributionData | None:
        known = self.machine.distribution
        return data.distribution(known.id, known.like) if known else None

    def _failure(self, base: Interpreter | None, what: str) -> Refused:
        said = "\n".join(self.said)
        storage = _storage_problem(said, os.path.abspath(self.request.folder))
        if storage:
            return Refused(storage)
        if _NO_ENSUREPIP.search(said) or _NO_VENV.search(said):
            command = self._venv_command(base, said)
            python = f"Python {base.version}" if base and base.version else "this Python"
            do = _then(command, "install the package of your system that has it")
            return Refused(f"{what}: {python} has no ensurepip; {do}; without root, install uv or virtualenv.", command)
        reasons = (line for line in reversed(self.said) if not line.endswith("No module named virtualenv"))
        last = next(reasons, "no reason was given")
        return Refused(f"{what}: {last}")

    def _venv_command(self, base: Interpreter | None, said: str) -> str:
        """The package for this interpreter, when it is the distribution's own."""
        row = self._row()
        if row and base and base.prefix == "/usr" and row.venv:
            return row.install_command(row.venv_packages(base.version), root=self.machine.root)
        named = _APT_PACKAGE.search(said)
        apt = data.distributions()["debian"]
        return apt.install_command([named[1]], root=self.machine.root) if named else ""

    def undo(self) -> None:
        """Removes what was made here, and puts back the links that a repair removed."""
        if self.made:
            self._clear()
            with suppress(OSError):
                for folder in [self.path] * self.made_folder + self.parents:
                    os.rmdir(folder)
        for link, target in self.links.items():
            if not os.path.exists(link):
                with suppress(OSError):
                    if os.path.lexists(link):
                        os.unlink(link)
                    os.symlink(target, link)

    def _clear(self) -> None:
        for entry in os.scandir(self.path):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with suppress(OSError):
                    os.unlink(entry.path)


def _then(command: str, otherwise: str) -> str:
    return f"run `{command}` and try again" if command else otherwise


def _complete(path: str) -> bool:
    """Whether an environment has a Python that leads somewhere, and its own pip."""
    if not os.path.isfile(os.path.join(path, "pyvenv.cfg")) or not os.path.exists(os.path.join(path, BIN, PYTHON)):
        return False
    patterns = (os.path.join("lib*", "p*", "site-packages"), os.path.join("Lib", "site-packages"))
    return any(glob(os.path.join(escape(path), p, "pip", "__init__.py")) for p in patterns)


def _config(path: str, key: str) -> str:
    """A value of the environment's pyvenv.cfg, "" where it has none."""
    try:
        with open(os.path.join(path, "pyvenv.cfg"), encoding="utf-8", errors="replace") as file:
            match = re.search(rf"^{key}\s*=\s*(\S+)", file.read(65536), re.MULTILINE)
    except OSError:
        return ""
    return match[1] if match else ""


def _version(path: str) -> str:
    """`3.11`, as the environment's pyvenv.cfg says."""
    return ".".join(_config(path, "version(?:_info)?").split(".")[:2])


def _pip_error(outcome: Outcome) -> str:
    """pip's own last error, with what to do about it."""
    errors = [line.partition("ERROR:")[2].strip() for line in outcome.lines if line.lstrip().startswith("ERROR:")]
    last = errors[-1] if errors else next(iter(reversed(outcome.lines)), f"pip ended with code {outcome.code}")
    return f"{last.rstrip('.')}. The environment is kept: correct the requirement or the network and install again."


__all__ = [
    "EnvironmentRequest",
    "EnvironmentResult",
    "GitError",
    "NotStarted",
    "Packages",
    "create_environment",
    "pass_through",
    "uncommitted",
]
