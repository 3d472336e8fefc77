"""Requirements that the project's environment lacks: a hint that goes away by itself."""

from __future__ import annotations

import subprocess

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start, Workbench


def _with_environment(start: Start) -> Workbench:
    workbench = start(files={"requirements.txt": "six>=1.10\npackaging\n"})
    subprocess.run(["/usr/bin/python3", "-m", "venv", workbench.folder / ".venv"], check=True)
    workbench.open_file("requirements.txt")
    expect(workbench.squiggles("hint")).to_have_count(2, timeout=PATIENCE_MS)
    return workbench


def test_install_one_requirement(start: Start) -> None:
    workbench = _with_environment(start)
    workbench.screenshot("1-hints")
    titles = workbench.quick_fixes(workbench.squiggle("hint"))
    workbench.screenshot("2-quick-fixes")
    workbench.choose_quick_fix(titles[0])
    expect(workbench.squiggles("hint")).to_have_count(1, timeout=PATIENCE_MS)
    workbench.screenshot("3-one-left")


def test_what_is_installed_elsewhere_goes_away(start: Start) -> None:
    workbench = _with_environment(start)
    workbench.open_terminal()
    workbench.type_in_terminal(".venv/bin/pip install six")
    expect(workbench.squiggles("hint")).to_have_count(1, timeout=PATIENCE_MS)
    workbench.screenshot("1-by-a-terminal")
    pip = workbench.folder / ".venv" / "bin" / "pip"
    subprocess.run([pip, "install", "--quiet", "packaging"], check=True)
    expect(workbench.squiggles("hint")).to_have_count(0, timeout=PATIENCE_MS)
    workbench.screenshot("2-by-another-program")
