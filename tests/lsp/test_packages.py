"""The distribution's packages: read off the loop, for documents that may need them, and again when they change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pep668 import machine
from pep668.lsp.documents import Document
from pep668.lsp.session import Session
from pep668.model import DistributionPackage

from .conftest import Connect
from .conftest import Session as Client


class System:
    """What stands for the package database."""

    def __init__(self) -> None:
        self.read = 0
        self.held: Mapping[str, tuple[DistributionPackage, ...]] = {}
        self.install("six", "1.16.0")

    def install(self, project: str, version: str) -> None:
        self.held = {**self.held, project: (DistributionPackage(f"python3-{project}", version, "apt"),)}

    def packages(self, **_: object) -> Mapping[str, tuple[DistributionPackage, ...]]:
        self.read += 1
        return self.held

    def databases(self, root: str = "/") -> tuple[tuple[str, int, int], ...]:
        return (("/var/lib/dpkg/status", len(self.held), 1),)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System()
    monkeypatch.setattr(machine, "packages", made.packages)
    monkeypatch.setattr(machine, "package_databases", made.databases)
    return made


def document(text: str) -> Document:
    return Document("file:///p/setup.sh", "shellscript", 1, text)


def test_read_for_what_may_need_them_only(system: System, tmp_path: Path) -> None:
    session = Session(lambda _: None, {"PATH": ""})
    session.add_folder(tmp_path.as_uri())
    task = session.task(document("pip install six\n"))
    assert task is not None
    assert (dict(task.machine.packages), system.read) == ({}, 0)
    assert not session.reads_packages(document("echo hello\n"))
    assert session.reads_packages(document("pip install six\n"))
    session.read_packages()
    assert not session.reads_packages(document("pip install six\n"))
    task = session.task(document("pip install six\n"))
    assert task is not None
    assert task.machine.packages == system.held


def test_what_is_installed_is_noticed(system: System, tmp_path: Path) -> None:
    session = Session(lambda _: None, {"PATH": ""})
    session.add_folder(tmp_path.as_uri())
    session.machine(str(tmp_path))
    session.read_packages()
    before, generation = session.signature(), session.generation
    assert not session.look_again()
    system.install("attrs", "22.2.0")
    assert session.signature() != before
    assert session.look_again()
    assert session.generation == generation + 1
    assert "attrs" in session.machine(str(tmp_path)).packages
    assert not session.look_again()


@pytest.mark.asyncio
async def test_the_first_answer_has_them(connect: Connect) -> None:
    """Whatever this machine is: a short document that mentions pip waits for the thread, and is answered."""
    session: Client = await connect()
    uri = session.open("Dockerfile", "FROM debian:12\nRUN apt-get install -y python3-six\nRUN pip3 install six\n")
    (found,) = await session.pushed(uri, 1)
    related = [r.message for r in found.related_information or ()]
    assert "apt-get installs python3-six" in related
