"""The client beside watching executions: links, explanations of what is selected, the environment of new terminals."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from playwright.sync_api import expect

from workbench.conftest import pack
from workbench.driver import PATIENCE_MS, Start, Workbench
from workbench.test_workbench import imports

REFUSAL = """\
error: externally-managed-environment

\u00d7 This environment is externally managed
\u2570\u2500> To install Python packages system-wide, try apt install
    python3-xyz, where xyz is the package you are trying to
    install.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. You can \
override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
"""
PROGRAM = "require('node:child_process').spawnSync('pip3', ['install', 'six'], { stdio: 'inherit' });\n"
LAUNCH = {
    "version": "0.2.0",
    "configurations": [
        {
            "name": "program",
            "type": "node",
            "request": "launch",
            "program": "${workspaceFolder}/program.js",
            "console": "internalConsole",
            "outputCapture": "std",
        }
    ],
}
CHANNEL = """\
const vscode = require('vscode');
exports.activate = (context) => {
  const channel = vscode.window.createOutputChannel('Installer');
  context.subscriptions.push(
    vscode.commands.registerCommand('installer.run', () => {
      channel.show();
      channel.append(process.env.PEP668_TEST_OUTPUT);
    }),
  );
};
"""
MANIFEST = {
    "name": "installer",
    "displayName": "Installer",
    "description": "Writes to an output channel.",
    "version": "0.0.1",
    "publisher": "pep668-test",
    "license": "MIT",
    "engines": {"vscode": "^1.93.0"},
    "main": "./extension.js",
    "activationEvents": ["onStartupFinished"],
    "contributes": {"commands": [{"command": "installer.run", "title": "Installer: Run"}]},
}


def _explanation(workbench: Workbench, text: str) -> None:
    frame = workbench.page.frame_locator("iframe.webview.ready").frame_locator("iframe")
    frame.locator("body", has_text=text).wait_for()


def _toasts(workbench: Workbench) -> int:
    return workbench.page.locator(".notification-toast").count()


def test_link_on_a_line(start: Start) -> None:
    """Text that is merely shown says nothing by itself; a click on it asks."""
    workbench = start(files={"log.txt": REFUSAL})
    workbench.open_terminal()
    workbench.type_in_terminal("clear; cat log.txt")
    line = workbench.rows().filter(has_text="error: externally-managed-environment").first
    expect(line).to_be_visible(timeout=PATIENCE_MS)
    workbench.page.wait_for_timeout(2000)
    assert _toasts(workbench) == 0

    def has_answered() -> bool:
        box = line.bounding_box()
        assert box
        x, y = box["x"] + 120, box["y"] + box["height"] / 2
        workbench.page.mouse.move(x - 40, y + 30)
        workbench.page.mouse.move(x, y, steps=4)
        workbench.page.keyboard.down("Control")
        workbench.page.wait_for_timeout(1000)
        workbench.screenshot("1-link")
        workbench.page.mouse.click(x, y)
        workbench.page.keyboard.up("Control")
        workbench.page.wait_for_timeout(1500)
        return _toasts(workbench) > 0

    workbench.wait_for(has_answered, "the link is followed")
    advice = workbench.notification("refused")
    workbench.screenshot("2-advice")
    workbench.press_button(advice, re.compile(r"\.venv"))
    pip = workbench.folder / ".venv" / "bin" / "pip"
    workbench.wait_for(pip.exists, "the environment is made")
    workbench.screenshot("3-made")


def test_explain_selection_of_a_terminal(start: Start) -> None:
    workbench = start(files={"log.txt": REFUSAL})
    workbench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    workbench.page.evaluate("navigator.clipboard.writeText('kept')")
    workbench.open_terminal()
    workbench.type_in_terminal("clear; cat log.txt")
    expect(workbench.rows().filter(has_text="error: externally").first).to_be_visible(timeout=PATIENCE_MS)
    workbench.command("Terminal: Select All")
    workbench.rows().filter(has_text="error: externally").first.click(button="right", force=True)
    entry = workbench.page.get_by_role("menuitem", name="Explain Terminal Selection")
    expect(entry).to_be_visible(timeout=PATIENCE_MS)
    workbench.screenshot("1-menu")
    entry.click()
    _explanation(workbench, "externally")
    workbench.notification("refused")
    workbench.screenshot("2-explanation")
    assert workbench.page.evaluate("navigator.clipboard.readText()") == "kept"


def test_explain_selection_of_an_editor(start: Start) -> None:
    workbench = start(files={"log.txt": f"$ pip3 install six\n{REFUSAL}"})
    workbench.open_file("log.txt")
    workbench.squiggle()  # the extension is there, and its entries of menus
    workbench.page.locator(".monaco-editor .view-line").first.click()
    workbench.page.keyboard.press("Control+a")
    workbench.page.locator(".monaco-editor .view-line").first.click(button="right")
    entry = workbench.page.get_by_role("menuitem", name="Explain Selection")
    expect(entry).to_be_visible(timeout=PATIENCE_MS)
    workbench.screenshot("1-menu")
    entry.click()
    _explanation(workbench, "externally")
    workbench.notification("refused")
    workbench.screenshot("2-explanation")


def _interpreter(workbench: Workbench, name: str) -> str:
    """What `python3` is in a new terminal."""
    workbench.open_terminal()
    found = workbench.folder / name
    workbench.type_in_terminal(f"command -v python3 > {name}.new; mv {name}.new {name}")
    workbench.wait_for(found.exists, "the terminal has answered")
    return found.read_text(encoding="utf-8").strip()


def test_new_terminals_get_the_environment(start: Start) -> None:
    # The test workbench keeps terminals that nobody has typed in; VS Code by itself starts them anew.
    settings = {"terminal.integrated.environmentChangesRelaunch": True}
    workbench = start(files={".vscode/settings.json": json.dumps(settings)})
    workbench.open_terminal()
    workbench.type_in_terminal("kept=yes")
    workbench.type_in_terminal("pip3 install six")
    workbench.take_step(workbench.notification("refused to install six"), re.compile(r"\.venv"))
    workbench.notification(re.compile(r"\.venv"))
    environment = workbench.folder / ".venv"
    assert imports(environment / "bin" / "python", "six")
    workbench.screenshot("1-installed")
    workbench.type_in_terminal('echo "$kept" > kept')
    kept = workbench.folder / "kept"
    workbench.wait_for(kept.exists, "the first terminal has answered")
    assert kept.read_text(encoding="utf-8") == "yes\n"

    assert _interpreter(workbench, "with") == str(environment / "bin" / "python3")
    workbench.screenshot("2-new-terminal")
    # Nothing is refused there.
    workbench.type_in_terminal("pip3 install packaging")
    workbench.wait_for(lambda: imports(environment / "bin" / "python", "packaging"), "packaging is installed")

    shutil.rmtree(environment)
    workbench.page.wait_for_timeout(3000)
    assert _interpreter(workbench, "without") == "/usr/bin/python3"
    workbench.screenshot("3-gone")


def test_debug_console(start: Start) -> None:
    workbench = start(files={"program.js": PROGRAM, ".vscode/launch.json": json.dumps(LAUNCH)})
    workbench.open_file("install.sh")
    workbench.squiggle()  # sessions that began before the extension are not watched
    workbench.command("Debug: Start Debugging")
    workbench.notification("refused")
    workbench.screenshot("1-advice")
    assert _toasts(workbench) == 1


def test_output_channel(start: Start, tmp_path: Path) -> None:
    source = tmp_path / "installer"
    source.mkdir()
    (source / "extension.js").write_text(CHANNEL, encoding="utf-8")
    (source / "package.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    workbench = start(pack(source, tmp_path / "installer.vsix"), PEP668_TEST_OUTPUT=REFUSAL)
    workbench.command("Installer: Run")
    workbench.notification("refused")
    workbench.screenshot("1-advice")
