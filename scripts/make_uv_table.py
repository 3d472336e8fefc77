"""Run uv's versions on a marked Python and write down what each refuses: `tests/environment/uv_truth_table.json`.

usage: make_uv_table.py [VERSION...]      (default: the newest of each minor version since 0.5)

The Python is a copy of the one that runs this script, with an EXTERNALLY-MANAGED file. Nothing is installed from an
index; the versions of uv come from it, by pip. Each row holds the command line, its variables, what is prepared, and by
version `refused` or `not refused (exit N)`.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "tests/environment/uv_truth_table.json"
VERSIONS = (*("0.5.0", "0.5.31", "0.6.17", "0.7.22", "0.8.24", "0.9.30", "0.10.12", "0.11.32", "0.12.5", "0.13.9"),)
PACKAGE = "iniconfig"
# What is prepared: a `.venv` in the folder, which is then active by VIRTUAL_ENV, or first in PATH.
BARE, VENV, ACTIVE, PATH = "nothing", "a .venv", "VIRTUAL_ENV", "PATH"
# `{python}` is the marked interpreter, `{version}` its version.
ROWS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("uv pip install iniconfig", {}, BARE),
    ("uv pip install iniconfig", {}, VENV),
    ("uv pip install iniconfig", {}, ACTIVE),
    ("uv pip install iniconfig", {}, PATH),
    ("uv pip install --system iniconfig", {}, BARE),
    ("uv pip install --system iniconfig", {}, VENV),
    ("uv pip install --system iniconfig", {}, ACTIVE),
    ("uv pip install --system iniconfig", {}, PATH),
    ("uv pip install --python {python} iniconfig", {}, BARE),
    ("uv pip install --python {python} iniconfig", {}, VENV),
    ("uv pip install --python={python} iniconfig", {}, ACTIVE),
    ("uv pip install -p {python} iniconfig", {}, BARE),
    ("uv pip install --python .venv iniconfig", {}, VENV),
    ("uv pip install --python .venv/bin/python iniconfig", {}, VENV),
    ("uv pip install --python {version} iniconfig", {}, BARE),
    ("uv pip install --python {version} iniconfig", {}, VENV),
    ("uv pip install --python {version} iniconfig", {}, ACTIVE),
    ("uv pip install --python python{version} iniconfig", {}, BARE),
    ("uv pip install --python python3 iniconfig", {}, BARE),
    ("uv pip install --python python3 iniconfig", {}, ACTIVE),
    ("uv pip install --python cpython@{version} iniconfig", {}, BARE),
    ("uv pip install --system --break-system-packages iniconfig", {}, BARE),
    ("uv pip install --break-system-packages iniconfig", {}, BARE),
    ("uv pip install --python {python} --break-system-packages iniconfig", {}, BARE),
    ("uv pip install --system --break-system iniconfig", {}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "1"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "true"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "yes"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "0"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "false"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": "maybe"}, BARE),
    ("uv pip install --system iniconfig", {"UV_BREAK_SYSTEM_PACKAGES": ""}, BARE),
    ("uv pip install --system iniconfig", {"PIP_BREAK_SYSTEM_PACKAGES": "1"}, BARE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "1"}, BARE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "true"}, BARE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "0"}, BARE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "maybe"}, BARE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "1"}, ACTIVE),
    ("uv pip install iniconfig", {"UV_SYSTEM_PYTHON": "1", "UV_BREAK_SYSTEM_PACKAGES": "1"}, BARE),
    ("uv pip install iniconfig", {"UV_PYTHON": "{python}"}, BARE),
    ("uv pip install iniconfig", {"UV_PYTHON": "{python}"}, ACTIVE),
    ("uv pip uninstall iniconfig", {}, BARE),
    ("uv pip uninstall --system iniconfig", {}, BARE),
    ("uv pip uninstall --system --break-system-packages iniconfig", {}, BARE),
    ("uv pip sync --system requirements.txt", {}, BARE),
    ("uv pip install --system --target t iniconfig", {}, BARE),
    ("uv pip install --system --prefix t iniconfig", {}, BARE),
    ("uv pip install --system --dry-run iniconfig", {}, BARE),
    ("uv pip install --system --user iniconfig", {}, BARE),
    ("uv pip install --system -r requirements.txt", {}, BARE),
    ("uv pip install --system", {}, BARE),
    ("uv pip list --system", {}, BARE),
    ("uv pip freeze --system", {}, BARE),
    ("uv pip check --system", {}, BARE),
    ("uv pip compile requirements.txt", {}, BARE),
    ("uv tool install --python {python} iniconfig", {}, BARE),
    ("uv venv --python {python} other", {}, BARE),
)


def main(versions: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        python = marked_python(place / "python")
        wheels = place / "wheels"
        _run(sys.executable, "-m", "pip", "download", "-q", "-d", wheels, "--no-deps", PACKAGE)
        rows: dict[str, dict[str, Any]] = {}
        for version in versions or list(VERSIONS):
            uv = fetched(version, place / "uv")
            for command, variables, prepared in ROWS:
                outcome = tried(uv, python, wheels, place / "work", (command, variables, prepared))
                row = {"command": command, "env": variables, "prepared": prepared, "outcome": {}}
                key = f"{command} | {' '.join(f'{k}={v}' for k, v in variables.items())} | {prepared}"
                rows.setdefault(key, row)["outcome"][version] = outcome
            print(version, file=sys.stderr)
    source = f"uv {', '.join(versions or VERSIONS)} run on a marked CPython, {datetime.date.today()}"
    OUT.write_text(json.dumps({"source": source, "rows": list(rows.values())}, indent=1) + "\n", encoding="utf-8")
    return 0


def marked_python(prefix: Path) -> Path:
    """A copy of this Python, relocated and marked."""
    shutil.copytree(sys.base_prefix, prefix, symlinks=True, ignore=shutil.ignore_patterns("test", "__pycache__", "*.a"))
    version = sysconfig.get_python_version()
    (prefix / f"lib/python{version}/EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=Marked.\n")
    return prefix / f"bin/python{version}"


def fetched(version: str, folder: Path) -> Path:
    """The program of a version of uv, from its wheel."""
    target = folder / version
    _run(sys.executable, "-m", "pip", "download", "-q", "-d", target, "--no-deps", f"uv=={version}")
    with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith("/scripts/uv"))
        (target / "uv").write_bytes(wheel.read(name))
    (target / "uv").chmod(0o755)
    return target / "uv"


def tried(uv: Path, python: Path, wheels: Path, work: Path, row: tuple[str, dict[str, str], str]) -> str:
    """What a version does with a row, in a folder of its own."""
    command, variables, prepared = row
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    (work / "requirements.txt").write_text(PACKAGE + "\n")
    path = f"{uv.parent}:{python.parent}:/usr/bin:/bin"
    environ = {"PATH": path, "HOME": str(work / "home"), "UV_CACHE_DIR": str(work / "cache"), "UV_OFFLINE": "1"}
    environ["UV_PYTHON_DOWNLOADS"] = "never"
    environ["UV_FIND_LINKS"] = str(wheels)
    if prepared != BARE:
        _run(uv, "venv", "-q", "--python", python, ".venv", cwd=work, env=environ)
    if prepared == ACTIVE:
        environ["VIRTUAL_ENV"] = str(work / ".venv")
    if prepared == PATH:
        environ["PATH"] = f"{work}/.venv/bin:{path}"
    known = {"python": str(python), "version": sysconfig.get_python_version()}
    environ.update({k: v.format(**known) for k, v in variables.items()})
    words = command.format(**known).split()
    offline = ["--no-index", "--find-links", str(wheels)] if words[1:3] in (["pip", "install"], ["pip", "sync"]) else []
    done = subprocess.run([*words, *offline], cwd=work, env=environ, capture_output=True, text=True, check=False)
    said = " ".join((done.stdout + done.stderr).split())
    return "refused" if "externally managed" in said else f"not refused (exit {done.returncode})"


def _run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(c) for c in command], check=True, cwd=cwd, env=env or dict(os.environ), stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
