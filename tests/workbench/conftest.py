"""Each test gets a workbench of its own: fresh workspace, home, profile; the packed extension installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from workbench.driver import Workbench

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Start = Callable[..., Workbench]


def pack(source: Path, target: Path) -> Path:
    """Packs the folder of an extension as it is."""
    vsce = ROOT / "client-vscode" / "node_modules" / "@vscode" / "vsce" / "vsce"
    options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", str(target)]
    subprocess.run(["node", str(vsce), "package", *options], cwd=source, check=True, capture_output=True)
    return target


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packed extension with the Python extension's name and API."""
    return pack(Path(__file__).parent / "python-extension", tmp_path_factory.mktemp("stand-in") / "python.vsix")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, "no Chromium: run `make workbench`"
    arguments = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=[*arguments, "--disable-sync", "--disable-gpu", "--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def start(browser: Browser, vsix: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """Opens a copy of demo/ in a workbench; more extensions, files by path, and variables as given."""
    screenshots = BUILD / "screenshots" / re.sub(r"\W+", "-", request.node.name)
    shutil.rmtree(screenshots, ignore_errors=True)
    with ExitStack() as stack:

        def begin(
            *extensions: Path, files: Mapping[str, str] | None = None, trusted: bool = True, **variables: str
        ) -> Workbench:
            folder = tmp_path / "demo"
            shutil.copytree(ROOT / "demo", folder)
            for name, text in (files or {}).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
            address = stack.enter_context(_serving(folder, [vsix, *extensions], tmp_path, variables, trusted=trusted))
            page = stack.enter_context(browser.new_context(viewport={"width": 1280, "height": 800})).new_page()
            workbench = Workbench(page, folder, screenshots)
            stack.callback(workbench.screenshot, "end")
            workbench.open(address)
            return workbench

        yield begin


class _serving:
    """The workbench's server, from its address to its end."""

    def __init__(
        self, folder: Path, extensions: list[Path], place: Path, variables: dict[str, str], *, trusted: bool
    ) -> None:
        self._log = place / "serve.log"
        home = place / "home"
        home.mkdir()
        # Debian's own Python first; what configures pip and certificates on this machine stays.
        node = str(Path(shutil.which("node") or "/usr/bin/node").parent)
        path = SYSTEM_PATH if node in SYSTEM_PATH.split(":") else f"{SYSTEM_PATH}:{node}"
        kept = {
            k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "LANG", "LC_")) or "proxy" in k.lower()
        }
        environment = {**kept, "HOME": str(home), "PATH": path, "SHELL": "/bin/bash", **variables}
        command = [
            sys.executable,
            str(ROOT / "scripts" / "vscode_workbench.py"),
            "serve",
            str(folder),
            "--data",
            str(place / "data"),
        ]
        command += [] if trusted else ["--restricted"]
        for extension in extensions:
            command += ["--extension", str(extension)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)

    def __enter__(self) -> str:
        assert self._process.stdout is not None
        address = self._process.stdout.readline().strip()
        assert address, self._log.read_text(encoding="utf-8", errors="replace")
        return address

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
