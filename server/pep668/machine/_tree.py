"""Reading files below a root, tolerant of everything: what cannot be read is not there.

Paths are those that a program on that system would use; `root` other than "/" holds
a copy of a system, and symbolic links inside it are followed inside it.
"""

from __future__ import annotations

import os
import stat

_LINKS = 40  # as many as Linux follows


class Tree:
    """A file system seen from `root`. Answers are remembered: one Tree serves one snapshot."""

    def __init__(self, root: str = "/") -> None:
        self.root = "" if root == "/" else os.path.abspath(root)
        self._real: dict[str, str] = {}
        self._listed: dict[str, list[str]] = {}

    def real(self, path: str) -> str | None:
        """The path without symbolic links, None for a loop or a relative path."""
        if not self.root and os.name == "nt":
            return os.path.realpath(path)
        return self._resolve(path, _LINKS) if path.startswith("/") else None

    def _resolve(self, path: str, links: int) -> str | None:
        folder, name = os.path.split(path.rstrip("/") or "/")
        if not name:
            return "/"
        known = self._real.get(path)
        if known is not None:
            return known
        above = self._resolve(folder, links)
        if above is None:
            return None
        if name in (".", ".."):
            result: str | None = above if name == "." else os.path.dirname(above)
        else:
            result = f"{above.rstrip('/')}/{name}"
            try:
                target = os.readlink(self.root + result)
            except (OSError, ValueError):
                pass
            else:
                result = self._resolve(os.path.join(above, target), links - 1) if links else None
        if result is not None:
            self._real[path] = result
        return result

    def host(self, path: str) -> str | None:
        """Where the path lies on this machine, None where links lead nowhere."""
        if not self.root:
            return path
        real = self.real(path)
        return None if real is None else self.root + real

    def mode(self, path: str) -> int:
        """The mode of what the path leads to, 0 where there is nothing."""
        host = self.host(path)
        try:
            return 0 if host is None else os.stat(host).st_mode
        except (OSError, ValueError):
            return 0

    def is_file(self, path: str) -> bool:
        return stat.S_ISREG(self.mode(path))

    def is_folder(self, path: str) -> bool:
        return stat.S_ISDIR(self.mode(path))

    def is_program(self, path: str) -> bool:
        mode = self.mode(path)
        return stat.S_ISREG(mode) and (os.name == "nt" or bool(mode & 0o111))

    def read(self, path: str, limit: int = 1 << 20) -> bytes | None:
        """The first bytes of a regular file (a pipe or device would block), None where it cannot be read."""
        host = self.host(path)
        if host is None or not self.is_file(path):
            return None
        try:
            with open(host, "rb") as file:
                return file.read(limit)
        except OSError:
            return None

    def text(self, path: str, limit: int = 1 << 20) -> str | None:
        data = self.read(path, limit)
        return None if data is None else data.decode("utf-8", "replace")

    def names(self, path: str) -> list[str]:
        """What is in a folder, sorted; nothing where it cannot be read."""
        known = self._listed.get(path)
        if known is None:
            host = self.host(path)
            try:
                known = [] if host is None else sorted(os.listdir(host))
            except (OSError, ValueError):
                known = []
            self._listed[path] = known
        return known
