"""The ways to an environment that has a pip, the best first; what would fail on this machine is not among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pep668.model import Install, Interpreter

from ._packages import Packages
from ._place import Place, State, Target, maker_of

_TARGETED = (22, 3)  # the first pip that has `--python`


class Program(Enum):
    """What runs an install that goes into the environment."""

    OWN = "the environment's pip"
    BASE = "the system's pip, with --python"
    WHEEL = "pip from its wheel"


@dataclass(frozen=True, slots=True)
class Way:
    """`make` are the commands before the install, "" where none is needed; `says` is what to do, as a clause.

    `step` is the way's name for those that were walked.
    """

    step: str
    title: str
    says: str
    make: str
    program: Program = Program.OWN


def lacking(place: Place, install: Install | None, target: Target) -> Interpreter | None:
    """The Python that would make the environment but cannot put a pip in it, since ensurepip is missing."""
    maker = place.maker(install)
    own = place.with_uv(install) or target.ready or (maker is not None and maker.virtual)
    return maker if maker is not None and not maker.ensurepip and not own else None


def ways(place: Place, target: Target, install: Install | None, verb: str = "install") -> list[Way]:
    """How to come to an environment in which `verb` ("install", "run it") works."""
    shown = target.shown
    into = f"install into {shown}" if verb == "install" else f"{verb} in {shown}"
    if target.ready:
        there = "install there" if verb == "install" else f"{verb} there"
        return [Way("venv", _upper(into), f"use {shown} and {there}", "")]
    lacks = lacking(place, install, target)
    if lacks is not None:
        return _around(place, target, install, lacks, verb)
    doing = {State.PIPLESS: "complete", State.BROKEN: "make anew"}.get(target.state, "create")
    there = "install there" if verb == "install" else f"{verb} there"
    named = f"make {shown} anew" if doing == "make anew" else f"{doing} {shown}"
    return [Way("venv", f"{_upper(named)} and {verb}", f"{named} and {there}", place.make(install, target))]


def _around(place: Place, target: Target, install: Install | None, maker: Interpreter, verb: str) -> list[Way]:
    """Where ensurepip is missing: with the distribution's package, or without root."""
    packages, syntax = Packages(place.machine), place.syntax
    directory, shown = syntax.quote(target.shown), target.shown
    python = maker_of(install)
    clear = " --clear" if target.state is State.BROKEN else ""
    found: list[Way] = []
    line = packages.venv(maker.version)
    there = "install there" if verb == "install" else f"{verb} there"
    if line:
        package = line.rpartition(" ")[2]
        makes = syntax.chain(line, f"{python} -m venv{clear} {directory}")
        found.append(Way("venv", f"Install {package} and {verb}", f"{package} is missing, get it and {verb}", makes))
    empty = target.state is not State.PIPLESS
    if place.has("uv"):
        make = f"uv venv --seed{clear} {directory}" if empty else ""
        make = make or f"uv pip install --python {syntax.quote(target.program('python'))} pip"
        found.append(Way("uv", f"Create {shown} with uv", f"create {shown} with uv and {there}", make))
    if place.has("virtualenv"):
        make = f"virtualenv{clear} {directory}"
        found.append(Way("virtualenv", f"Create {shown} with virtualenv", f"create {shown} and {there}", make))
    without = f"{python} -m venv --without-pip{clear} {directory}" if empty else ""
    wheel = place.machine.pip_wheel if place.machine is not None else ""
    says = f"create {shown} without a pip of its own and {there}"
    title = f"Create {shown} without root" if empty else f"{_upper(verb)} without root"
    if reaches_others(maker):
        found.append(Way("without-pip", title, says, without, Program.BASE))
    elif wheel:
        found.append(Way("without-pip", title, says, without, Program.WHEEL))
    return found


def reaches_others(python: Interpreter) -> bool:
    """Whether its pip installs into another Python's environment (`pip --python`)."""
    parts = python.pip_version.split(".")[:2]
    return all(p.isdigit() for p in parts) and tuple(map(int, parts)) >= _TARGETED


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
