"""Layers over roots: what is done in one is seen in it and in those built on it, and ends with the store.

All mounts are made in a mount namespace of the store's own, which ends with the process that holds it.
"""

from __future__ import annotations

import itertools
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

TIMEOUT = 180  # seconds for one process
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOUNT = """
set -e
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay layer -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --bind /dev "$1/root/dev"
mount -t tmpfs -o mode=1777 shm "$1/root/dev/shm"
mount -t proc proc "$1/root/proc"
"""


@dataclass(frozen=True)
class Outcome:
    """How a process ended, and what it wrote (both streams in their order)."""

    code: int
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


class Store:
    """Holds layers, in memory. A context manager."""

    def __init__(self) -> None:
        self._holder = tempfile.TemporaryDirectory(prefix="layers")
        self.folder = Path(self._holder.name)
        script = f"mount -t tmpfs layers '{self.folder}' && echo ready && exec cat"
        self._process = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("no mount namespace for layers")
        self._numbers = itertools.count()
        self._shared: dict[Path, Layer] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate("")
        self._holder.cleanup()

    def layer(self, root: Path) -> Layer:
        """A new layer over a root."""
        return self._made((str(root),))

    def shared(self, root: Path) -> Layer:
        """The layer over a root in which nothing changes, to build others on."""
        with self._lock:
            if root not in self._shared:
                self._shared[root] = self.layer(root)
            return self._shared[root]

    def _made(self, below: tuple[str, ...]) -> Layer:
        folder = self.folder / str(next(self._numbers))
        seen = self.seen(folder)
        seen.mkdir()
        done = self.inside(["sh", "-c", _MOUNT, "sh", str(folder), ":".join(below)])
        if not done.ok:
            raise RuntimeError(done.output)
        return Layer(self, folder, below)

    def seen(self, path: Path) -> Path:
        """Where a path of the namespace is seen from outside."""
        return Path(f"/proc/{self._process.pid}/root{path}")

    def inside(self, command: Sequence[str], given: str | None = None) -> Outcome:
        """Run a program in the namespace, outside of any root. It is ended after `TIMEOUT` (code 124)."""
        entered = ["timeout", "-k", "5", str(TIMEOUT), "nsenter", "-m", "-t", str(self._process.pid), "--", *command]
        done = subprocess.run(
            entered,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Outcome(done.returncode, done.stdout)


class Layer:
    """A file system over others. `built` remembers what was built on it, as a builder of images does."""

    def __init__(self, store: Store, folder: Path, below: tuple[str, ...]) -> None:
        self.store = store
        self.folder = folder
        self.below = below
        self.lock = threading.Lock()
        self.built: dict[object, tuple[Layer, Outcome]] = {}

    def __enter__(self) -> Layer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.inside(["sh", "-c", 'umount -R -l "$1/root"; rm -rf "$1"', "sh", str(self.folder)])

    @property
    def path(self) -> Path:
        """The root directory as seen from outside; absolute symbolic links in it lead astray."""
        return self.store.seen(self.folder / "root")

    @property
    def inner(self) -> Path:
        """The root directory as programs in the store's namespace see it."""
        return self.folder / "root"

    def child(self) -> Layer:
        """A new layer on top; nothing may change in this one from then on."""
        return self.store._made((str(self.folder / "upper"), *self.below))

    def run(
        self,
        command: Sequence[str],
        *,
        user: str = "root",
        variables: Mapping[str, str] | None = None,
        folder: str = "/",
        given: str | None = None,
    ) -> Outcome:
        """Run a program in the layer with these variables only, besides PATH and HOME."""
        known = {"PATH": PATH, "HOME": self.home(user), **(variables or {})}
        moved = ["/bin/sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder, *command]
        entered = [
            "chroot",
            f"--userspec={user}",
            str(self.inner),
            "env",
            "-i",
            *(f"{k}={v}" for k, v in known.items()),
        ]
        return self.store.inside([*entered, *moved], given)

    def home(self, user: str) -> str:
        name = user.partition(":")[0]
        for line in (self.path / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if name in (fields[0], fields[2]):
                return fields[5]
        return "/"

    def write(self, folder: str, files: Mapping[str, str], user: str = "root") -> None:
        """Write files below a folder, which all belong to the user."""
        where = self.path / folder.lstrip("/")
        for name, text in files.items():
            file = where / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        self.run(["chown", "-R", f"{user}:", folder])
