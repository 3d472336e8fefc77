"""What is known of distributions, checked against what was observed on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pep668 import data


@pytest.mark.parametrize(
    ("id", "release", "expected"),
    [
        ("debian", "12", True),
        ("debian", "12.5", True),
        ("debian", "bookworm", True),
        ("debian", "bookworm-20240110-slim", True),
        ("debian", "12-slim", True),
        ("debian", "11", False),
        ("debian", "bullseye-slim", False),
        ("debian", "stable", True),
        ("debian", "latest", True),
        ("debian", "oldstable", True),
        ("debian", "unstable-slim", True),
        ("debian", "forky/sid", True),
        ("debian", "", None),
        ("debian", "whatever", None),
        ("ubuntu", "22.04", False),
        ("ubuntu", "22.04.5", False),
        ("ubuntu", "jammy", False),
        ("ubuntu", "23.04", True),
        ("ubuntu", "noble", True),
        ("ubuntu", "24.04", True),
        ("ubuntu", "latest", True),
        ("ubuntu", "22", None),
        ("alpine", "3.18", False),
        ("alpine", "3.18.12", False),
        ("alpine", "3.19", True),
        ("alpine", "3.19.1", True),
        ("alpine", "3", True),
        ("alpine", "edge", True),
        ("alpine", "latest", True),
        ("alpine", "", None),
        ("archlinux", "", True),
        ("arch", "base-devel", True),
        ("fedora", "41", False),
        ("fedora", "", False),
        ("rockylinux", "9", False),
        ("amazonlinux", "2023", False),
        ("raspbian", "bookworm", True),
        ("raspbian", "bullseye", False),
        ("raspbian", "trixie", None),
        ("linuxmint", "22.1", True),
        ("linuxmint", "21.3", False),
        ("linuxmint", "6", None),
        ("opensuse-leap", "15.6", None),
        ("opensuse-tumbleweed", "20240101", True),
        ("homebrew", "3.12", True),
        ("homebrew", "3.11", False),
        ("homebrew", "3.9", None),
        ("macos", "15.1", None),
        ("plan9", "4", None),
    ],
)
def test_marked(id: str, release: str, expected: bool | None) -> None:
    assert data.marked(id, release) is expected


@pytest.mark.parametrize(
    ("id", "release", "expected"),
    [
        ("debian", "bookworm-slim", "Debian 12"),
        ("debian", "12.5", "Debian 12"),
        ("debian", "sid", "Debian sid"),
        ("debian", "", "Debian"),
        ("ubuntu", "24.04.1", "Ubuntu 24.04"),
        ("ubuntu", "latest", "Ubuntu 26.04"),
        ("alpine", "edge", "Alpine edge"),
        ("archlinux", "latest", "Arch Linux"),
        ("unheard-of", "1", ""),
    ],
)
def test_label(id: str, release: str, expected: str) -> None:
    assert data.label(id, release) == expected


def test_the_venv_package_follows_the_interpreter() -> None:
    ubuntu = data.distributions()["ubuntu"]
    assert ubuntu.venv_packages("3.12.3") == ("python3.12-venv",)
    assert ubuntu.venv_packages() == ("python3-venv",)
    assert ubuntu.install_command(ubuntu.venv_packages("3.12")) == "sudo apt install python3.12-venv"
    assert ubuntu.install_command(ubuntu.venv_packages("3.12"), root=True) == "apt install python3.12-venv"


def test_none_needed_and_not_known_are_told_apart() -> None:
    assert data.distributions()["alpine"].venv == ()
    assert data.distributions()["fedora"].venv is None


def test_what_a_user_types_is_quoted() -> None:
    command = data.distributions()["debian"].install_command(["python3-x; rm -rf ~"])
    assert command == "sudo apt install 'python3-x; rm -rf ~'"


def test_package_names() -> None:
    rows = data.distributions()
    assert rows["debian"].package("requests") == "python3-requests"
    assert rows["alpine"].package("requests") == "py3-requests"
    tumbleweed = rows["opensuse-tumbleweed"]
    assert tumbleweed.fill(tumbleweed.package("requests"), "3.11") == "python311-requests"


def test_an_unknown_distribution_borrows_packages_but_never_a_verdict() -> None:
    row = data.distribution("tuxedo", ("ubuntu", "debian"))
    assert row is not None
    assert row.id == "ubuntu"
    assert data.marked("tuxedo", "24.04") is None
    assert data.distribution("tuxedo") is None


def test_what_releases_ship() -> None:
    debian = data.distributions()["debian"]
    shipped = debian.shipped("12.5-slim")
    assert shipped is not None
    assert (shipped.python, shipped.pip, shipped.pipx) == ("3.11", "23.0.1", "1.1.0")
    assert debian.shipped("9") is None


def test_every_row_says_where_it_comes_from() -> None:
    for row in data.distributions().values():
        assert row.label, row.id
        assert row.evidence, row.id
        assert row.date, row.id
        assert row.confidence in ("high", "medium", "low"), row.id
        for ranges in (row.marked, row.unmarked):
            assert data.marked(row.id, "1") in (True, False, None), ranges


def test_every_base_and_alias_is_sound() -> None:
    text = (Path(data.__file__).parent / "distributions.json").read_text(encoding="utf-8")
    rows = json.loads(text)["distributions"]
    assert {r["base"] for r in rows.values() if "base" in r} <= rows.keys()
    names = [n for row in data.distributions().values() for n in (row.id, *row.aliases)]
    assert len(names) == len(set(names))
