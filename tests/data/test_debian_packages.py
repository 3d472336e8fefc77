"""scripts/derive_debian_packages.py: what it reads of the archive's indices, and which version it believes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from pep668.data.applications import debian_package

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("derive", ROOT / "scripts/derive_debian_packages.py")
assert _spec is not None
assert _spec.loader is not None
derive = importlib.util.module_from_spec(_spec)
sys.modules["derive"] = derive
_spec.loader.exec_module(derive)

CONTENTS = """\
usr/bin/black                                               python/black
usr/lib/python3/dist-packages/PyYAML-6.0.egg-info           python/python3-yaml
usr/lib/python3/dist-packages/black-23.1.0.dist-info/METADATA python/black
usr/lib/python3/dist-packages/click-8.1.3.egg-info/PKG-INFO python/python3-click-package,python/python3-click
usr/lib/python3/dist-packages/name with blank-1.egg-info    python/python3-yaml
usr/lib/python3/dist-packages/numpy-1.24.2-py3.11.egg-info/PKG-INFO python/python3-numpy
usr/lib/python3/dist-packages/setuptools/_vendor/black-9.dist-info/METADATA python/python3-setuptools
usr/lib/python3.11/dist-packages/zope.interface-5.5.2.egg-info/PKG-INFO python/python3-zope.interface
usr/share/beets/beets-1.6.0.egg-info/PKG-INFO sound/beets
usr/lib/python3/dist-packages/gone-1.0.egg-info             python/python3-gone
"""
PACKAGES = """\
Package: black
Version: 23.1.0-1
Source: black (23.1.0)

Package: python3-click
Version: 8.1.3-2
Source: python-click

Package: python3-click-package
Version: 1.0-1

Package: python3-numpy
Source: numpy
Description: array package
 Package: no field
Version: 1:1.24.2-1+deb12u1

Package: python3-yaml
Version: 6.0-3+b2

Package: python3-zope.interface
Version: 5.5.2-1+b1"""


def test_indices() -> None:
    known = dict(derive.packages(PACKAGES.splitlines()))
    entries = derive.table(derive.projects(CONTENTS.splitlines()), known)
    assert {name: (entry.package, entry.version) for name, entry in entries.items()} == {
        "black": ("black", "23.1.0"),
        "click": ("python3-click", "8.1.3"),
        "numpy": ("python3-numpy", "1.24.2"),
        "pyyaml": ("python3-yaml", "6.0"),
        "zope-interface": ("python3-zope.interface", "5.5.2"),
    }


@pytest.mark.parametrize(
    ("debian", "metadata", "alone", "version"),
    [
        ("2.28.1+dfsg-1", "2.28.1", True, "2.28.1"),
        ("3.21.12-3+deb12u1", "4.21.12", True, "4.21.12"),  # protobuf
        ("20230112+git-1", "1.26.3", False, "1.26.3"),  # azure-core
        ("0.16.1-3", "0.0.0", True, "0.16.1"),  # asyncio-mqtt
        ("2023.01.0-1.1", "999", True, "2023.1.0"),  # xarray
        ("1.8.1-2", "1.8.1.dev0", True, "1.8.1"),  # alembic
        ("20230112+git-1", "1.0.0b2", False, "1.0.0b2"),
        ("0.9.6-1", "0.1.0", True, "0.9.6"),  # aiomealie
        ("25.6.1+really25.2.1-1", "25.6.1+really25.2.1", True, "25.2.1"),  # ansible-lint
        ("7.0.0-really-5.3.5-6", "", True, "5.3.5"),
        ("1:0.0~20200224-7da019cf9-4+b1", "", True, "0.0"),
        ("8.0~rc5-1", "", True, "8.0rc5"),
        ("0.07z-2", "", True, ""),
    ],
)
def test_version(debian: str, metadata: str, alone: bool, version: str) -> None:
    assert derive.best(debian, metadata, alone) == version


def test_comparing_says_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = derive.table(derive.projects(CONTENTS.splitlines()), dict(derive.packages(PACKAGES.splitlines())))
    theirs = tmp_path / "table.tsv"
    lines = [f"{name}\t{entry.package}\t{entry.debian}" for name, entry in entries.items()]
    theirs.write_text("# a comment\n" + "\n".join(lines) + "\n")
    assert derive.compare(entries, theirs)
    theirs.write_text("\n".join([*lines[:-1], "other\tpython3-other\t1-1"]) + "\n")
    assert not derive.compare(entries, theirs)
    out = capsys.readouterr().out
    assert "other: nothing, there python3-other 1-1" in out
    assert "4 of 6 agree" in out


def test_the_data_has_names_that_debian_does_not_use() -> None:
    assert debian_package("opencv-python", "bookworm") == ("python3-opencv", "4.6.0")
    assert debian_package("cmake", "bookworm") == ("cmake", "3.25.1")
    assert debian_package("jupyter", "trixie") == ("jupyter", "")
    assert debian_package("protobuf", "bookworm") == ("python3-protobuf", "4.21.12")
    assert debian_package("tensorflow", "trixie") is None
