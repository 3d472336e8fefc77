"""Makefiles: run by GNU make."""

from __future__ import annotations

from collections.abc import Iterator

from prove.case import PROJECT, Case, Ran
from roots.layers import Layer

NAME = "Makefile"
MACHINE = True


def replay(layer: Layer, case: Case, text: str) -> Ran:
    layer.write(PROJECT, {**case.files, "Makefile": text}, case.user)
    return Ran(layer.run(["make"], user=case.user, folder=PROJECT), layer, case.user)


def cases() -> Iterator[Case]:
    for name, text, imports in _files():
        yield Case(name, text, "Makefile", imports)
    yield Case("sudo in a recipe", "deps:\n\tsudo pip3 install six\n", "Makefile")
    half = "python3 -m venv --without-pip .venv"
    yield Case("a half-made environment", "deps:\n\tpip install six\n", "Makefile", before=half)
    yield Case("the override", "deps:\n\tpip install --break-system-packages six\n", "Makefile", refused=False)


def _files() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "one line", "deps:\n\tpip install six\n", ("six",)
    yield "several lines", "deps:\n\tpip3 install six\n\tpython3 -m pip install -r requirements.txt\n", ("iniconfig",)
    yield "silent", ".PHONY: deps\ndeps:\n\t@pip install -q six\n", ("six",)
    yield "continued", "deps:\n\tpip install \\\n\t\tsix \\\n\t\tiniconfig\n", ("six", "iniconfig")
    yield "cd &&", "deps:\n\tcd sub && pip install -r requirements.txt\n", ("six",)
    yield "a chain", "deps:\n\tpip install --upgrade pip && pip install -e .\n", ("own",)
    yield "PIP ?= pip", "PIP ?= pip3\ndeps:\n\t$(PIP) install six\n", ("six",)
    yield "PYTHON := python3", "PYTHON := python3\ndeps:\n\t$(PYTHON) -m pip install six\n", ("six",)
    yield "a prerequisite", "all: deps\n\techo built\ndeps:\n\tpip install --user six\n", ("six",)
    yield "two targets", "all: one two\none:\n\tpip install six\ntwo:\n\tpip install iniconfig\n", ("six", "iniconfig")
    yield "a file target", "requirements.done: requirements.txt\n\tpip install -r $<\n\ttouch $@\n", ("six",)
    yield "an ignored error", "deps:\n\t-rm -f nothing\n\tpip install six\n", ("six",)
    yield "a condition", 'deps:\n\tif [ -z "$$SKIP" ]; then pip install six; fi\n', ("six",)
    yield ".ONESHELL", ".ONESHELL:\ndeps:\n\tset -e\n\tpip install six\n\tpip install iniconfig\n", ("six", "iniconfig")
