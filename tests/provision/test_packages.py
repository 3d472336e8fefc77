"""Asking package managers, by programs on PATH that say what the real ones say; apt-cache itself where it is there."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pep668.provision import Packages

APT = """\
python3-requests:
  Installed: (none)
  Candidate: 2.28.1+dfsg-1
  Version table:
     2.28.1+dfsg-1 500
        500 http://archive/debian bookworm/main amd64 Packages
python3-numpy:
  Installed: 1:1.24.2-1
  Candidate: 1:1.24.2-1+deb12u1
  Version table:
     1:1.24.2-1+deb12u1 500
        500 http://archive/debian bookworm/main amd64 Packages
 *** 1:1.24.2-1 100
        100 /var/lib/dpkg/status
python3-virtual:
  Installed: (none)
  Candidate: (none)
  Version table:
apt:
  Installed: 2.6.1
  Candidate: 2.6.1
  Version table:
 *** 2.6.1 500
        500 http://archive/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
"""
APK = """\
py3-requests policy:
  2.32.2-r0:
    https://archive/alpine/v3.19/main
  2.32.3-r0:
    https://archive/alpine/v3.20/main
apk-tools policy:
  2.14.4-r0:
    lib/apk/db/installed
    https://archive/alpine/v3.20/main
"""
PACMAN = """\
Repository      : extra
Name            : python-requests
Version         : 2.32.3-4
Description     : Python HTTP for Humans
error: package 'python-nothing' was not found
"""
ZYPPER = """\
Loading repository data...
Reading installed packages...


Information for package python311-requests:
-------------------------------------------
Repository     : Main Repository (OSS)
Name           : python311-requests
Version        : 2.32.3-1.2
Arch           : noarch

package 'python311-nothing' not found.
"""


class Fake:
    """A folder on PATH whose programs print what they are told to, and write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def program(self, name: str, output: str, *, code: int = 0, before: str = "") -> None:
        path = self.folder / name
        body = f"{before}\nprintf '%s\\n' \"$@\" >> '{self.folder}/calls'; echo =end >> '{self.folder}/calls'\n"
        path.write_text(f"#!/bin/sh\n{body}cat <<'END'\n{output}END\nexit {code}\n")
        path.chmod(0o755)

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": f"{self.folder}:/usr/bin:/bin", "HOME": "/nonexistent"}

    @property
    def calls(self) -> list[list[str]]:
        calls = self.folder / "calls"
        text = calls.read_text() if calls.exists() else ""
        return [call.split("\n") for call in text.removesuffix("\n=end\n").split("\n=end\n") if call]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path / "bin")


@pytest.mark.parametrize(
    ("manager", "program", "output", "names", "versions"),
    [
        (
            *("apt", "apt-cache", APT),
            ["python3-requests", "python3-numpy", "python3-virtual", "python3-nothing"],
            ["2.28.1+dfsg-1", "1:1.24.2-1+deb12u1", "", ""],
        ),
        ("apk", "apk", APK, ["py3-requests", "py3-nothing"], ["2.32.3-r0", ""]),
        ("pacman", "pacman", PACMAN, ["python-requests", "python-nothing"], ["2.32.3-4", ""]),
        ("zypper", "zypper", ZYPPER, ["python311-requests", "python311-nothing"], ["2.32.3-1.2", ""]),
        ("dnf", "dnf", "python3-requests 2.31.0\n", ["python3-requests", "python3-nothing"], ["2.31.0", ""]),
        (
            "brew",
            "brew",
            '{"formulae": [{"name": "yt-dlp", "versions": {"stable": "2025.1"}}]}\n',
            ["yt-dlp"],
            ["2025.1"],
        ),
    ],
)
def test_what_managers_say(
    fake: Fake, manager: str, program: str, output: str, names: list[str], versions: list[str]
) -> None:
    fake.program(program, output, code=1 if "was not found" in output else 0)
    packages = Packages()
    assert packages.ask(manager, names, "", environ=fake.environ)
    assert packages.known(manager) == dict(zip(names, versions, strict=True))
    assert packages.known("other") == {}
    [call] = fake.calls
    assert call[call.index("--") + 1 :][: len(names)] == names


@pytest.mark.parametrize(
    ("manager", "program", "output", "code"),
    [
        ("apt", "apt-cache", "apt:\n  Candidate: 2.6.1\n *** 2.6.1 100\n        100 /var/lib/dpkg/status\n", 0),
        ("apk", "apk", "apk-tools policy:\n  2.14.4-r0:\n    lib/apk/db/installed\n", 0),
        ("pacman", "pacman", "warning: database file for 'core' does not exist\nerror: package 'a' was not found\n", 1),
        ("zypper", "zypper", "Warning: No repositories defined.\npackage 'a' not found.\n", 0),
        ("dnf", "dnf", "Error: Cache-only enabled but no cache for 'fedora'\n", 1),
        ("brew", "brew", "curl: (6) Could not resolve host\n", 1),
    ],
)
def test_without_lists_nothing_is_said(fake: Fake, manager: str, program: str, output: str, code: int) -> None:
    fake.program(program, output, code=code)
    packages = Packages()
    assert not packages.ask(manager, ["xyz"], "", environ=fake.environ)
    assert packages.known(manager) == {}


def test_answers_are_remembered_for_a_while(fake: Fake) -> None:
    fake.program("apt-cache", APT)
    clock = Clock()
    packages = Packages(clock)
    assert packages.ask("apt", ["python3-requests"], "", environ=fake.environ)
    assert packages.ask("apt", ["python3-requests"], "", environ=fake.environ)
    assert packages.ask("apt", ["python3-requests", "python3-numpy"], "", environ=fake.environ)
    assert [call[2] for call in fake.calls] == ["python3-requests", "python3-numpy"]
    clock.now += 601
    assert packages.known("apt") == {}
    assert packages.ask("apt", ["python3-requests"], "", environ=fake.environ)
    assert len(fake.calls) == 3


def test_a_manager_that_fails_is_not_asked_at_once_again(fake: Fake) -> None:
    fake.program("apt-cache", "E: broken\n", code=100)
    clock = Clock()
    packages = Packages(clock)
    assert not packages.ask("apt", ["python3-requests"], "", environ=fake.environ)
    assert not packages.ask("apt", ["python3-requests"], "", environ=fake.environ)
    assert len(fake.calls) == 1
    clock.now += 61
    fake.program("apt-cache", APT)
    assert packages.ask("apt", ["python3-requests"], "", environ=fake.environ)


def test_one_that_hangs_is_given_up(fake: Fake) -> None:
    fake.program("apt-cache", APT, before="sleep 60 & sleep 60")
    packages = Packages()
    began = time.monotonic()
    assert not packages.ask("apt", ["python3-requests"], "", environ=fake.environ, limit=0.5)
    assert time.monotonic() - began < 30
    assert packages.known("apt") == {}
    assert fake.calls == []


@pytest.mark.parametrize("name", ["-o", "--config-file=x", "a b", "a;id", "$(id)", "", "a\nb", "../a", "x" * 200])
def test_only_names_of_packages_are_given_to_it(fake: Fake, name: str) -> None:
    fake.program("apt-cache", APT)
    assert not Packages().ask("apt", ["python3-requests", name], "", environ=fake.environ)
    assert fake.calls == []


def test_no_program_of_the_workspace_is_run(fake: Fake, tmp_path: Path) -> None:
    workspace = Fake(tmp_path / "workspace")
    workspace.program("apt-cache", APT)
    inside, both = workspace.environ["PATH"], f"{workspace.folder}:bin:{fake.folder}:/bin"
    environ = {"PATH": inside.split(":")[0], "HOME": "/nonexistent"}
    assert not Packages().ask("apt", ["python3-requests"], str(workspace.folder), environ=environ)
    fake.program("apt-cache", APT)
    (tmp_path / "linked").symlink_to(workspace.folder)
    environ["PATH"] = f"{tmp_path}/linked:{both}"
    assert Packages().ask("apt", ["python3-requests"], str(workspace.folder), environ=environ)
    assert workspace.calls == []
    assert len(fake.calls) == 1


def test_a_manager_that_is_not_there() -> None:
    packages = Packages()
    assert not packages.ask("apt", ["python3-requests"], "", environ={"PATH": "/nonexistent"})
    assert not packages.ask("emerge", ["dev-python/x"], "")


def _lists() -> bool:
    """Whether this machine has apt, with lists of packages."""
    if shutil.which("apt-cache") is None:
        return False
    said = subprocess.run(["apt-cache", "policy", "python3"], capture_output=True, text=True, check=False).stdout
    return "Packages" in said


@pytest.mark.skipif(not _lists(), reason="no apt here, or `apt-get update` was never run")
def test_apt_itself() -> None:
    packages = Packages()
    assert packages.ask("apt", ["python3-requests", "python3-there-is-no-such-package"], "/nonexistent")
    known = packages.known("apt")
    assert known["python3-requests"][0].isdigit()
    assert known["python3-there-is-no-such-package"] == ""
