"""From a refused `pip install` to a working environment, in a real VS Code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from workbench.driver import Workbench

Start = Callable[..., Workbench]


def imports(python: Path, module: str) -> bool:
    return (
        python.exists()
        and subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True).returncode == 0
    )


def test_rewrite_in_a_script(start: Start) -> None:
    workbench = start()
    workbench.open_file("install.sh")
    squiggle = workbench.squiggle()
    workbench.screenshot("1-squiggle")

    hover = workbench.hover(squiggle, "EXTERNALLY-MANAGED")
    workbench.screenshot("2-hover")
    assert "/usr/bin/python3" in hover

    titles = workbench.quick_fixes(squiggle)
    workbench.screenshot("3-quick-fixes")
    assert titles[0] == "Install into .venv instead"
    ways = [title for title in titles if not title.startswith("Ignore")]
    assert not any("--break-system-packages" in title for title in ways[:-1]), titles

    before = (workbench.folder / "install.sh").read_text(encoding="utf-8")
    errors = workbench.errors()
    workbench.choose_quick_fix(titles[0])
    rewritten = "\ntest -x .venv/bin/pip || python3 -m venv .venv\n.venv/bin/pip install six\n"
    workbench.save("install.sh", before.replace("\npip3 install six\n", rewritten, 1))
    workbench.wait_for(lambda: workbench.errors() == errors - 1, "the squiggle is gone")
    workbench.screenshot("4-rewritten")


def test_create_environment_from_the_palette(start: Start) -> None:
    workbench = start()
    workbench.command("PEP 668: Create Virtual Environment")
    workbench.notification(re.compile(r"Created \.venv"))
    workbench.screenshot("1-created")
    pip = workbench.folder / ".venv" / "bin" / "pip"
    version = subprocess.run([pip, "--version"], capture_output=True, text=True, check=True).stdout
    assert str(workbench.folder / ".venv") in version


def test_requirements_installed_by_the_lens(start: Start) -> None:
    workbench = start()
    workbench.open_file("requirements.txt")
    lens = workbench.lens("Create virtual environment and install these requirements")
    workbench.screenshot("1-lens")
    lens.click()
    workbench.notification(re.compile(r"Created \.venv .*installed"))
    workbench.lens("Install these requirements into .venv")
    workbench.screenshot("2-installed")
    assert imports(workbench.folder / ".venv" / "bin" / "python", "six")


def test_refusal_in_the_terminal(start: Start) -> None:
    workbench = start()
    workbench.open_terminal()
    workbench.type_in_terminal("pip3 install six")
    advice = workbench.notification("refused to install six")
    workbench.screenshot("1-advice")
    assert not imports(workbench.folder / ".venv" / "bin" / "python", "six")

    workbench.take_step(advice, re.compile(r"\.venv"))
    workbench.notification(re.compile(r"Created \.venv .*undo.*New terminals use it"))
    workbench.screenshot("2-installed")
    assert imports(workbench.folder / ".venv" / "bin" / "python", "six")


def test_refusal_in_a_command_that_runs_on(start: Start) -> None:
    workbench = start()
    workbench.open_terminal()
    workbench.type_in_terminal("pip3 install six; read -p 'still here'")
    advice = workbench.notification("refused to install six")
    workbench.screenshot("1-advice")
    # The first terminal is busy: the step must not be typed into what runs there.
    workbench.take_step(advice, re.compile(r"\.venv"))
    python = workbench.folder / ".venv" / "bin" / "python"
    workbench.wait_for(lambda: imports(python, "six"), "six is installed in .venv")
    workbench.screenshot("2-installed")
    assert workbench.page.locator(".terminal-tabs-entry").count() == 2


def test_explanation_of_the_last_error(start: Start) -> None:
    workbench = start()
    workbench.open_terminal()
    workbench.type_in_terminal("pip3 install six")
    advice = workbench.notification("refused to install six")
    workbench.press_button(advice, "More...")
    more = workbench.quick_pick()
    workbench.screenshot("1-more")
    assert "--break-system-packages" in more[-2]
    assert more[-1] == "Don't show again in this workspace"
    workbench.page.keyboard.press("Escape")

    workbench.command("PEP 668: Explain Last Terminal Error")
    frame = workbench.page.frame_locator("iframe.webview.ready").frame_locator("iframe")
    frame.locator("body", has_text="pip3 install six").wait_for()
    workbench.screenshot("2-explanation")


def test_python_extension_selects_what_the_palette_made(start: Start, stand_in: Path, tmp_path: Path) -> None:
    selected = tmp_path / "selected"
    workbench = start(stand_in, PEP668_TEST_SELECTED=str(selected))
    workbench.command("PEP 668: Create Virtual Environment")
    workbench.notification("is now the selected interpreter")
    workbench.screenshot("1-selected")
    python = workbench.folder / ".venv" / "bin" / "python"
    assert selected.read_text(encoding="utf-8") == f"{python}\t{workbench.folder}\n"


def test_python_extension_selects_what_the_terminal_made(start: Start, stand_in: Path, tmp_path: Path) -> None:
    selected = tmp_path / "selected"
    workbench = start(stand_in, PEP668_TEST_SELECTED=str(selected))
    workbench.open_terminal()
    workbench.type_in_terminal("pip3 install six")
    workbench.take_step(workbench.notification("refused to install six"), re.compile(r"\.venv"))
    workbench.notification(re.compile(r"Created \.venv .*It is now the selected interpreter"))
    workbench.screenshot("1-selected")
    python = workbench.folder / ".venv" / "bin" / "python"
    assert selected.read_text(encoding="utf-8") == f"{python}\t{workbench.folder}\n"
