"""The hosts' own parsers: whether each accepts a text. None of them runs what the text says."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SHELLS = {"zsh": "zsh", "ksh": "ksh", "fish": "fish"}
# What make runs while it reads, which `make -n` does as well.
_RUNS = re.compile(r"\$[({]\s*(?:shell|guile|file|eval|call)\b|!=|^\s*-?s?include\b|\bload\b", re.MULTILINE)
_WITH_COMMENTS = ("devcontainer", "vscode-tasks")
_COMMENT = re.compile(r"^[ \t]*//.*$|,(?=\s*[}\]])", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{|\{%")


def accepts(language: str, text: str, path: str = "") -> bool | None:
    """Whether the host's own parser reads the text; None where there is none here for it."""
    suffix = Path(path).suffix.lower()
    if language in ("shell", "fish"):
        return _accepted(_SHELLS.get(_shell_of(text), "fish" if language == "fish" else "bash"), text)
    if language == "dockerfile":
        return _dockerfile(text)
    if language == "makefile":
        return None if _RUNS.search(text) else _accepted("make", text)
    if language == "python" and suffix != ".ipynb":
        return _reads(ast.parse, text)
    if suffix in (".json", ".ipynb") or language == "notebook":
        return _reads(json.loads, _COMMENT.sub("", text) if language in _WITH_COMMENTS else text)
    if suffix in (".yml", ".yaml"):
        return None if _TEMPLATE.search(text) and "${{" not in text else _reads(_yaml, text)
    if suffix == ".toml":
        return _reads(tomllib.loads, text)
    return None


def _shell_of(text: str) -> str:
    first = text.partition("\n")[0]
    return first.rpartition("/")[2].split(" ")[-1].strip() if first.startswith("#!") else ""


_COMMANDS: dict[str, Sequence[str]] = {
    "bash": ("bash", "-n"),
    "zsh": ("zsh", "-n"),
    "ksh": ("ksh", "-n"),
    "fish": ("fish", "--no-execute"),
    "make": ("make", "-n", "-f"),
}


@lru_cache(maxsize=4096)
def _accepted(program: str, text: str) -> bool | None:
    command = _COMMANDS[program]
    if not shutil.which(command[0]):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text"
        # A script with CRLF is refused as it stands: what matters is the rest of it.
        file.write_bytes(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass"))
        done = subprocess.run([*command, str(file)], cwd=folder, capture_output=True, text=True, check=False)
    if program == "make":
        # Rules whose prerequisites are not in an empty folder are no error of the text.
        return done.returncode == 0 or "No rule to make target" in done.stderr or "No targets" in done.stderr
    return done.returncode == 0


@lru_cache(maxsize=4096)
def _dockerfile(text: str) -> bool:
    import dockerfile  # type: ignore[import-not-found]

    try:
        dockerfile.parse_string(text)
    except (dockerfile.GoParseError, ValueError):
        return False
    return True


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse(text)
    except (ValueError, SyntaxError, yaml.YAMLError, RecursionError):
        return False
    return True


def _yaml(text: str) -> object:
    return list(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
