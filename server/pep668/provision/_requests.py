"""What is asked for, checked before anything runs: nothing that was asked for can become an option."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_EDITABLE = re.compile(r"(?P<path>.*?)(?P<extras>\[[\w.,\s-]*\])?")


class Refused(Exception):
    """A request that cannot be carried out; the message says why and what to do, `help` a command if there is one."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class EnvironmentRequest:
    """An environment to make, or to use where it is there, and what to install into it.

    `directory`, `requirements` and `editable` are relative to `folder`.
    """

    folder: str
    directory: str = ".venv"
    requirements: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    prefer_uv: bool = True

    @property
    def path(self) -> str:
        """The environment's folder. Raises Refused where that is not inside `folder`."""
        folder = os.path.abspath(self.folder)
        path = os.path.normpath(os.path.join(folder, self.directory))
        if "\0" in self.directory or path == folder or not path.startswith(folder.rstrip(os.sep) + os.sep):
            raise Refused(f"'{self.directory}' is not a folder inside {folder}; choose a name such as .venv")
        return path

    def arguments(self) -> list[str]:
        """Arguments of `pip install`, empty where nothing is to be installed.

        Raises Refused for what is missing, outside of the folder and its neighbours, or not a requirement.
        """
        arguments: list[str] = []
        for text in self.requirements:
            path = self._inside(text)
            if not os.path.isfile(path):
                raise Refused(f"There is no requirements file {text} in {self.folder}")
            arguments += ["-r", path]
        for text in self.editable:
            match = _EDITABLE.fullmatch(text)
            path = self._inside(match["path"] if match else text)
            if not os.path.isdir(path):
                raise Refused(f"There is no folder {text} in {self.folder} to install as editable")
            arguments += ["-e", path + ((match and match["extras"]) or "")]
        for text in self.packages:
            if not text.strip() or text.lstrip().startswith("-") or any(c in text for c in "\0\r\n"):
                raise Refused(f"{text!r} is not a package's name or requirement")
        return arguments + (["--", *self.packages] if self.packages else [])

    def _inside(self, text: str) -> str:
        """An absolute path inside `folder` or beside it, links followed."""
        folder = os.path.realpath(self.folder)
        path = os.path.realpath(os.path.join(folder, text)) if "\0" not in text else ""
        beside = os.path.dirname(folder).rstrip(os.sep) + os.sep
        if not path.startswith(beside):
            raise Refused(f"{text} is outside of {self.folder}; install it by hand if you trust it")
        return path

    def wanted(self) -> str:
        """What is to be installed, for people: `six, attrs and requirements.txt`."""
        names = [*self.packages, *self.requirements, *(f"{e} (editable)" for e in self.editable)]
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
