"""Which PyPI projects a distribution's package holds: Debian's by its indices, others' by their names' schemes."""

from __future__ import annotations

import re

from .applications import debian_holdings
from .names import normalized

# `python3-yaml`, `py3-yaml` (Alpine), `python-yaml` (Arch), `python311-PyYAML` (openSUSE), `python3.11-pyyaml` (RHEL)
_LIBRARY = re.compile(r"(?P<scheme>python3|py3|python|python3\.?\d{1,2}|py3\.\d{1,2})-(?P<stem>[\w.+-]+)")
# Parts of Python itself, or of a project that the name does not tell.
_PARTS = frozenset(
    "all dev devel doc full minimal venv distutils gdbm tk tkinter dbg debug examples libs test testsuite idle curses "
    "pip-whl setuptools-whl pyc tools rpm-macros base 32bit".split()
)
TOOLS = frozenset(("pip", "setuptools", "wheel"))  # in most files; whoever wants newer ones renews them


def is_library(package: str) -> bool:
    """Whether a package's name says that Python can import it, and that it is a project of somebody's."""
    library = _LIBRARY.fullmatch(package)
    return library is not None and library["stem"] not in _PARTS


def projects(package: str, manager: str = "") -> frozenset[str]:
    """The normalized names of what a package holds; empty where it is no project of PyPI, or not known.

    `manager` is the program that installs it, where known: `python-yaml` is Python 3's with pacman alone.
    """
    library = _LIBRARY.fullmatch(package)
    if library is None:
        return debian_holdings(package)
    if library["scheme"] == "python" and manager not in ("pacman", ""):
        return frozenset()
    # Others follow Debian's names often: py3-yaml is what python3-yaml is.
    stem = library["stem"]
    if stem in TOOLS:
        return frozenset([stem])
    held = debian_holdings(f"python3-{stem.lower()}")
    if held or stem in _PARTS or stem.endswith(("-doc", "-dbg", "-devel", "-pyc", "-tests", "-lang")):
        return held
    return frozenset([normalized(stem)])
