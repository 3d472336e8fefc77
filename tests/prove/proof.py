"""The proof of one fix of one document: it is run as it was, then as it is fixed, twice."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from pep668.machine import snapshot
from pep668.model import Machine
from roots.layers import Layer, Store
from roots.make import Release, made

from . import system
from .case import PROJECT, Case, Ran
from .fixing import Fixed, fixed

REFUSAL = re.compile(r"externally[- ]managed")  # pip's error, and uv's
# What a fix installs for the system's Python, and what it may leave there: whole only where the user chose it.
_SYSTEM_FIXES = ("distribution-package", "last-resort")
_APPLICATION_FIXES = ("pipx", "uv-tool")


@dataclass(frozen=True)
class Proof:
    """What was seen. `refused` (before the fix) is None where the document was not to be refused; `why` tells of the
    first thing that was not as it should be."""

    host: str
    release: str
    case: str
    fix: str
    safe: bool
    text: str
    refused: bool | None
    runs: bool = False
    imports: bool = False
    unchanged: bool = False
    again: bool = False
    why: str = ""

    @property
    def proven(self) -> bool:
        return self.refused is not False and self.runs and self.imports and self.unchanged and self.again

    @property
    def shown(self) -> str:
        """All of it, for people."""
        said = f"{'proven' if self.proven else 'NOT PROVEN'} ({'safe' if self.safe else 'unsafe'})"
        return f"=== {said}: {self.host}, {self.release}: {self.case}: {self.fix}\n{self.text}{self.why}"


def proofs(
    store: Store, release: Release, host: ModuleType, case: Case, *, alternatives: bool = True
) -> Iterator[Proof]:
    """One proof for each fix of a document on one release; without `alternatives` of the first and safe ones."""
    text = _for(release, case.text)
    with _start(store, release, host, case) as layer:
        machine = _machine(layer, case) if host.MACHINE else None
        ran = host.replay(layer, case, text)
        refused = REFUSAL.search(ran.outcome.output) is not None
    shown = "" if refused == case.refused else f"before the fix, exit {ran.outcome.code}: {ran.outcome.output[-1500:]}"
    if refused and case.stops and ran.outcome.code == 0:
        shown = "before the fix: refused, and yet exit 0"
    for number, one in enumerate(fixed(text, case.path, machine)):
        if number and not one.safe and not alternatives:
            continue
        proof = Proof(host.NAME, release.suite, case.name, one.id, one.safe, one.text, refused or None, why=shown)
        yield replace(proof, refused=False) if shown else _proven(store, release, host, case, one, proof)


def _proven(store: Store, release: Release, host: ModuleType, case: Case, one: Fixed, proof: Proof) -> Proof:
    with _start(store, release, host, case) as layer:
        ran = host.replay(layer, case, one.text)
        if not ran.outcome.ok or REFUSAL.search(ran.outcome.output):
            return replace(proof, why=f"exit {ran.outcome.code}: {ran.outcome.output[-1500:]}")
        problems = _imports(ran, case, one)
        changes = _changes(_before(made(release, case.root), case.user), system.look(ran.layer, case.user), one)
        again = host.replay(ran.layer, case, one.text)
        failed = (
            "" if again.outcome.ok else f"the second run: exit {again.outcome.code}: {again.outcome.output[-1500:]}"
        )
        why = "\n".join(w for w in (problems, changes, failed) if w)
        return replace(proof, runs=True, imports=not problems, unchanged=not changes, again=not failed, why=why)


def _imports(ran: Ran, case: Case, one: Fixed) -> str:
    """What does not import from where the fix puts it, "" for nothing."""
    if one.ids[0] in _APPLICATION_FIXES:
        for name in case.applications:
            done = ran.layer.run([f"{ran.layer.home(ran.user)}/.local/bin/{name}", "--version"], user=ran.user)
            if not done.ok:
                return f"{name} does not run: {done.output}"
        return ""
    if ran.reaches and not {*_SYSTEM_FIXES} & {*one.ids}:
        code = f"import sys, {', '.join(case.imports)}; print(sys.prefix, sys.base_prefix)"
        done = ran.layer.run(["python3", "-c", code], user=ran.user, variables=ran.variables, folder=ran.folder)
        prefix, _, base = done.output.strip().partition(" ")
        return "" if done.ok and prefix != base else f"python3 does not find them: {done.output[-500:]}"
    pythons = ["/usr/bin/python3"] if {*_SYSTEM_FIXES} & {*one.ids} else []
    if {*one.ids} != {"last-resort"}:  # the distribution's packages may be a part of what is asked for
        pythons += [f"{place}/bin/python" for place in system.environments(ran.layer)]
    missing = set(case.imports)
    for python in pythons:
        missing -= {m for m in missing if ran.layer.run([python, "-c", f"import {m}"], user=ran.user).ok}
    return f"{', '.join(sorted(missing))} not found by {' or '.join(pythons) or 'any environment'}" if missing else ""


def _changes(before: system.System, after: system.System, one: Fixed) -> str:
    """What changed in the system that the fix was not to change, "" for nothing."""
    changed = [f"dpkg --verify: {line}" for line in after.verified if line not in before.verified]
    if "last-resort" not in one.ids:  # which is to install for the system's Python, beside its packages
        changed += [f"pip list: {name}" for name in {*after.listed} ^ {*before.listed}]
        changed += [f"foreign: {name}" for name in {*after.foreign} ^ {*before.foreign}]
    elif strange := [f for f in after.foreign if f not in before.foreign and not f.startswith("/usr/local/")]:
        changed.append(f"outside of /usr/local: {strange}")
    return "\n".join(changed[:5])


@functools.cache
def _before(root: Path, user: str) -> system.System:
    with Store() as store, store.layer(root) as layer:
        return system.look(layer, user)


@contextlib.contextmanager
def _start(store: Store, release: Release, host: ModuleType, case: Case) -> Iterator[Layer]:
    """The layer that a document is run in; Dockerfiles build on one that is shared and does not change."""
    root = made(release, case.root)
    if host.NAME == "Dockerfile":
        yield store.shared(root)
        return
    with store.layer(root) as layer:
        layer.write(PROJECT, case.files, case.user)
        if case.before:
            done = layer.run(["sh", "-ec", case.before], user=case.user, folder=PROJECT)
            if not done.ok:
                raise RuntimeError(f"{case.before}: {done.output}")
        yield layer


def _machine(layer: Layer, case: Case) -> Machine:
    """What the engine reads of the system, as an editor's server would that runs there."""
    home = layer.home(case.user)
    environ = {"PATH": f"{home}/.local/bin:/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
    return replace(snapshot(folder=PROJECT, environ=environ, root=str(layer.path)), root=case.user == "root")


def _for(release: Release, text: str) -> str:
    number = release.image.rpartition(":")[2]
    return text.replace("debian:12", release.image).replace("TAG=12", f"TAG={number}")
