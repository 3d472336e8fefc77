"""Derive server/pep668/data/debian_packages.gz: PyPI name -> Debian package and upstream version, by suite.

usage: derive_debian_packages.py bookworm=TABLE trixie=TABLE [--aliases TABLE] --date DATE

Each TABLE has the columns pypi_name, deb_package, deb_version (tab separated), derived from the Contents and Packages
indices of the suite's main component: the *.dist-info and *.egg-info folders of each binary package. The aliases are
PyPI names that Debian's metadata does not use (opencv-python), checked by hand. The result is deterministic.
"""

from __future__ import annotations

import argparse
import gzip
import re
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "server/pep668/data/debian_packages.gz"


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def upstream(version: str) -> str:
    """The upstream version of a Debian one, as PEP 440 writes it: no epoch, revision or repacking suffix."""
    version = version.partition(":")[2] if ":" in version else version
    version = version.rpartition("-")[0] or version
    version = re.split(r"[+.](?:\d\.)?(?:really|actually)\.?", version)[-1] or version
    version = re.sub(r"[+~.-]?(?:dfsg|ds|repack|git|hg|svn|debian|nmu|deb)[\w.+~]*$", "", version)
    return version.replace("~", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", metavar="SUITE=TABLE")
    parser.add_argument("--aliases", type=Path)
    parser.add_argument("--date", required=True)
    options = parser.parse_args()
    suites: dict[str, dict[str, tuple[str, str]]] = {}
    for argument in options.tables:
        suite, _, table = argument.partition("=")
        suites[suite] = {name: (deb, upstream(version)) for name, deb, version, *_ in rows(Path(table))}
    out = [
        f"# PyPI name, then package and upstream version for each of: {' '.join(suites)}",
        "# package: '' is python3-NAME, '-' is absent, '=' is the suite's before",
        f"# source: Debian archive, main, Contents and Packages indices, {options.date}; aliases checked by hand",
    ]
    for name in sorted(set().union(*suites.values())):
        fields, before = [name], ""
        for table in suites.values():
            deb, version = table.get(name, ("-", ""))
            fields += ["=" if deb == before else "" if deb == f"python3-{name}" else deb, version]
            before = deb
        out.append("\t".join(fields))
    for alias, canonical, deb, note in rows(options.aliases) if options.aliases else ():
        if "import name" in note:  # another module than what the program imports is no substitute
            continue
        fields = [alias]
        for table in suites.values():
            found = table.get(canonical) or next((entry for entry in table.values() if entry[0] == deb), (deb, ""))
            fields += [deb, found[1]]
        out.append("\t".join(fields))
    OUT.write_bytes(gzip.compress("\n".join(out).encode() + b"\n", 9, mtime=0))


if __name__ == "__main__":
    main()
