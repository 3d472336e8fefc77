"""Derive server/pep668/data/venv_packages.json: the packages by which apt brings what `python3 -m venv` needs.

usage: derive_venv_packages.py 3.11=PACKAGES 3.13=PACKAGES [...] --date DATE

Each PACKAGES is a release's index of binary packages (`apt-helper cat-file .../*_Packages*`), behind the version of its
own Python. A package counts if it depends on `python3.X-venv`, or recommends it, itself or through others; of
alternatives the first counts, as for apt. The names of all releases go into one list: who asks for one of them may have
it. `python3.X-venv` and `python3.X-full` are left to a pattern. The result is deterministic.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "server/pep668/data/venv_packages.json"
FIELDS = ("Depends", "Pre-Depends", "Recommends")
PATTERN = r"python3(?:\.\d+)?-(?:venv|full)"
SOURCE = (
    "Packages indices of Debian bookworm and trixie (main) and of Ubuntu jammy, noble and resolute (main, universe), "
    "by scripts/derive_venv_packages.py: what depends on or recommends python3.X-venv, itself or through others"
)


def stanzas(index: Path) -> Iterator[dict[str, str]]:
    for stanza in index.read_text(encoding="utf-8").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line and line[:1] != " ")
        if "Package" in fields:
            yield fields


def wanted(fields: dict[str, str]) -> Iterator[str]:
    """The packages that apt installs along with one."""
    for field in FIELDS:
        for alternatives in fields.get(field, "").split(","):
            yield re.split(r"[ (|:]", alternatives.strip(), maxsplit=1)[0]


def bringing(index: Path, target: str) -> set[str]:
    """All packages that bring `target`."""
    asking: dict[str, set[str]] = defaultdict(set)
    for fields in stanzas(index):
        for name in wanted(fields):
            asking[name].add(fields["Package"])
    found: set[str] = set()
    open_ones = [target]
    while open_ones:
        name = open_ones.pop()
        if name not in found:
            found.add(name)
            open_ones += asking[name]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("indices", nargs="+", metavar="VERSION=PACKAGES")
    parser.add_argument("--date", required=True)
    options = parser.parse_args()
    names: set[str] = set()
    for argument in options.indices:
        version, _, index = argument.partition("=")
        names |= bringing(Path(index), f"python{version}-venv")
    listed = sorted(name for name in names if not re.fullmatch(PATTERN, name))
    data = {"source": SOURCE, "date": options.date, "pattern": PATTERN, "packages": listed}
    OUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
