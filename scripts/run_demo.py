"""Opens a copy of demo/ in VS Code with the extension loaded, or in a VS Code workbench in the browser.

    python3 scripts/run_demo.py [--browser]

The copy, the editor's profile and everything else that this writes are in build/run; your own VS Code is not touched.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import package_vsix
import vscode_workbench

ROOT = vscode_workbench.ROOT
RUN = vscode_workbench.BUILD / "run"
VSIX = vscode_workbench.BUILD / "pep668.vsix"


def demo_folder() -> Path:
    """A copy to play with: what is changed there stays, until build/run is removed."""
    folder = RUN / "demo"
    if not folder.exists():
        shutil.copytree(ROOT / "demo", folder)
    return folder


def open_desktop(code: str, folder: Path) -> int:
    profile = RUN / "vscode"
    settings = profile / "User" / "settings.json"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(
            json.dumps(vscode_workbench.SETTINGS | vscode_workbench.TRUSTING, indent=2) + "\n", encoding="utf-8"
        )
    base = [code, "--user-data-dir", str(profile), "--extensions-dir", str(RUN / "vscode-extensions")]
    if os.geteuid() == 0:
        base.append("--no-sandbox")
    subprocess.run([*base, "--install-extension", str(VSIX), "--force"], check=True)
    return subprocess.run([*base, "--new-window", str(folder), str(folder / "install.sh")]).returncode


def open_browser(folder: Path) -> int:
    vscode_workbench.build(browser=False)
    print("Open the address below in a browser; Ctrl+C here ends it.")
    print("It asks for no password: every user of this machine, and no other machine, can open it.", flush=True)
    return vscode_workbench.serve(folder, [VSIX], RUN / "workbench", port=8668)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--browser", action="store_true", help="use the browser even where there is a `code` command")
    arguments = parser.parse_args()
    package_vsix.pack(VSIX)
    RUN.mkdir(parents=True, exist_ok=True)
    folder = demo_folder()
    code = None if arguments.browser else shutil.which("code")
    return open_desktop(code, folder) if code else open_browser(folder)


if __name__ == "__main__":
    sys.exit(main())
