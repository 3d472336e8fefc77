"""A notebook in the notebook editor."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start


def _cell(text: str, **more: object) -> dict[str, object]:
    shape: dict[str, object] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "source": text.splitlines(keepends=True), **shape, **more}


NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Six 😀\n"]},
        _cell("import sys\n!pip3 install six\n"),
        _cell("sudo pip3 install attrs\n", metadata={"vscode": {"languageId": "shellscript"}}),
    ],
    "metadata": {"language_info": {"name": "python"}, "kernelspec": {"name": "python3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_cells_have_squiggles_hovers_and_quick_fixes(start: Start) -> None:
    workbench = start(files={"analysis.ipynb": json.dumps(NOTEBOOK)})
    before = ["".join(cell["source"]) for cell in NOTEBOOK["cells"]]
    workbench.open_path("analysis.ipynb")
    expect(workbench.page.locator(".notebookOverlay")).to_be_visible(timeout=PATIENCE_MS)
    squiggle = workbench.squiggle()
    expect(workbench.squiggles()).to_have_count(2, timeout=PATIENCE_MS)
    workbench.screenshot("1-squiggles")
    assert "/usr/bin/python3" in workbench.hover(squiggle, "EXTERNALLY-MANAGED")
    workbench.screenshot("2-hover")

    titles = workbench.quick_fixes(squiggle)
    workbench.screenshot("3-quick-fixes")
    workbench.choose_quick_fix(titles[0])
    expect(workbench.squiggles()).to_have_count(1, timeout=PATIENCE_MS)
    workbench.screenshot("4-fixed")
    file = workbench.folder / "analysis.ipynb"

    def sources() -> list[str]:
        return ["".join(cell["source"]) for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]]

    def is_saved() -> bool:
        workbench.page.keyboard.press("Control+s")
        workbench.page.wait_for_timeout(500)
        return sources() != before

    workbench.wait_for(is_saved, "the notebook is saved")
    title, fixed, other = sources()
    assert (title, other) == (before[0], before[2])
    assert fixed == "import sys\n%pip install six\n"
