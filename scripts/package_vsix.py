"""Packs the VS Code extension with the language server and its libraries inside: one .vsix for every platform.

    python3 scripts/package_vsix.py [--output build/pep668.vsix]
    python3.10 scripts/package_vsix.py --lock       choose the libraries' versions anew

Needs Node 20 and npm, and nothing of the machine's Python but its standard library (and venv, where it has no pip).
The libraries are pinned by hash in client-vscode/server/requirements.txt, pure Python, resolved for the oldest
supported Python, so that the same files serve all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client-vscode"
SERVER = ROOT / "server" / "pep668"
REQUIREMENTS = CLIENT / "server" / "requirements.txt"
BUILD = ROOT / "build"
OLDEST = "3.10"
# Only wheels that fit every platform and every Python from the oldest on.
PURE = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", f"--python-version={OLDEST}"]
NATIVE = (".so", ".pyd", ".dylib", ".dll")
# Parts of libraries that run only in their own tests or type checkers.
UNUSED = ("tests", "__pycache__")


def run(command: Iterable[str | Path], cwd: Path = ROOT, **environment: str) -> str:
    """Runs a program; raises SystemExit with its output where it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}\nfailed with {done.returncode}")
    return done.stdout


def pip() -> list[str]:
    """A pip to run: this interpreter's own, else one in an environment made for it."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    environment = BUILD / "packaging-venv"
    python = environment / "bin" / "python"
    make = [sys.executable, "-m", "venv", "--clear", str(environment)]
    if not (environment / "bin" / "pip").exists() and subprocess.run(make, capture_output=True).returncode:
        # Debian and Ubuntu keep what it needs in a package of its own.
        package = "python{}.{}-venv".format(*sys.version_info)
        if subprocess.run([ROOT / "scripts" / "system_packages.sh", package], stdout=sys.stderr).returncode:
            sys.exit(1)
        run(make)
    return [str(python), "-m", "pip"]


def lock() -> None:
    """Writes the newest versions that the oldest Python can use, with the hash of each wheel."""
    if sys.version_info[:2] != tuple(map(int, OLDEST.split("."))):
        sys.exit(f"run this with Python {OLDEST}: what it needs, newer ones can use as well")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    wanted = re.findall(r'^\s*"(.*)",?$', found.group(1), re.MULTILINE) if found else []
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        options = ["--dry-run", "--ignore-installed", "--quiet", f"--target={scratch}/t", f"--report={report}"]
        run([*pip(), "install", *options, *PURE, *wanted])
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    lines = [
        f"{item['metadata']['name']}=={item['metadata']['version']} \\\n"
        f"    --hash=sha256:{item['download_info']['archive_info']['hashes']['sha256']}"
        for item in sorted(installs, key=lambda item: str(item["metadata"]["name"]).lower())
    ]
    head = f"# What the bundled server needs; written by `python{OLDEST} scripts/package_vsix.py --lock`."
    REQUIREMENTS.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def install_client() -> None:
    """Installs the client's locked npm packages, once for each lock file."""
    stamp = CLIENT / "node_modules" / ".package-lock.json"
    locked = CLIENT / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < locked.stat().st_mtime:
        run(["npm", "ci"], cwd=CLIENT)


def stage_libraries(target: Path) -> None:
    """The server and its libraries in one folder, without tests, byte code and scripts; licences stay."""
    options = ["--require-hashes", "--no-deps", "--no-compile", "--quiet", f"--target={target}"]
    run([*pip(), "install", *options, *PURE, "--requirement", REQUIREMENTS])
    shutil.copytree(SERVER, target / "pep668", ignore=shutil.ignore_patterns(*UNUSED, ".*"))
    shutil.rmtree(target / "bin", ignore_errors=True)
    for folder in [path for path in target.rglob("*") if path.is_dir() and path.name in UNUSED]:
        shutil.rmtree(folder, ignore_errors=True)
    native = [path for path in target.rglob("*") if path.suffix in NATIVE]
    if native:
        sys.exit(f"not pure Python, so not for every platform: {', '.join(map(str, native))}")


def licences(inputs: Iterable[str]) -> str:
    """The licences of the npm packages that these bundled files belong to; SystemExit where one has none."""
    packages = sorted(
        {found.group() for path in inputs if (found := re.match(r".*node_modules/(@[^/]+/)?[^/]+", path))}
    )
    notices = ["The file out/extension.js holds parts of these packages.\n"]
    for package in packages:
        files = sorted((CLIENT / package).iterdir())
        licence = next((file for file in files if re.match("licen[sc]e", file.name, re.IGNORECASE)), None)
        if licence is None:
            sys.exit(f"{package} has no licence file")
        name = package.rpartition("node_modules/")[2]
        notices.append(f"{'-' * 80}\n{name}\n\n{licence.read_text(encoding='utf-8')}")
    return "\n".join(notices)


def stage(place: Path) -> None:
    """Lays out the extension as it is packed."""
    install_client()
    metafile = place.with_suffix(".json")
    script = place / "out" / "extension.js"
    run(["npm", "run", "bundle", "--", f"--outfile={script}", f"--metafile={metafile}"], cwd=CLIENT)
    notices = licences(json.loads(metafile.read_text(encoding="utf-8"))["inputs"])
    metafile.unlink()
    (place / "ThirdPartyNotices.txt").write_text(notices, encoding="utf-8")
    manifest = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    for key in ("private", "scripts", "dependencies", "devDependencies"):
        del manifest[key]
    (place / "package.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for source in (CLIENT / "README.md", CLIENT / "icon.png", ROOT / "LICENSE", ROOT / "CHANGELOG.md"):
        if source.exists():
            shutil.copy(source, place / source.name)
    (place / "bundled").mkdir()
    shutil.copy(CLIENT / "server" / "run_server.py", place / "bundled")
    stage_libraries(place / "bundled" / "libs")


def pack(output: Path) -> None:
    """Writes the .vsix; two of these may run at the same time."""
    BUILD.mkdir(exist_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="extension-") as scratch:
        stage(Path(scratch))
        vsce = CLIENT / "node_modules" / "@vscode" / "vsce" / "vsce"
        options = ["--no-dependencies", "--allow-missing-repository"]
        run(["node", vsce, "package", *options, "--out", output], cwd=Path(scratch))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--output", type=Path, default=BUILD / "pep668.vsix")
    parser.add_argument("--lock", action="store_true", help="write the pinned versions of the server's libraries anew")
    arguments = parser.parse_args()
    if arguments.lock:
        lock()
        return
    output: Path = arguments.output.resolve()
    pack(output)
    with zipfile.ZipFile(output) as archive:
        print(f"{output}: {len(archive.infolist())} files, {output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
