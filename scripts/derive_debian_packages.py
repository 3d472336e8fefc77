"""Derive server/pep668/data/debian_packages.gz: PyPI name -> Debian package and upstream version, by suite.

usage: derive_debian_packages.py [--cache FOLDER] [--compare SUITE=TABLE ...]

Everything comes from the archive that this machine's apt uses: apt fetches the indices of each suite's main component.
Contents names the *.dist-info and *.egg-info folders of each binary package, Packages its version and source. The
result is deterministic for a state of the archive, and dated by the suites' Release files.

With `--compare` nothing is written. Each TABLE has the columns pypi_name, deb_package, deb_version (tab separated) that
somebody else derived; the agreement is printed with all that differs. The exit status is 1 where it is below 99.5 %.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from packaging.version import InvalidVersion, Version

from pep668.data.versions import upstream

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "server/pep668/data/debian_packages.gz"
CACHE = ROOT / "build/archive"
SUITES = ("bookworm", "trixie")
ARCHITECTURES = ("amd64", "arm64")  # arm64 has RPi.GPIO besides; what both have is amd64's
GOAL = 0.995
HELPER = "/usr/lib/apt/apt-helper"

# PyPI names that Debian's metadata does not use: the package, and the name that it has there ("": it has none, or the
# wheel wraps a program that is no Python project). Checked by hand against both suites.
ALIASES = {
    "opencv-python": ("python3-opencv", "opencv"),
    "opencv-python-headless": ("python3-opencv", "opencv"),
    "opencv-contrib-python": ("python3-opencv", "opencv"),
    "psycopg2-binary": ("python3-psycopg2", "psycopg2"),
    "bs4": ("python3-bs4", "beautifulsoup4"),
    "sklearn": ("python3-sklearn", "scikit-learn"),
    "cmake": ("cmake", ""),
    "ninja": ("ninja-build", ""),
    "jupyter": ("jupyter", ""),
    "docker-compose": ("docker-compose", ""),
}
_UNLIKE = ("jupyter",)  # on PyPI it has other versions

_METADATA = re.compile(r"usr/lib/python3(?:\.\d+)?/dist-packages/([^/]+)\.(?:dist|egg)-info(?:/.*)?")
_PYTHON = re.compile(r"-py3(?:\.\d+)?(?:-\S+)?$")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True)
class Package:
    version: str
    source: str


@dataclass(frozen=True)
class Entry:
    """The package that holds a project, its Debian version, and that of its metadata ("" for none)."""

    package: str
    debian: str
    metadata: str
    alone: bool  # no other project comes from the same source

    @property
    def version(self) -> str:
        return best(self.debian, self.metadata, self.alone)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# ---- what the indices say


def projects(contents: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Project, version in the metadata, and package, of the lines of a Contents index."""
    for line in contents:
        if "-info" not in line:
            continue
        path, _, places = line.rstrip().rpartition(" ")
        match = _METADATA.fullmatch(path.rstrip())
        if match is None:
            continue
        stem, _, version = _PYTHON.sub("", match[1]).partition("-")
        if _NAME.fullmatch(normalized(stem)):
            for place in places.split(","):
                yield normalized(stem), version, place.rpartition("/")[2]


def packages(index: Iterable[str]) -> Iterator[tuple[str, Package]]:
    """The stanzas of a Packages index."""
    fields: dict[str, str] = {}
    for line in (*index, ""):
        if line:
            name, colon, value = line.partition(": ")
            if colon and name in ("Package", "Version", "Source"):
                fields[name] = value
        elif fields:
            source = fields.get("Source", fields["Package"]).partition(" ")[0]
            yield fields["Package"], Package(fields["Version"], source)
            fields = {}


def table(found: Iterable[tuple[str, str, str]], known: dict[str, Package]) -> dict[str, Entry]:
    """The entries by project. Of several packages the one called python3-NAME is it, else the first by name."""
    held: dict[str, dict[str, set[str]]] = {}
    for name, version, package in found:
        if package in known:
            held.setdefault(name, {}).setdefault(package, set()).add(version)
    chosen = {name: min(by, key=lambda p: _rank(name, p)) for name, by in held.items()}
    sources = Counter(known[package].source for package in chosen.values())
    return {
        name: Entry(package, known[package].version, max(held[name][package]), sources[known[package].source] == 1)
        for name, package in sorted(chosen.items())
    }


def _rank(name: str, package: str) -> tuple[bool, bool, str]:
    return package != f"python3-{name}", not package.startswith("python3-"), package


# ---- versions


def best(debian: str, metadata: str, alone: bool) -> str:
    """The version that pip sees, unless that is a placeholder; else the package's; "" where neither is one.

    A placeholder is what a build without its repository leaves (0.0.0, 999), or a state before the release. A package
    of a source with many projects has the source's version, which says nothing of the project.
    """
    theirs = _parsed(upstream(debian))
    own = _parsed(metadata.partition("+")[0]) if "really" not in metadata else None
    if own is None:
        return str(theirs or "")
    release = [n for n in own.release if n]
    placeholder = not release or own.is_prerelease or own.release[0] == 999 or (alone and own.release in _FIRST)
    if placeholder and theirs is not None and (alone or not release):
        return str(theirs)
    return str(own)


_FIRST = ((0, 1), (0, 1, 0), (0, 0, 1))


def _parsed(version: str) -> Version | None:
    try:
        return Version(version)
    except InvalidVersion:
        return None


# ---- the archive


class Archive:
    """The archive that apt uses, with lists of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        uris = _run("apt-get", "indextargets", "--format", "$(REPO_URI)").split()
        self.uri = next((uri for uri in uris if re.search(r"/debian/?$", uri)), "").rstrip("/")
        if not self.uri:
            raise SystemExit("apt names no Debian archive")

    def fetch(self, suite: str) -> None:
        """The signed Release file and the Packages indices, by `apt-get update`."""
        lists = self.folder / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        sources = self.folder / f"{suite}.list"
        sources.write_text(f"deb [arch={','.join(ARCHITECTURES)}] {self.uri} {suite} main\n")
        options = [f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=/dev/null", f"Dir::State::lists={lists}"]
        options += [f"APT::Architectures::={name}" for name in ARCHITECTURES]
        options += ["Acquire::Languages=none", "APT::Get::List-Cleanup=false", "APT::Sandbox::User=root"]
        _run("apt-get", "update", "-q", *(word for option in options for word in ("-o", option)))

    def release(self, suite: str) -> list[str]:
        return self._one(f"*_dists_{suite}_InRelease").read_text(encoding="utf-8").splitlines()

    def date(self, suite: str) -> str:
        line = next(line for line in self.release(suite) if line.startswith("Date: "))
        return parsedate_to_datetime(line.partition(" ")[2]).date().isoformat()

    def packages(self, suite: str, architecture: str) -> Iterator[str]:
        return _lines(self._one(f"*_dists_{suite}_main_binary-{architecture}_Packages*"))

    def contents(self, suite: str, architecture: str) -> Iterator[str]:
        """A Contents index, by apt's downloader. One that is not the Release file's (a mirror in between two states)
        is taken all the same, and said."""
        name = f"main/Contents-{architecture}.gz"
        hashes = (line.split() for line in self.release(suite))
        known = next(h[0] for h in hashes if len(h) == 3 and h[2] == name and len(h[0]) == 64)
        path = self.folder / f"{suite}-{architecture}-{known[:16]}.gz"
        fetch = (HELPER, "-o", "APT::Sandbox::User=root", "download-file", f"{self.uri}/dists/{suite}/{name}")
        if path.exists():
            return _lines(path)
        try:
            _run(*fetch, str(path), f"SHA256:{known}")
        except subprocess.CalledProcessError:
            print(f"{suite}: {name} is not the one that the Release file names", file=sys.stderr)
            path = self.folder / f"{suite}-{architecture}-unverified.gz"
            path.unlink(missing_ok=True)
            _run(*fetch, str(path))
        return _lines(path)

    def _one(self, pattern: str) -> Path:
        return next(iter(sorted((self.folder / "lists").glob(pattern))))


def _run(*command: str) -> str:
    environ = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


def _lines(path: Path) -> Iterator[str]:
    """The lines of an index, in whatever way it is compressed."""
    with subprocess.Popen([HELPER, "cat-file", str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.rstrip("\n")


# ---- faces


def derive(archive: Archive, suite: str) -> tuple[dict[str, Entry], dict[str, Package]]:
    known: dict[str, Package] = {}
    for architecture in reversed(ARCHITECTURES):
        known |= dict(packages(archive.packages(suite, architecture)))
    architectures = ("all", *ARCHITECTURES)
    return table((p for a in architectures for p in projects(archive.contents(suite, a))), known), known


def rendered(tables: dict[str, dict[str, Entry]], known: dict[str, dict[str, Package]], date: str) -> str:
    out = [
        f"# PyPI name, then package and upstream version for each of: {' '.join(tables)}",
        "# package: '' is python3-NAME, '-' is absent, '=' is the suite's before",
        f"# source: Debian archive, main, Contents and Packages indices, {date}; aliases checked by hand",
    ]
    named = {alias: [_alias(alias, tables[s], known[s]) for s in tables] for alias in ALIASES}
    for name in sorted({*ALIASES, *(name for entries in tables.values() for name in entries)}):
        fields, before = [name], ""
        for at, entries in enumerate(tables.values()):
            entry = entries.get(name)
            package, version = (entry.package, entry.version) if entry else named.get(name, [("-", "")] * 9)[at]
            fields += ["=" if package == before else "" if package == f"python3-{name}" else package, version]
            before = package
        out.append("\t".join(fields))
    return "\n".join(out) + "\n"


def _alias(alias: str, entries: dict[str, Entry], known: dict[str, Package]) -> tuple[str, str]:
    package, name = ALIASES[alias]
    if package not in known:
        return "-", ""
    if alias in _UNLIKE:
        return package, ""
    return package, entries[name].version if name in entries else best(known[package].version, "", True)


def compare(entries: dict[str, Entry], path: Path) -> bool:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    theirs = {line[0]: (line[1], line[2]) for line in lines if len(line) > 2 and not line[0].startswith("#")}
    ours = {name: (entry.package, entry.debian) for name, entry in entries.items()}
    every = {*theirs, *ours}
    differing = sorted(name for name in every if ours.get(name) != theirs.get(name))
    for name in differing:
        print(f"  {name}: {' '.join(ours.get(name, ('nothing',)))}, there {' '.join(theirs.get(name, ('nothing',)))}")
    share = 1 - len(differing) / len(every)
    print(f"{path.name}: {len(every) - len(differing)} of {len(every)} agree in package and version: {share:.2%}")
    return share >= GOAL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the indices are kept")
    parser.add_argument("--compare", nargs="+", metavar="SUITE=TABLE", default=())
    options = parser.parse_args()
    archive = Archive(options.cache.resolve())
    wanted = dict(argument.partition("=")[::2] for argument in options.compare)
    tables: dict[str, dict[str, Entry]] = {}
    known: dict[str, dict[str, Package]] = {}
    for suite in wanted or SUITES:
        archive.fetch(suite)
        tables[suite], known[suite] = derive(archive, suite)
    if wanted:
        agreed = [compare(tables[suite], Path(path)) for suite, path in wanted.items()]
        return 0 if all(agreed) else 1
    text = rendered(tables, known, max(archive.date(suite) for suite in tables))
    OUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
