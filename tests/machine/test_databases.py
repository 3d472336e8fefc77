"""Package databases of made-up systems: whose a project is, and what depends on it."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest

from pep668 import machine
from pep668.data.packages import projects
from pep668.model import DistributionPackage, Interpreter, Machine

from .tree import Root

DEBIAN = "ID=debian\nVERSION_ID=12\n"
DIST = "/usr/lib/python3/dist-packages"


# --- dpkg ---------------------------------------------------------------------------------------


def stanza(name: str, depends: str = "", *, status: str = "install ok installed", more: str = "") -> str:
    needs = f"Depends: {depends}\n" if depends else ""
    return (
        f"Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: 1:6.0-3+b2\n{needs}{more}"
        f"Description: one\n Package: not a field\n .\n more\nHomepage: https://example.org\n"
    )


@pytest.fixture
def debian(root: Root) -> Root:
    root.file("/etc/os-release", DEBIAN)
    status = [
        stanza("python3-yaml", "python3 (<< 3.12), python3:any, libc6 (>= 2.14), libyaml-0-2"),
        stanza("cloud-init", "python3:any, python3-yaml (>= 5) | python3-ruamel.yaml, procps"),
        stanza("python3-kubernetes", "python3-yaml, python3:any"),
        stanza("ansible", "python3:any", more="Pre-Depends: dpkg (>= 1.17), python3-yaml:amd64\n"),
        stanza("zfs", "python3-oldyaml, libc6"),
        stanza("gone", "python3-yaml, python3", status="deinstall ok config-files"),
        stanza("other", "python3-toml | python3-yaml, python3"),
        stanza("python3-toml", "python3:any"),
        stanza("libyaml-0-2"),
        stanza("python3-nothing", "python3:any"),
        stanza("yq", "python3:any, python3-yaml"),
        stanza("yq-plugin", "yq"),
    ]
    root.file(
        "/var/lib/dpkg/status",
        "\n".join(status).replace(
            "Version: 1:6.0-3+b2\nDepends: python3 (<<",
            "Version: 6.0-3\nProvides: python3-oldyaml (= 6.0), python3.11-yaml\nDepends: python3 (<<",
        ),
    )
    info = "/var/lib/dpkg/info"
    root.file(
        f"{info}/python3-yaml:amd64.list",
        f"/.\n/usr\n{DIST}\n{DIST}/PyYAML-6.0.dist-info\n{DIST}/PyYAML-6.0.dist-info/METADATA\n{DIST}/yaml\n",
    )
    root.file(f"{info}/python3-toml.list", f"{DIST}/toml-0.10.2.egg-info\n{DIST}/toml-0.10.2.egg-info/PKG-INFO\n")
    root.file(f"{info}/python3-kubernetes.list", f"{DIST}/kubernetes-22.6.0.egg-info\n")
    root.file(f"{info}/python3-nothing.list", f"{DIST}/nothing.py\n/usr/share/doc/x-1.dist-info/METADATA\n")
    root.file(f"{info}/yq.list", f"{DIST}/yq-3.1.0.egg-info\n/usr/lib/python3.11/dist-packages/own-1.egg-info\n")
    return root


def test_dpkg(debian: Root) -> None:
    found = debian.one("pyyaml")
    assert (found.name, found.version, found.manager, found.python) == ("python3-yaml", "6.0", "apt", "3")
    assert found.path == f"{DIST}/PyYAML-6.0.dist-info/METADATA"
    assert found.dependents == ("ansible", "cloud-init", "yq", "zfs", "python3-kubernetes")
    assert found.belongs == "python3-yaml 6.0 belongs to apt; ansible, cloud-init and 3 more depend on it"


def test_the_first_alternative_that_is_there_counts(debian: Root) -> None:
    assert debian.one("toml").dependents == ("other",)


def test_what_depends_on_a_program(debian: Root) -> None:
    """Neither package's name tells of Python."""
    assert debian.one("yq").dependents == ("yq-plugin",)
    assert debian.one("own").python == "3.11"


def test_a_package_without_metadata_holds_nothing(debian: Root) -> None:
    found = debian.packages()
    assert {"kubernetes", "own", "pyyaml", "toml", "yq"} <= found.keys()
    assert "nothing" not in found


def test_without_a_list_the_name_tells(debian: Root) -> None:
    os.unlink(debian.path / "var/lib/dpkg/info/python3-yaml:amd64.list")
    found = debian.one("pyyaml")
    assert (found.name, found.version, found.path) == ("python3-yaml", "6.0", "")


def test_read_again_when_the_database_changed(debian: Root) -> None:
    assert debian.packages() is debian.packages()
    before = machine.package_databases(str(debian.path))
    status = debian.path / "var/lib/dpkg/status"
    status.write_text(status.read_text() + "\n" + stanza("more", "python3-toml, python3"))
    assert machine.package_databases(str(debian.path)) != before
    assert debian.one("toml").dependents == ("more", "other")


def test_distroless(root: Root) -> None:
    root.file("/etc/os-release", DEBIAN)
    head = "Package: python3-six\nArchitecture: all\nVersion: 1.16.0-4\nDepends: python3:any\n"
    root.file("/var/lib/dpkg/status.d/python3-six", head)
    sums = f"{'0' * 32}  usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO\n"
    root.file("/var/lib/dpkg/status.d/python3-six.md5sums", sums.replace("egg-info/PKG-INFO", "dist-info/METADATA"))
    assert root.one("six").belongs == "python3-six 1.16.0 belongs to apt"


# --- pacman, apk, rpm ---------------------------------------------------------------------------


def test_pacman(root: Root) -> None:
    root.file("/etc/os-release", "ID=arch\n")
    local, site = "/var/lib/pacman/local", "usr/lib/python3.13/site-packages"
    head = "%NAME%\n{}\n\n%VERSION%\n6.0.2-2\n\n%DESC%\none\n\n%DEPENDS%\n{}\n\n"
    root.file(f"{local}/ALPM_DB_VERSION", "9\n")
    root.file(
        f"{local}/python-yaml-6.0.2-2/desc", head.format("python-yaml", "python\nlibyaml>=0.2") + "%PROVIDES%\npyy=1\n"
    )
    root.file(
        f"{local}/python-yaml-6.0.2-2/files",
        f"%FILES%\nusr/\n{site}/\n{site}/PyYAML-6.0.2.dist-info/\n{site}/PyYAML-6.0.2.dist-info/METADATA\n",
    )
    root.file(f"{local}/ansible-core-2.1-1/desc", head.format("ansible-core", "python-yaml>=5.1\npython-x"))
    root.file(f"{local}/mkosi-1-1/desc", head.format("mkosi", "pyy"))
    root.file(f"{local}/broken-1-1/files", "%FILES%\n")
    found = root.one("pyyaml")
    assert found.belongs == "python-yaml 6.0.2 belongs to pacman; ansible-core and mkosi depend on it"
    assert (found.python, found.path) == ("3.13", f"/{site}/PyYAML-6.0.2.dist-info/METADATA")


@pytest.mark.parametrize("file", ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"])
def test_apk(root: Root, file: str) -> None:
    root.file("/etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n")
    root.file(
        file,
        "C:Q1x\nP:py3-yaml\nV:6.0.1-r3\nD:python3~3.12 so:libyaml-0.so.2\np:py3.12:pyyaml=6.0.1-r3\n"
        "F:usr/lib/python3.12/site-packages\nF:usr/lib/python3.12/site-packages/PyYAML-6.0.1.dist-info\n"
        "R:METADATA\nZ:Q1x\nR:RECORD\n\n"
        "P:ansible-core\nV:2.17-r0\nD:py3.12:pyyaml python3~3.12\n\nP:docs\nV:1\nD:!py3-yaml\n\n"
        "P:lint\nV:1\nD:py3-yaml>=6 python3\n\n",
    )
    assert root.one("pyyaml").belongs == "py3-yaml 6.0.1 belongs to apk; ansible-core and lint depend on it"


def rpm(path: Path) -> None:
    """The tables that rpm 4.20 makes, as far as they are read."""
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        for table in ("Name", "Dirnames", "Requirename", "Providename"):
            connection.execute(f"CREATE TABLE '{table}' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER)")
        rows = {
            "Name": [("python3-pyyaml", 7), ("ansible-core", 9), ("bash", 10), ("python3-devel", 11)],
            "Dirnames": [
                ("/usr/lib64/python3.13/site-packages/", 7),
                ("/usr/lib64/python3.13/site-packages/PyYAML-6.0.2.dist-info/", 7),
                ("/usr/bin/", 9),
            ],
            "Providename": [("python3-pyyaml", 7), ("python3.13dist(pyyaml)", 7), ("bash", 10)],
            "Requirename": [("python3.13dist(pyyaml)", 9), ("bash", 9), ("python3-pyyaml", 11), ("bash", 7)],
        }
        for table, values in rows.items():
            connection.executemany(f"INSERT INTO '{table}' VALUES (?, ?, 0)", values)
    connection.close()


@pytest.mark.parametrize(("id", "manager"), [("fedora", "dnf"), ("opensuse-tumbleweed", "zypper"), ("nobody", "dnf")])
def test_rpm(root: Root, id: str, manager: str) -> None:
    root.file("/etc/os-release", f"ID={id}\n")
    rpm(root.path / "usr/lib/sysimage/rpm/rpmdb.sqlite")
    found = root.one("pyyaml")
    assert found.belongs == f"python3-pyyaml 6.0.2 belongs to {manager}; ansible-core and python3-devel depend on it"
    assert found.python == "3.13"
    assert sorted(os.listdir(root.path / "usr/lib/sysimage/rpm")) == ["rpmdb.sqlite"]


def test_older_rpm_says_nothing(root: Root) -> None:
    root.file("/var/lib/rpm/Packages", b"\0" * 4096)
    root.file("/var/lib/rpm/rpmdb.sqlite", b"not a database")
    assert root.packages() == {}


# --- whatever there is --------------------------------------------------------------------------


def test_garbled_databases_say_what_they_can(debian: Root) -> None:
    """Cut off, overwritten and shuffled anywhere: nothing raises, and what is said has a name."""
    status = debian.path / "var/lib/dpkg/status"
    whole, chance = status.read_bytes(), random.Random(668)
    rpm(debian.path / "var/lib/rpm/rpmdb.sqlite")
    database = debian.path / "var/lib/rpm/rpmdb.sqlite"
    rows = database.read_bytes()
    for number in range(150):
        for file, content in ((status, whole), (database, rows)):
            garbled = bytearray(content[: chance.randrange(len(content))])
            for _ in range(chance.randrange(20)):
                if garbled:
                    garbled[chance.randrange(len(garbled))] = chance.randrange(256)
            file.write_bytes(garbled + b"x" * number)  # another size: read anew
        for project, held in debian.packages().items():
            assert project
            assert all(package.name for package in held)


@pytest.mark.parametrize("path", ["/var/lib/dpkg/status", "/lib/apk/db/installed", "/var/lib/pacman/local/x-1/desc"])
@pytest.mark.parametrize(
    "content", [b"", b"\n\n\n", b"\xff\xfe:\0", b"P:\n", b"%NAME%\n", b"Package:\nStatus: ok installed\n"]
)
def test_odd_databases(root: Root, path: str, content: bytes) -> None:
    root.file(path, content)
    assert root.packages() == {}


def test_a_database_that_is_a_folder_or_a_loop(root: Root) -> None:
    (root.path / "var/lib/dpkg/status").mkdir(parents=True)
    (root.path / "lib/apk/db").mkdir(parents=True)
    (root.path / "lib/apk/db/installed").symlink_to("installed")
    assert root.packages() == {}


# --- what they say of an interpreter ------------------------------------------------------------


def test_whose_python_finds_it() -> None:
    of_all = DistributionPackage("python3-yaml", "6.0", "apt")
    of_one = DistributionPackage("python312-six", "1.16", "zypper", python="3.12")
    here = Machine(packages={"pyyaml": (of_all,), "six": (of_one,)})
    system = Interpreter("/usr/bin/python3", "/usr/bin/python3.11", "3.11", "/usr")
    assert here.package_of("pyyaml", system) is of_all
    assert here.package_of("six", system) is None
    assert here.package_of("pyyaml", Interpreter("/v/bin/python", "/usr/bin/python3.11", "3.11", "/v", True)) is None
    assert here.package_of("pyyaml", Interpreter("/usr/local/bin/python3", "", "3.11", "/usr/local")) is None


@pytest.mark.parametrize(
    ("dependents", "text"),
    [
        ((), "a 1 belongs to apt"),
        (("b",), "a 1 belongs to apt; b depends on it"),
        (("b", "c"), "a 1 belongs to apt; b and c depend on it"),
        (("b", "c", "d"), "a 1 belongs to apt; b, c and d depend on it"),
        (("b", "c", "d", "e"), "a 1 belongs to apt; b, c and 2 more depend on it"),
    ],
)
def test_how_it_is_told(dependents: tuple[str, ...], text: str) -> None:
    assert DistributionPackage("a", "1", "apt", dependents).belongs == text


@pytest.mark.parametrize(
    ("package", "manager", "held"),
    [
        ("python3-yaml", "apt", {"pyyaml"}),
        ("python3-bs4", "apt", {"beautifulsoup4"}),
        ("py3-yaml", "apk", {"pyyaml"}),
        ("py3-requests", "apk", {"requests"}),
        ("python-yaml", "pacman", {"pyyaml"}),
        ("python-yaml", "apt", set()),
        ("python3-pyyaml", "dnf", {"pyyaml"}),
        ("python311-PyYAML", "zypper", {"pyyaml"}),
        ("python3.11-pyyaml", "dnf", {"pyyaml"}),
        ("python3-Some.Thing_else", "dnf", {"some-thing-else"}),
        ("python3-dev", "apt", set()),
        ("python3-numpy-dbg", "apt", set()),
        ("python3-pip", "apt", {"pip"}),
        ("yt-dlp", "apt", {"yt-dlp"}),
        ("curl", "apt", set()),
    ],
)
def test_what_a_name_tells(package: str, manager: str, held: set[str]) -> None:
    assert held <= projects(package, manager)
    assert bool(held) is bool(projects(package, manager))
