"""Runs proofs and shows what was not proven (`python -m prove.run --help`).

A document is run on one of the releases, the first few of each host on all; alternatives that are not preferred are run
of every third document and of those that bring applications. What the tests run is a part of that, the same each time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from roots.layers import Store
from roots.make import RELEASES, Release, unavailable

from . import hosts as _hosts
from .case import Case
from .proof import Proof, proofs
from .table import table, written

_EVERYWHERE = 3  # documents of each host that are run on all releases
_PART = 6  # the tests run one document of so many, besides the first


def hosts() -> list[ModuleType]:
    return [importlib.import_module(f"{_hosts.__name__}.{m.name}") for m in pkgutil.iter_modules(_hosts.__path__)]


def chosen(cases: Sequence[Case], release: Release, *, part: bool = False) -> list[Case]:
    """The documents that are run on a release."""
    turn = RELEASES.index(release)
    found = []
    for index, case in enumerate(cases):
        turned = index % len(RELEASES) == turn and (not part or index // len(RELEASES) % _PART == turn)
        if turned or index < (1 if part else _EVERYWHERE):
            found.append(case)
    return found


def prove(host: ModuleType, release: Release, cases: Sequence[Case], *, every: bool = False) -> Iterator[Proof]:
    """The proofs of documents of a host on one release, run side by side, in the documents' order."""

    def of(number: int, case: Case) -> list[Proof]:
        return list(
            proofs(store, release, host, case, alternatives=every or number % 3 == 0 or bool(case.applications))
        )

    with Store() as store, ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(of, range(len(cases)), cases):
            yield from found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("hosts", nargs="*", help="names of modules in tests/prove/hosts; all without")
    parser.add_argument("--case", default="", help="only documents with these words in their name, on all releases")
    parser.add_argument("--release", default="")
    parser.add_argument("--part", action="store_true", help="what the tests run")
    parser.add_argument("--write", type=Path, help="the file whose table is written")
    given = parser.parse_args()
    if unavailable():
        print(f"nothing can be proven here: {unavailable()}")
        return 1
    found: list[Proof] = []
    for host in hosts():
        if given.hosts and host.__name__.rpartition(".")[2] not in given.hosts:
            continue
        for release in RELEASES:
            if given.release and given.release != release.suite:
                continue
            begun, listed = time.monotonic(), list(host.cases())
            wanted = (
                [c for c in listed if given.case in c.name] if given.case else chosen(listed, release, part=given.part)
            )
            for proof in prove(host, release, wanted, every=bool(given.case)):
                found.append(proof)
                if given.case or not proof.proven:
                    print(proof.shown, flush=True)
            print(
                f"{host.NAME}, {release.suite}: {len(wanted)} documents, {time.monotonic() - begun:.0f} s", flush=True
            )
    print(table(found))
    if given.write:
        written(given.write, found)
    return int(any(p.safe and not p.proven for p in found))


if __name__ == "__main__":
    raise SystemExit(main())
