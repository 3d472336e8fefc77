"""Debian roots made by debootstrap, and commands run in them, each on a layer of its own that is thrown away.

The archive is the one that this machine's apt uses. Nothing outside of `build/roots` is changed: mounts are made in a
mount namespace that ends with the process.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ROOT / "build" / "roots"
PACKAGES = "python3,python3-pip,python3-venv"
WHEELS = ("six", "iniconfig")
REFUSAL = "externally-managed-environment"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TIMEOUT = 120  # seconds for one sequence


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile: `RUN`, `ENV` (name, value) or `USER`."""

    keyword: str
    value: str
    name: str = ""

    def __str__(self) -> str:
        return f'ENV {self.name}="{self.value}"' if self.keyword == "ENV" else f"{self.keyword} {self.value}"


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


def made(suite: str) -> Path:
    """The root of a suite, made when it is not there yet."""
    root = ROOTS / suite
    stamp = ROOTS / f"{suite}.made"
    if stamp.exists() and stamp.read_text() == PACKAGES:
        return root
    shutil.rmtree(root, ignore_errors=True)
    ROOTS.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(root), _mirror()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"debootstrap {suite}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    _furnish(root)
    stamp.write_text(PACKAGES)
    return root


def _furnish(root: Path) -> None:
    """Two wheels to install without an index, a requirements file, a second user."""
    wheels = root / "wheels"
    wheels.mkdir()
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), *WHEELS]
    subprocess.run(download, check=True, stdout=subprocess.DEVNULL)
    (root / "r.txt").write_text("six\n")
    (root / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\nretries = 0\ntimeout = 1\n")
    subprocess.run(["chroot", str(root), "useradd", "-m", "app"], check=True)


def outcome(root: Path, steps: tuple[Step, ...]) -> tuple[str, str]:
    """What the last RUN prints after those before it, each in a shell of its own; "" or why one of those failed."""
    script = Path(__file__).with_name("layer.sh")
    known = {"PATH": _PATH}
    words = [f"ENV\037PATH\037{_PATH}"]
    for step in steps:
        value = step.value
        if step.keyword == "ENV":
            value = known[step.name] = re.sub(r"\$(\w+)", lambda m: known.get(m[1], ""), value)
        words.append(f"{step.keyword}\037{step.name}\037{value}")
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", str(script), str(root)],
        input="\n".join(words) + "\n",
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    failed = re.search(r"^FAILED-BEFORE .*", done.stderr, re.MULTILINE)
    return done.stdout + done.stderr, failed[0] if failed else ""
