"""Debian roots made by debootstrap, one for each release and set of packages.

The archive is the one that this machine's apt uses. Nothing outside of `build/roots` is changed. What a root has
besides the release's own: a second user `app` who may use sudo, wheels to install without an index (`/wheels`), and an
archive of the few packages that tests install (`/srv/archive`), so that nothing in it needs a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

from . import archive

ROOTS = Path(__file__).resolve().parents[2] / "build" / "roots"
WHEELS = ("six", "iniconfig", "pyflakes", "cowsay", "setuptools", "wheel", "packaging", "pip")
USER = "app"
_FORMAT = "1"  # of what is put into a root; another makes all anew
_PIP_CONF = "[global]\nno-index = true\nfind-links = /wheels\nretries = 0\ntimeout = 1\n"
_UV_CONF = 'no-index = true\nfind-links = ["/wheels"]\n'
_lock = threading.RLock()


@dataclass(frozen=True)
class Release:
    """A release of Debian: its suite, its image and the version of its Python."""

    suite: str
    image: str
    python: str


RELEASES = (Release("bookworm", "debian:12", "3.11"), Release("trixie", "debian:13", "3.13"))
# What is installed besides the smallest system; "bare" is what the official image has.
VARIANTS: dict[str, tuple[str, ...]] = {
    "bare": (),
    "pip": ("python3", "python3-pip", "sudo", "make"),
    "venv": ("python3", "python3-pip", "sudo", "make", "python3-venv"),
    "tools": ("python3", "python3-pip", "sudo", "make", "python3-venv", "pipx"),
    "ansible": ("python3", "python3-pip", "sudo", "make", "python3-venv", "python3-packaging", "python3-apt"),
}
_ARCHIVED = (
    *VARIANTS["tools"],
    *VARIANTS["ansible"],
    "python3-six",
    "python3-iniconfig",
    "python3-virtualenv",
    "pyflakes3",
    "python3-full",
)


def unavailable() -> str:
    """Why roots cannot be made here, "" where they can."""
    if os.geteuid() != 0:
        return "debootstrap, chroot and mount need root"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    if not _mirror():
        return "apt names no Debian archive"
    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return "" if probe.returncode == 0 else "no mount namespaces here"


def _mirror() -> str:
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=False
    ).stdout
    return next((uri for uri in listed.split() if re.search(r"/debian/?$", uri)), "")


def made(release: Release, variant: str) -> Path:
    """The root of a release with a variant's packages, made when it is not there yet."""
    with _lock:
        root = ROOTS / f"{release.suite}-{variant}"
        stamp = ROOTS / f"{root.name}.made"
        wanted = " ".join((_FORMAT, *VARIANTS[variant], *WHEELS, *_ARCHIVED))
        wanted += _UV_CONF if variant == "tools" else ""
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(root, ignore_errors=True)
            ROOTS.mkdir(parents=True, exist_ok=True)
            if variant == "bare":
                _bootstrap(release, root)
            else:
                _extend(release, root, variant)
            stamp.write_text(wanted)
        return root


def _bootstrap(release: Release, root: Path) -> None:
    _run("debootstrap", "--variant=minbase", release.suite, str(root), _mirror())
    archive.fill(root, _ARCHIVED)
    wheels = root / "wheels"
    wheels.mkdir()
    _run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), *WHEELS)
    (root / "r.txt").write_text("six\n")
    (root / "etc/pip.conf").write_text(_PIP_CONF)
    _run("chroot", str(root), "useradd", "-m", "-s", "/bin/bash", USER)


def _extend(release: Release, root: Path, variant: str) -> None:
    """A copy of the smallest root, with packages; its lists are there, as on a machine that is in use."""
    _run("cp", "-a", str(made(release, "bare")), str(root))
    _run("chroot", str(root), "apt-get", "update")
    _run("chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", *VARIANTS[variant])
    (root / "etc/sudoers.d").mkdir(exist_ok=True)
    (root / "etc/sudoers.d/app").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    if variant == "tools":
        _add_uv(root)
    if variant == "ansible":
        _add_ansible(release, root)


def _add_ansible(release: Release, root: Path) -> None:
    """ansible-core in an environment of its own, from wheels for the root's Python."""
    folder = root / "tmp" / "ansible"
    machine = os.uname().machine
    tags = [f"manylinux{tag}_{machine}" for tag in ("2014", "_2_17", "_2_28", "_2_34")]
    chosen = ["--python-version", release.python, "--only-binary", ":all:", *(f"--platform={tag}" for tag in tags)]
    _run(sys.executable, "-m", "pip", "download", "-q", *chosen, "-d", str(folder), "ansible-core")
    _run("chroot", str(root), "python3", "-m", "venv", "/opt/ansible")
    _run("chroot", str(root), "/opt/ansible/bin/pip", "install", "-q", "--find-links", "/tmp/ansible", "ansible-core")
    shutil.rmtree(folder)


def _add_uv(root: Path) -> None:
    """The program alone, out of its wheel; what pip has in /etc/pip.conf it has in a file of its own."""
    (root / "etc/uv").mkdir(exist_ok=True)
    (root / "etc/uv/uv.toml").write_text(_UV_CONF)
    folder = root / "tmp" / "uv"
    _run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder), "uv")
    with zipfile.ZipFile(next(folder.glob("uv-*.whl"))) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith("/scripts/uv"))
        target = root / "usr/local/bin/uv"
        target.write_bytes(wheel.read(name))
        target.chmod(0o755)
    shutil.rmtree(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
