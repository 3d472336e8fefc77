"""How each shell makes an environment once, joins commands and activates."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_POWERSHELL = ("pwsh", "powershell")


@dataclass(frozen=True, slots=True)
class Syntax:
    """The syntax of one shell; "" stands for an unknown one, which is taken for a POSIX shell."""

    shell: str

    def quote(self, text: str) -> str:
        if self.shell in _POWERSHELL:
            plain = all(c.isalnum() or c in "./_-" for c in text)
            return text if plain and text else "'" + text.replace("'", "''") + "'"
        return shlex.quote(text)

    def program(self, path: str) -> str:
        """A path in the place of a command."""
        quoted = self.quote(path)
        return f"& {quoted}" if quoted != path and self.shell in _POWERSHELL else quoted

    def unless(self, path: str, make: str, then: str) -> str:
        """`then`, after `make` where there is no program at `path` yet."""
        quoted = self.quote(path)
        if self.shell == "fish":
            return f"test -x {quoted}; or {make}; and {then}"
        if self.shell in _POWERSHELL:
            return f"if (!(Test-Path {quoted})) {{ {make} }}; {then}"
        return f"test -x {quoted} || {make} && {then}"

    def inside(self, path: str, make: str) -> str:
        """The same as a part of a list: what follows it runs once the program is there."""
        quoted = self.quote(path)
        if self.shell == "fish":
            return f"begin; test -x {quoted}; or {make}; end; and "
        if self.shell in _POWERSHELL:
            return f"{make} && "
        return f"(test -x {quoted} || {make}) && "

    def chain(self, *commands: str) -> str:
        if self.shell == "fish":
            return "; and ".join(commands)
        if self.shell == "powershell":
            return "; ".join(commands)
        return " && ".join(commands)

    def activate(self, directory: str) -> str:
        """The line that activates the environment in a folder."""
        if self.shell == "fish":
            return f"source {self.quote(directory + '/bin/activate.fish')}"
        if self.shell in ("csh", "tcsh"):
            return f"source {self.quote(directory + '/bin/activate.csh')}"
        if self.shell in _POWERSHELL:
            return f". {self.quote(directory + '/bin/Activate.ps1')}"
        path = directory if directory.startswith(("/", "./", ".")) else f"./{directory}"
        return f". {self.quote(path + '/bin/activate')}"


def syntax(shell: str) -> Syntax:
    """By the name or path of a shell: `bash`, `/usr/bin/fish`, `pwsh.exe`."""
    name = shell.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe").lstrip("-")
    return Syntax(name)
