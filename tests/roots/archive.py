"""A small archive inside a root: real packages of the release, which apt installs there without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

FOLDER = "srv/archive"


def fill(root: Path, packages: Iterable[str]) -> None:
    """Download packages with all that they depend on, and make them the only source of the root's apt."""
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    _apt(root, "clean")
    _apt(root, "update")
    _apt(root, "install", "--download-only", "-y", "--no-install-recommends", *packages)
    folder = root / FOLDER
    folder.mkdir(parents=True)
    stanzas = []
    for deb in sorted((root / "var/cache/apt/archives").glob("*.deb")):
        shutil.move(deb, folder / deb.name)
        name, version = deb.name.removesuffix(".deb").split("_")[:2]
        shown = _output(root, "apt-cache", "show", f"{name}={version.replace('%3a', ':')}")
        stanza = shown.partition("\n\n")[0]
        stanzas.append(re.sub(r"(?m)^Filename: .*$", f"Filename: ./{deb.name}", stanza))
    (folder / "Packages").write_text("\n\n".join(stanzas) + "\n")
    (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:/{FOLDER} ./\n")
    _apt(root, "clean")
    for listed in (root / "var/lib/apt/lists").iterdir():
        if listed.is_file():
            listed.unlink()


def _apt(root: Path, *arguments: str) -> None:
    _output(root, "apt-get", *arguments)


def _output(root: Path, *command: str) -> str:
    done = subprocess.run(["chroot", str(root), *command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
