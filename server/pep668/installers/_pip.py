"""What `pip install` and `get-pip.py` have in common."""

from __future__ import annotations

from collections.abc import Mapping

from pep668.model import RequestKind

from ._invocation import elsewhere
from ._options import Grammar, Scan, table

KINDS = {
    "--requirement": RequestKind.FILE,
    "--constraint": RequestKind.CONSTRAINT,
    "--editable": RequestKind.EDITABLE,
}


def options() -> Mapping[str, Grammar]:
    """pip's options; older ones than 23.0 never look for the marker, so what only they know decides nothing."""
    return table("pip_options.json", abbreviates=True, since="23.0")


def passes_check(found: Scan, operation: str) -> str:
    """Why `pip install` with such options never looks for the marker, "" where it does."""
    if found.has("--python"):
        return "usage error: --python must stand before the subcommand"
    if operation == "install":
        for name in ("--target", "--prefix", "--root"):
            if found.value(name):
                return elsewhere(name)
        if found.has("--dry-run") and found.value("--report"):
            return "--dry-run with --report skips the check for the marker"
    return ""
