"""What environments have installed, read from the names of folders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pep668 import machine

SITE = "/project/.venv/lib/python3.11/site-packages"


def make(root: Path, *names: str, cfg: str = "", site: str = SITE) -> Mapping[str, str] | None:
    """What is said of an environment with these files and folders, in a tree with Debian's Python."""
    for path in (
        "/usr/bin/python3.11",
        "/usr/lib/python3.11/os.py",
        "/project/.venv/pyvenv.cfg",
        "/project/.venv/bin/x",
    ):
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).touch(mode=0o755)
    (root / "project/.venv/pyvenv.cfg").write_text(f"home = /usr/bin\nversion = 3.11.2\n{cfg}", "utf-8")
    python = root / "project/.venv/bin/python"
    if not python.is_symlink():
        python.symlink_to("/usr/bin/python3.11")
    if site:
        (root / site[1:]).mkdir(parents=True, exist_ok=True)
    for name in names:
        (root / site[1:] / name).mkdir(parents=True)
    (found,) = machine.snapshot(
        "/project", environ={"PATH": "/usr/bin", "HOME": "/home/me"}, root=str(root)
    ).environments
    return found.installed


def test_names_and_versions_of_all_kinds(tmp_path: Path) -> None:
    found = make(
        tmp_path,
        *("requests-2.31.0.dist-info", "Zope.Interface-6.0.dist-info", "typing_extensions-4.8.0.dist-info"),
        *("PyYAML-6.0-py3.11.egg-info", "old-1.2.egg-info", "nothing.egg-info", "easy-0.1-py3.11.egg"),
        *("local-1.0+cpu.dist-info", "mine.egg-link", "requests", "__pycache__", "~ip-23.0.dist-info"),
        "__editable__.tool-1.0.pth",
        "tool-1.0.dist-info",
    )
    assert found == {
        "requests": "2.31.0",
        "zope-interface": "6.0",
        "typing-extensions": "4.8.0",
        "pyyaml": "6.0",
        "old": "1.2",
        "nothing": "",
        "easy": "0.1",
        "local": "1.0+cpu",
        "mine": "",
        "tool": "1.0",
    }


def test_lib64_and_windows(tmp_path: Path) -> None:
    assert make(tmp_path / "a", "six-1.0.dist-info", site=SITE.replace("lib/", "lib64/")) == {"six": "1.0"}
    assert make(tmp_path / "b", "six-1.0.dist-info", site="/project/.venv/Lib/site-packages") == {"six": "1.0"}


def test_without_a_folder_of_packages_nothing_is_known(tmp_path: Path) -> None:
    assert make(tmp_path, site="") is None
    assert make(tmp_path) == {}


def test_packages_of_the_system_count_where_they_are_let_through(tmp_path: Path) -> None:
    for path in ("usr/lib/python3/dist-packages/six-1.0.egg-info", "usr/lib/python3/dist-packages/idna-3.3.dist-info"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "home/me/.local/lib/python3.11/site-packages/rich-13.0.dist-info").mkdir(parents=True)
    assert make(tmp_path, "six-1.16.dist-info") == {"six": "1.16"}
    shared = "include-system-site-packages = true\n"
    assert make(tmp_path, cfg=shared) == {"six": "1.16", "idna": "3.3", "rich": "13.0"}
    (tmp_path / "project/.venv/bin/python").unlink()
    (tmp_path / "project/.venv/bin/python").symlink_to("/gone/python3.11")  # then the system's folders are not known
    assert make(tmp_path, cfg=shared) is None


def test_a_real_environment_agrees_with_pip(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / ".venv"], check=True)
    python = tmp_path / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    code = "from importlib.metadata import distributions as d; print(*(f'{x.name}={x.version}' for x in d()))"
    said = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True).stdout
    (found,) = machine.snapshot(str(tmp_path)).environments
    assert found.installed == dict(item.split("=") for item in said.split())
    assert "pip" in found.installed
