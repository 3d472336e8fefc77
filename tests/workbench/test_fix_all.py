"""Fixes of a whole document, and of several places: applied at once, and shown in a preview before."""

from __future__ import annotations

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start

DOCKERFILE = """\
FROM {image}
RUN apt-get update && apt-get install -y python3-pip
COPY . /app
WORKDIR /app
RUN pip3 install six
RUN pip3 install --no-cache-dir -r requirements.txt
"""
FIXED = """\
FROM {image}
RUN apt-get update && apt-get install -y python3-pip python3-venv
COPY . /app
WORKDIR /app
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv "$VIRTUAL_ENV"
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN pip3 install six
RUN pip3 install --no-cache-dir -r requirements.txt
"""


def test_all_at_once(start: Start) -> None:
    text = DOCKERFILE.format(image="debian:12")
    workbench = start(files={"Dockerfile": text})
    workbench.open_file("Dockerfile")
    workbench.squiggle("error")
    workbench.screenshot("fix-all-1-before")
    workbench.command("Fix All")
    expect(workbench.squiggles("error")).to_have_count(0, timeout=PATIENCE_MS)
    workbench.save("Dockerfile", FIXED.format(image="debian:12"))
    workbench.screenshot("fix-all-2-after")


def test_several_places_are_previewed(start: Start) -> None:
    text = DOCKERFILE.format(image="$BASE")
    workbench = start(files={"Dockerfile": text})
    workbench.open_file("Dockerfile")
    workbench.quick_fixes(workbench.page.locator(".monaco-editor .view-line", has_text="pip3 install six"))
    workbench.page.keyboard.press("Control+Enter")  # of the first, as the menu says
    apply = workbench.page.get_by_role("button", name="Apply").first
    expect(apply).to_be_visible(timeout=PATIENCE_MS)
    workbench.screenshot("preview-1-places")
    assert (workbench.folder / "Dockerfile").read_text(encoding="utf-8") == text
    apply.click()
    # VS Code saves what it changes from a preview by itself.
    fixed = FIXED.format(image="$BASE")
    workbench.wait_for(
        lambda: (workbench.folder / "Dockerfile").read_text(encoding="utf-8") == fixed, "the fix is saved"
    )
    workbench.screenshot("preview-2-applied")
