"""Made-up systems as file trees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pep668 import machine
from pep668.model import DistributionPackage, Machine

MARKER = "[externally-managed]\nError=Use apt.\n\n Or a venv.\nError-de=Nimm apt.\nError-pt_BR=Use o apt.\n"
BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n' + (
    'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
)


class Root:
    """A file tree that is built with absolute paths."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _at(self, path: str) -> Path:
        place = self.path / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def file(self, path: str, content: str | bytes = "") -> None:
        self._at(path).write_bytes(content.encode() if isinstance(content, str) else content)

    def program(self, path: str, content: str | bytes = b"\x7fELF") -> None:
        self.file(path, content)
        self._at(path).chmod(0o755)

    def folder(self, path: str) -> None:
        self._at(path).mkdir(parents=True, exist_ok=True)

    def link(self, path: str, target: str) -> None:
        self._at(path).symlink_to(target)

    def python(self, prefix: str, version: str, lib: str = "lib", marker: str | bytes | None = None) -> None:
        self.program(f"{prefix}/bin/python{version}")
        self.link(f"{prefix}/bin/python3", f"python{version}")
        self.file(f"{prefix}/{lib}/python{version}/os.py")
        if marker is not None:
            self.file(f"{prefix}/{lib}/python{version}/EXTERNALLY-MANAGED", marker)

    def debian(self) -> None:
        self.file("/etc/os-release", BOOKWORM)
        self.python("/usr", "3.11", marker=MARKER)
        self.program("/usr/bin/pip3", "#!/usr/bin/python3\nimport sys\n")
        self.folder("/usr/lib/python3/dist-packages/pip-23.0.1.dist-info")
        self.link("/bin", "usr/bin")

    def snapshot(self, folder: str | None = None, path: str = "/usr/local/bin:/usr/bin", **environ: str) -> Machine:
        variables = {"PATH": path, "HOME": "/home/me", **environ}
        return machine.snapshot(folder, environ=variables, root=str(self.path))

    def packages(self) -> Mapping[str, tuple[DistributionPackage, ...]]:
        return machine.packages(environ={}, root=str(self.path))

    def one(self, project: str) -> DistributionPackage:
        (found,) = self.packages()[project]
        return found
