"""What is known of PyPI projects."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pep668.data.applications import applications_among, debian_package, is_application


@pytest.mark.parametrize(
    "name", ["httpie", "yt-dlp", "Ansible", "pre_commit", "ruff", "uv", "poetry", "black", "tox", "conan"]
)
def test_applications(name: str) -> None:
    assert is_application(name)


LIBRARIES = """
pytest flask requests numpy gunicorn uvicorn ipython pylint jupyterlab celery pip setuptools django scrapy build
supervisor cython mayavi raven chardet tqdm
"""


@pytest.mark.parametrize("name", LIBRARIES.split())
def test_what_programs_import_is_no_application(name: str) -> None:
    assert not is_application(name)


def test_a_plugin_keeps_its_application_with_pip() -> None:
    assert applications_among(["mkdocs", "mkdocs-material", "black"]) == ["black"]
    assert applications_among(["tox", "pytest-tox", "httpie"]) == ["httpie"]


@pytest.mark.parametrize(
    ("name", "suite", "expected"),
    [
        ("requests", "bookworm", ("python3-requests", "2.28.1")),
        ("PyYAML", "trixie", ("python3-yaml", "6.0.2")),
        ("pyyaml", None, ("python3-yaml", "6.0.2")),
        ("opencv-python", "trixie", ("python3-opencv", "4.10.0")),
        ("httpie", "bookworm", ("httpie", "3.2.1")),
        ("six", "jammy", None),
        ("no-such-project", "trixie", None),
        ("pycryptodome", "trixie", None),  # Debian's module has another name than what programs import
    ],
)
def test_debian_packages(name: str, suite: str | None, expected: tuple[str, str] | None) -> None:
    assert debian_package(name, suite) == expected


def test_the_data_files_are_small_and_name_their_source() -> None:
    import gzip

    folder = files("pep668.data")
    packages = folder.joinpath("debian_packages.gz").read_bytes()
    applications = folder.joinpath("applications.txt").read_text(encoding="utf-8")
    assert len(packages) + len(applications) < 120_000
    assert "# source:" in applications
    assert "# source:" in gzip.decompress(packages).decode()
