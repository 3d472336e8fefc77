"""How each shell joins commands, quotes, and activates an environment."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import dataclass

from pep668.model import Machine

_POWERSHELL = ("pwsh", "powershell")
_CSH = ("csh", "tcsh")
_IN_BIN = re.compile(r"/bin/(?=[\w.-]+\Z)")
_OF_CMD = re.compile(r"[\w .,+@:=\\-]+(?: && [\w .,+@:=\\-]+)*")
_PYTHON3 = re.compile(r"\bpython3(?:\.\d+)?(?= )")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_HOME = re.compile(r"~[\w.-]*/")
# `!` and what makes a history reference of it, where quotes do not keep that from it.
_HISTORY = re.compile(r"\\.|'[^']*'|(?P<found>!(?![\s=(]|\Z))", re.DOTALL)
_HISTORY_OF_CSH = re.compile(r"\\.|(?P<found>!(?![\s=(]|\Z))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Syntax:
    """The syntax of one shell; "" stands for an unknown one, which is taken for a POSIX shell.

    On Windows an environment's programs are in `Scripts`; callers name them as elsewhere, in `bin`.
    """

    shell: str
    windows: bool = False

    def quote(self, text: str) -> str:
        if self.shell in _POWERSHELL or self.shell == "nu":
            plain = all(c.isalnum() or c in "./_-" for c in text)
            return text if plain and text else "'" + text.replace("'", "''") + "'"
        return shlex.quote(text)

    def path(self, text: str) -> str:
        """A path as an argument; `~/` before it is the home directory, what stands behind it is quoted."""
        text = self._laid_out(text)
        home = _HOME.match(text)
        if home is None:
            return self.quote(text)
        rest = text[home.end() :]
        quoted = self.quote(rest) if rest else ""
        # There a part of a word is not quoted by itself.
        whole = quoted != rest and (self.shell == "nu" or self.shell in _POWERSHELL)
        return self.quote(text) if whole else home[0] + quoted

    def _laid_out(self, path: str) -> str:
        """Only for PowerShell: a POSIX shell on Windows may be one whose Python has `bin` as well (MSYS2)."""
        return _IN_BIN.sub("/Scripts/", path) if self.windows and self.shell in _POWERSHELL else path

    def program(self, path: str) -> str:
        """A path in the place of a command."""
        path = self._laid_out(path)
        quoted = self.path(path)
        if quoted == path:
            return path
        return {"pwsh": "& ", "powershell": "& ", "nu": "^"}.get(self.shell, "") + quoted

    def unless(self, path: str, make: str, then: str) -> str:
        """`then`, after `make` where there is no program at `path` yet."""
        quoted = self.path(path)
        if self.shell == "fish":
            return f"test -x {quoted}; or {make}; and {then}"
        if self.shell in _POWERSHELL:
            probe = self.path(f"{path}.exe") if self.windows else quoted
            return f"if (!(Test-Path {probe})) {{ {make} }}; {then}"
        if self.shell in _CSH:  # there `&&` binds before `||`
            return f"(test -x {quoted} || {make}) && {then}"
        if self.shell == "nu":
            return f"{make}; {then}"  # which leaves an environment that is there as it is
        return f"test -x {quoted} || {make} && {then}"

    def inside(self, path: str, make: str) -> str:
        """The same as a part of a list: what follows it runs once the program is there."""
        quoted = self.path(path)
        if self.shell == "fish":
            return f"begin; test -x {quoted}; or {make}; end; and "
        if self.shell in _POWERSHELL or self.shell == "nu":
            return self.chain(make, "")
        return f"(test -x {quoted} || {make}) && "

    def chain(self, *commands: str) -> str:
        """Commands of which each runs where the one before it did what it should."""
        if self.shell == "nu":
            return "; ".join(commands)
        if self.shell == "powershell":  # Windows PowerShell has no `&&`
            *before, last = commands
            return "".join(f"{c}; if ($?) {{ " for c in before) + last + " }" * len(before)
        return " && ".join(commands)

    @property
    def chains_inside(self) -> bool:
        """Whether something can be put before a command in the middle of a line."""
        return self.shell not in ("powershell", "nu")

    @property
    def assigns(self) -> bool:
        """Whether `X=1 command` sets a variable for that command."""
        return self.shell not in (*_CSH, *_POWERSHELL, "nu")

    def activate(self, directory: str) -> str:
        """The line that activates the environment in a folder."""
        if self.shell == "cmd":
            return directory.replace("/", "\\") + r"\Scripts\activate.bat"
        path = directory if directory.startswith(("/", ".", "~")) or _DRIVE.match(directory) else f"./{directory}"
        if self.shell == "fish":
            return f"source {self.path(directory + '/bin/activate.fish')}"
        if self.shell in _CSH:
            return f"source {self.path(directory + '/bin/activate.csh')}"
        if self.shell in _POWERSHELL:
            return f". {self.path(path + '/bin/Activate.ps1')}"
        if self.shell == "nu":
            return f"overlay use {self.path(directory + '/bin/activate.nu')}"
        return f". {self.path(path + '/bin/activate')}"

    @property
    def activates(self) -> bool:
        """Whether what `python3 -m venv` makes can be activated: it has no script for every shell."""
        return self.shell != "nu"

    def takes(self, line: str, machine: Machine | None) -> bool:
        """Whether a line that was built is one of this shell and system: those of Windows lack much.

        None is built from the syntax of a POSIX shell for cmd, and none for Windows with a program that is not known
        to be there.
        """
        if self.shell == "cmd" and not _OF_CMD.fullmatch(line):
            return False
        if not self.windows:
            return True
        has_python3 = machine is not None and "python3" in machine.programs
        return not (line.startswith("sudo ") or "/bin/" in line or (_PYTHON3.search(line) and not has_python3))

    def repeats(self, line: str) -> bool:
        """Whether a line that was typed means the same when it is typed once more, behind other commands."""
        history = _HISTORY_OF_CSH if self.shell in _CSH else _HISTORY
        if self.shell in ("", "bash", "zsh", *_CSH) and any(m["found"] for m in history.finditer(line)):
            return False  # the shell would take it for one of the lines before
        if self.shell == "nu":
            return re.fullmatch(r"[\w ./=<>~,:@+\[\]-]+", line) is not None
        return True


def syntax(shell: str, *, windows: bool = False) -> Syntax:
    """By the name or path of a shell: `bash`, `/usr/bin/fish`, `pwsh.exe`."""
    name = shell.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe").lstrip("-")
    return Syntax("nu" if name == "nushell" else name, windows or name == "cmd")


def on_windows(machine: Machine | None, folder: str) -> bool:
    """By what was read of the machine, else by a folder on a drive."""
    if machine is not None and machine.distribution is not None:
        return machine.distribution.id == "windows"
    return _DRIVE.match(folder) is not None


def literal(value: str, source: str) -> str:
    """A path that was typed as `source`, for `Syntax.path`: `~` is the home directory only where no quotes keep it."""
    return f"./{value}" if value.startswith("~") and not source.startswith("~") else value


def absolute(path: str, folder: str) -> str | None:
    """A path as seen from a folder; None where that, or the home directory it begins with, is not known."""
    if not folder.startswith("/") or _HOME.match(f"{path}/"):
        return None
    return posixpath.normpath(posixpath.join(folder, path))
