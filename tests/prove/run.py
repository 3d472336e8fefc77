"""Runs all proofs. `python -m prove.run [HOST...] [--case WORDS] [--release SUITE] [-v]` shows those that failed."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

from roots.layers import Store
from roots.make import RELEASES, Release

from . import hosts as _hosts
from .case import Case
from .proof import Proof, proofs
from .table import table


def hosts() -> list[ModuleType]:
    return [importlib.import_module(f"{_hosts.__name__}.{m.name}") for m in pkgutil.iter_modules(_hosts.__path__)]


def prove(host: ModuleType, release: Release, cases: Sequence[Case]) -> Iterator[Proof]:
    """The proofs of a host's documents on one release, run side by side, in the documents' order."""
    with Store() as store, ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda case: list(proofs(store, release, host, case)), cases):
            yield from found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("hosts", nargs="*")
    parser.add_argument("--case", default="")
    parser.add_argument("--release", default="")
    parser.add_argument("-v", action="store_true", help="show every document")
    given = parser.parse_args()
    found: list[Proof] = []
    for host in hosts():
        if given.hosts and host.__name__.rpartition(".")[2] not in given.hosts:
            continue
        cases = [c for c in host.cases() if given.case in c.name]
        for release in RELEASES:
            if given.release in release.suite:
                begun = time.monotonic()
                for proof in prove(host, release, cases):
                    found.append(proof)
                    if given.v or not proof.proven:
                        _show(proof)
                print(f"{host.NAME}, {release.suite}: {time.monotonic() - begun:.0f} s", flush=True)
    print(table(found))


def _show(proof: Proof) -> None:
    verdict = "proven" if proof.proven else "NOT PROVEN"
    safe = "safe" if proof.safe else "unsafe"
    print(f"=== {verdict}: {proof.host}, {proof.release}: {proof.case}: {proof.fix} ({safe})\n{proof.text}{proof.why}", flush=True)


if __name__ == "__main__":
    main()
