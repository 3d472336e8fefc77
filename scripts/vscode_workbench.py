"""A real VS Code workbench in the browser, built from npm's code-server, and a way to open a folder in it.

    python3 scripts/vscode_workbench.py build [--browser]
    python3 scripts/vscode_workbench.py serve FOLDER [--extension FILE.vsix]... [--data DIR] [--port N] [--restricted]

`build` takes about two minutes and 325 MB in build/workbench, and nothing the second time. It needs Node 20 and npm;
where g++, make or ripgrep (with --browser: chromium) are missing, it installs them with apt-get, which needs root.
`serve` prints the address on a line of its own and runs until it is interrupted. Everything it writes is in --data.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WORKBENCH = BUILD / "workbench"
CODE_SERVER = WORKBENCH / "node_modules" / "code-server"
VSCODE = CODE_SERVER / "lib" / "vscode"
ENTRY = CODE_SERVER / "out" / "node" / "entry.js"
PACKAGES = ["code-server@4.100.3", "node-gyp@11"]
# kerberos is left out: it serves proxies only, and would need a system library.
NATIVE = ["node-pty", "@vscode/spdlog", "native-watchdog", "@vscode/deviceid"]
TOOLS = {"g++": "g++", "make": "make", "rg": "ripgrep"}
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"]
# No first-run pages, no questions, nothing that phones home; a terminal whose text the tests can read.
SETTINGS = {
    "extensions.ignoreRecommendations": True,
    "git.openRepositoryInParentFolders": "never",
    "telemetry.telemetryLevel": "off",
    # A terminal opened at once is not replaced, with what was typed, when an extension starts late.
    "terminal.integrated.environmentChangesRelaunch": False,
    "terminal.integrated.gpuAcceleration": "off",
    "update.mode": "none",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
TRUSTING = {"security.workspace.trust.enabled": False}
# The folder stays untrusted, and nobody asks.
RESTRICTED = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
START_SECONDS = 60


def say(message: str) -> None:
    print(f"workbench: {message}", file=sys.stderr, flush=True)


def run(command: Iterable[str | Path], cwd: Path = WORKBENCH) -> None:
    """Runs a program with its output in build/workbench.log; raises SystemExit with the end of it on failure."""
    words = [str(word) for word in command]
    log = BUILD / "workbench.log"
    with log.open("a", encoding="utf-8") as out:
        print(f"\n$ {' '.join(words)}", file=out, flush=True)
        done = subprocess.run(words, cwd=cwd, stdout=out, stderr=subprocess.STDOUT)
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
        sys.exit("\n".join([*tail, f"{words[0]} failed with {done.returncode}; all of it is in {log}"]))


def output(*command: str) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def node() -> str:
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        sys.exit("Node 20 and npm are needed: https://nodejs.org, or your distribution's nodejs and npm packages")
    major = int(output(found, "-p", "process.versions.node").split(".")[0])
    if major != 20:
        sys.exit(f"the workbench runs on Node 20 only, and {found} is Node {major}")
    return found


def system_packages(*, browser: bool) -> None:
    missing = [package for program, package in TOOLS.items() if shutil.which(program) is None]
    if browser and not any(shutil.which(name) for name in BROWSERS):
        missing.append("chromium")
    if missing and subprocess.run([ROOT / "scripts" / "system_packages.sh", *missing], stdout=sys.stderr).returncode:
        sys.exit(1)


def build(*, browser: bool) -> None:
    """Brings build/workbench into being; does nothing where it is there for this Node already."""
    system_packages(browser=browser)
    executable = node()
    wanted = json.dumps([PACKAGES, NATIVE, output(executable, "-p", "process.versions.modules + process.arch")])
    stamp = WORKBENCH / "built.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    # From scratch: a second npm install in this folder would empty the nested one.
    shutil.rmtree(WORKBENCH, ignore_errors=True)
    WORKBENCH.mkdir(parents=True)
    (BUILD / "workbench.log").unlink(missing_ok=True)
    (WORKBENCH / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    say("fetching VS Code (code-server) and its libraries; this takes about two minutes, once")
    run([*npm, *PACKAGES])
    run([*npm, "--omit=dev"], VSCODE)
    run([*npm, "--omit=dev"], VSCODE / "extensions")
    run([executable, "postinstall.mjs"], VSCODE / "extensions")
    say("compiling its native modules")
    modules = WORKBENCH / "node_modules"
    for module in NATIVE:
        if (VSCODE / "node_modules" / module).is_dir():
            gyp = modules / "node-gyp" / "bin" / "node-gyp.js"
            run([executable, gyp, "rebuild", *headers(executable)], VSCODE / "node_modules" / module)
    argon = modules / ".bin" / "node-pre-gyp"
    run([argon, "rebuild", "--build-from-source", *headers(executable)], modules / "argon2")
    link(VSCODE / "node_modules" / "@vscode" / "ripgrep" / "bin" / "rg", shutil.which("rg") or "rg")
    link(VSCODE / "node_modules.asar", "node_modules")
    link(VSCODE / "bin" / "remote-cli" / "code-server", "code-linux.sh")
    link(VSCODE / "bin" / "helpers" / "browser.sh", "browser-linux.sh")
    stamp.write_text(wanted, encoding="utf-8")


def headers(executable: str) -> list[str]:
    """Where Node's headers lie beside it, so that node-gyp does not download them."""
    prefix = Path(executable).resolve().parent.parent
    return [f"--nodedir={prefix}"] if (prefix / "include" / "node" / "node.h").exists() else []


def link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def free_port(wanted: int) -> int:
    """`wanted` where nobody listens there, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def serve(folder: Path, extensions: list[Path], data: Path, port: int, *, restricted: bool = False) -> int:
    """Runs the workbench with these extensions until it is interrupted; returns its exit code.

    Where `restricted`, the folder is not trusted.
    """
    if not ENTRY.exists():
        sys.exit("no workbench yet: run `python3 scripts/vscode_workbench.py build` first")
    settings = data / "user" / "User" / "settings.json"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        wanted = SETTINGS | (RESTRICTED if restricted else TRUSTING)
        settings.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    base: list[str | Path] = [node(), ENTRY, "--config", data / "code-server.yaml"]
    base += ["--user-data-dir", data / "user", "--extensions-dir", data / "extensions"]
    for extension in extensions:
        run([*base, "--install-extension", extension, "--force"], data)
    port = free_port(port)
    quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
    quiet += [] if restricted else ["--disable-workspace-trust"]
    with (data / "log").open("ab") as log:
        server = subprocess.Popen(
            [*base, *quiet, "--auth", "none", "--bind-addr", f"127.0.0.1:{port}"], cwd=data, stdout=log, stderr=log
        )
    signal.signal(signal.SIGTERM, stop)
    try:
        wait_until_healthy(port, server, data / "log")
        print(f"http://127.0.0.1:{port}/?folder={urllib.parse.quote(str(folder))}", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def wait_until_healthy(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if is_healthy(port):
            return
        time.sleep(0.1)
    sys.exit(f"{log.read_text(encoding='utf-8', errors='replace')}\nthe workbench did not start")


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    building = verbs.add_parser("build", help="make build/workbench, once")
    building.add_argument("--browser", action="store_true", help="see that there is a browser for the tests, too")
    serving = verbs.add_parser("serve", help="open a folder and print the address")
    serving.add_argument("folder", type=Path)
    serving.add_argument("--extension", type=Path, action="append", default=[])
    serving.add_argument("--data", type=Path, default=BUILD / "workbench-data")
    serving.add_argument("--port", type=int, default=0)
    serving.add_argument("--restricted", action="store_true", help="do not trust the folder")
    arguments = parser.parse_args()
    if arguments.verb == "build":
        build(browser=arguments.browser)
        return 0
    data: Path = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    extensions = [extension.resolve() for extension in arguments.extension]
    return serve(arguments.folder.resolve(), extensions, data, arguments.port, restricted=arguments.restricted)


if __name__ == "__main__":
    sys.exit(main())
