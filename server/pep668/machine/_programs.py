"""Which interpreter each program on PATH runs: links, shebangs and pyenv's shims are read, nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from pep668.model import Interpreter

from ._interpreters import Interpreters

_PYTHON = re.compile(r"(?:python|pypy)(?:\d(?:\.\d{1,2})?)?t?")
_WANTED = re.compile(
    r"(?:(?:python|pypy)(?:\d(?:\.\d{1,2})?)?t?|pip(?:-?\d(?:\.\d{1,2})?)?|uvx?|pipx|conda|mamba|poetry|pipenv|py)"
    r"(?:\.exe)?"
)
_PREFIXES = ("p", "u", "c", "m")
_STANDARD = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin")
# `exec "/long/path/python" "$0" "$@"`, also with the quotes of pip's own polyglot: '''exec' /path/python "$0" "$@"
_EXEC = re.compile(rb"""exec'? +(?:-a +"\$0" +)?("[^"\n]{1,4096}"|[^\s"]{1,4096}) +(?:"\$0" +)?"\$@\"""")
_WINDOWS_DRIVE = re.compile(r"/mnt/[a-z]/")
_DEPTH = 8


class Programs:
    """Programs by name (the first on PATH) and by absolute path."""

    def __init__(self, interpreters: Interpreters, folder: str) -> None:
        self._interpreters = interpreters
        self._tree = interpreters.tree
        self._environ = interpreters.environ
        self._folder = folder
        self._path = list(self._path_folders())
        self.found: dict[str, Interpreter | None] = {}

    def _path_folders(self) -> Iterator[str]:
        windows_drives = bool(self._environ.get("WSL_DISTRO_NAME"))
        seen = set()
        for entry in self._environ.get("PATH", "").split(os.pathsep):
            folder = os.path.normpath(os.path.join(self._folder, entry)) if self._folder or entry else ""
            if not os.path.isabs(folder) or folder in seen:
                continue
            seen.add(folder)
            if windows_drives and _WINDOWS_DRIVE.match(folder) and not folder.endswith("/bin"):
                continue  # slow to list, and its python.exe is not what `python` runs
            yield folder

    def look(self, environments: list[str]) -> dict[str, Interpreter | None]:
        """Fills and returns `found`; `environments` are folders of programs that are known by path only."""
        for folder in self._path:
            for name, path in self._in(folder):
                if path not in self.found:
                    self.found[path] = self._resolve(path, 0)
                self.found.setdefault(name, self.found[path])
        for folder in (*_STANDARD, *environments):
            for _, path in self._in(folder):
                if path not in self.found:
                    self.found[path] = self._resolve(path, 0)
        return self.found

    def _in(self, folder: str) -> Iterator[tuple[str, str]]:
        for name in self._tree.names(folder):
            if name.startswith(_PREFIXES) and _WANTED.fullmatch(name):
                path = os.path.join(folder, name)
                if self._tree.is_program(path):
                    yield name.removesuffix(".exe"), path

    def _on_path(self, name: str, without: str = "") -> str | None:
        for folder in self._path:
            path = os.path.join(folder, name)
            if folder != without and self._tree.is_program(path):
                return path
        return None

    def _resolve(self, path: str, depth: int) -> Interpreter | None:
        """The interpreter that a program runs."""
        real = self._tree.real(path)
        if real is None or depth > _DEPTH or not self._tree.is_program(path):
            return None
        head = self._tree.read(path, 4096) or b""
        name = os.path.basename(path).removesuffix(".exe")
        if head.startswith(b"#!"):
            return self._script(path, name, head, depth)
        if _PYTHON.fullmatch(name) and _PYTHON.match(os.path.basename(real)):
            return self._interpreters.at(path)  # a shim of mise is a link to mise itself
        if path.endswith(".exe") and name.startswith("pip"):
            folder = os.path.dirname(path)
            places = (os.path.join(f, "python.exe") for f in (folder, os.path.dirname(folder)))
            return next((self._interpreters.at(p) for p in places if self._tree.is_program(p)), None)
        return None

    def _script(self, path: str, name: str, head: bytes, depth: int) -> Interpreter | None:
        if b'/pyenv" exec ' in head:
            target = self._pyenv(path, name, head)
            return self._resolve(target, depth + 1) if target else None
        line = head[2:].split(b"\n", 1)[0].decode("utf-8", "replace").strip()
        program = _shebang(line)
        base = os.path.basename(program)
        if base in ("sh", "bash", "dash"):
            match = _EXEC.search(head)
            program = match[1].decode("utf-8", "replace").strip("\"'") if match else ""
            base = os.path.basename(program)
        if not _PYTHON.match(base):
            return None
        if not os.path.isabs(program):
            return self._named(base, depth)
        return self._resolve(program, depth + 1)

    def _named(self, name: str, depth: int) -> Interpreter | None:
        path = self._on_path(name)
        return self._resolve(path, depth + 1) if path else None

    def _pyenv(self, shim: str, name: str, head: bytes) -> str | None:
        """What a shim of pyenv runs: `pyenv which`, read from the same files."""
        shims = os.path.dirname(shim)
        root = self._environ.get("PYENV_ROOT", "")
        exported = re.search(rb'^export PYENV_ROOT="([^"\n]+)"', head, re.MULTILINE)
        if exported:
            root = exported[1].decode("utf-8", "replace")
        root = root or os.path.dirname(shims)
        chosen = self._environ.get("PYENV_VERSION", "").split(":")
        versions = [v for v in chosen if v] or self._pyenv_versions(root)
        if "system" not in versions and "--nosystem" in (self._tree.text(f"{root}/libexec/pyenv-which", 65536) or ""):
            versions = [*versions, "system"]  # since 2.6 it tries the system's last
        for version in versions:
            if version == "system":
                path = self._on_path(name, without=os.path.join(root, "shims"))
            else:
                installed = self._pyenv_installed(root, version)
                path = f"{root}/versions/{installed}/bin/{name}" if installed else None
            if path and path != shim and self._tree.is_program(path):
                return path
        return None

    def _pyenv_versions(self, root: str) -> list[str]:
        place = self._folder
        files = []
        while place:
            files.append(os.path.join(place, ".python-version"))
            place, below = os.path.dirname(place), place
            if place == below:
                break
        for file in (*files, f"{root}/version"):
            lines = (line.split() for line in (self._tree.text(file, 65536) or "").splitlines())
            versions = [words[0] for words in lines if words and not words[0].startswith("#")]
            versions = [v for v in versions if v != ".." and "/" not in v]
            if self._tree.is_file(file):
                return versions or ["system"]
        return ["system"]

    def _pyenv_installed(self, root: str, version: str) -> str | None:
        """The installed version of that name, or the newest that begins with it (`3.12`)."""
        installed = self._tree.names(f"{root}/versions")
        for name in (version, version.removeprefix("python-")):
            if name in installed:
                return name
            below = [i for i in installed if re.fullmatch(re.escape(name) + r"(\.\d+)+", i)]
            if below:
                return max(below, key=lambda i: [int(n) for n in i.split(".") if n.isdigit()])
        return None


def _shebang(line: str) -> str:
    """The program of a shebang line; for `env` the one it looks up, a bare name then."""
    if line.startswith('"'):
        return line[1:].partition('"')[0]
    words = line.split()
    if words and os.path.basename(words[0]) == "env":
        rest = [w for w in words[1:] if not w.startswith("-") and "=" not in w]
        return rest[0] if rest else ""
    return words[0] if words else ""
