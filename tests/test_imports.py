"""Who may import whom: docs/architecture.md, "Who may import whom"."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "server" / "pep668"

# From the outside in; a module imports from its own layer's package and from the layers after it.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("lsp",),
    ("files",),
    ("render",),
    ("fixing",),
    ("explain",),
    ("analysis",),
    ("rules", "fixes"),
    ("context",),
    ("suppression",),
    ("environment",),
    ("installers", "languages"),
    ("shell", "syntax"),
    ("data",),
    ("settings", "plugins"),
    ("patterns",),
    ("model",),
    ("text",),
    ("__init__",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# Seen from the faces only, and themselves no higher than the settings and the data.
APART = ("machine", "provision")
PLUGINS = ("languages", "installers", "rules", "fixes", "fixes/_environments", "explain/runners")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """The dotted parts of each module of this package that a file imports, and of each other top module."""
    here = ("pep668", *path.relative_to(PACKAGE).with_suffix("").parts)
    package = here[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            parts = base + tuple((node.module or "").split(".") if node.module else ())
            for alias in node.names:
                child = PACKAGE.joinpath(*parts[1:], alias.name)
                is_module = parts[:1] == ("pep668",) and (child.with_suffix(".py").exists() or child.is_dir())
                yield (*parts, alias.name) if is_module else parts


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_follow_the_layers(path: Path) -> None:
    here = path.relative_to(PACKAGE).with_suffix("").parts
    top = here[0]
    assert top in LEVEL or top in APART, f"{top} has no layer: name one in docs/architecture.md and here"
    for target in imported(path):
        if target[0] in ("pygls", "lsprotocol"):
            assert top == "lsp", f"{'.'.join(here)} imports {target[0]}: only lsp/ may"
        if target[0] != "pep668" or len(target) == 1 or target[1] == top:
            continue
        name = target[1]
        if name in APART:
            assert top in ("cli", "lsp"), f"{'.'.join(here)} imports {name}: only the command line and lsp/ may"
        elif top in APART:
            assert LEVEL[name] >= LEVEL["data"], f"{'.'.join(here)} imports {name}: only data, settings and below"
        else:
            assert LEVEL[name] > LEVEL[top], f"{'.'.join(here)} imports {name}, which is not below it"


@pytest.mark.parametrize("folder", PLUGINS)
def test_siblings_in_a_plugin_folder_do_not_import_each_other(folder: str) -> None:
    package = ("pep668", *folder.split("/"))
    for path in sorted((PACKAGE / folder).glob("*.py")):
        for target in imported(path):
            if target[: len(package)] == package and len(target) > len(package):
                sibling = target[len(package)]
                assert sibling.startswith("_"), f"{folder}/{path.name} imports its sibling {sibling}"
