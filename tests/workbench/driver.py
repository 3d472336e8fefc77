"""A VS Code workbench in a browser, as a person uses it: files, palette, terminal, notifications."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import FloatRect, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

# The workbench, a language server and pip share two cores: slow is not wrong.
PATIENCE_MS = 60_000


class Workbench:
    """What one test drives. `folder` is the open workspace, `screenshots` where pictures are kept."""

    def __init__(self, page: Page, folder: Path, screenshots: Path) -> None:
        self.page = page
        self.folder = folder
        self._screenshots = screenshots
        page.set_default_timeout(PATIENCE_MS)

    def open(self, address: str) -> None:
        self.page.goto(address)
        expect(self.page.locator(".monaco-workbench")).to_be_visible(timeout=PATIENCE_MS)
        expect(self.page.locator(".explorer-folders-view .monaco-list-row").first).to_be_visible(timeout=PATIENCE_MS)

    def screenshot(self, name: str) -> None:
        self._screenshots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._screenshots / f"{name}.png", animations="disabled")

    # --- files ---

    def open_file(self, name: str) -> None:
        self.page.locator(".explorer-folders-view .monaco-list-row", has_text=name).first.dblclick()
        expect(self.page.locator(".tab.active", has_text=name)).to_be_visible(timeout=PATIENCE_MS)

    def open_path(self, path: str) -> None:
        """Opens a file that the explorer does not show at once."""
        name = path.rpartition("/")[2]
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=name).first
        tab = self.page.locator(".tab.active", has_text=name)

        def is_open() -> bool:
            self.page.keyboard.press("Control+p")
            with contextlib.suppress(PlaywrightTimeout):
                self.page.locator(".quick-input-widget input.input").fill(path, timeout=5000)
                row.wait_for(timeout=5000)
                self.page.keyboard.press("Enter")
                tab.wait_for(timeout=5000)
                return True
            self.page.keyboard.press("Escape")
            return False

        self.wait_for(is_open, f"{path} is open")

    def squiggles(self, severity: str = "error") -> Locator:
        """All squiggles of that severity in the editor."""
        return self.page.locator(f".monaco-editor .cdr.squiggly-{severity}")

    def squiggle(self, severity: str = "error") -> Locator:
        """The first squiggle of that severity in the editor."""
        found = self.squiggles(severity).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def errors(self) -> int:
        """The number of errors that the status bar shows."""
        return int((self.page.locator("#status\\.problems").inner_text().split() or ["0"])[0])

    def hover(self, place: Locator, text: str) -> str:
        """The text of the hover over the middle of a place, once it holds `text` (its parts come one by one)."""
        shown = self.page.locator(".monaco-hover:not(.hidden)", has_text=text).first

        def is_shown() -> bool:
            box = self._box(place)
            # The first movement makes the editor notice the mouse, the second one stays.
            self.page.mouse.move(box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] + 40)
            self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
            return self._comes(shown, 10_000)

        self.wait_for(is_shown, f"a hover with {text!r}")
        return shown.inner_text()

    def _box(self, place: Locator) -> FloatRect:
        """Where a place is. The editor draws its lines and squiggles anew at will, so it may be gone for a moment."""
        found: list[FloatRect] = []

        def is_drawn() -> bool:
            box = place.first.bounding_box()
            found.extend([box] if box else [])
            return box is not None

        self.wait_for(is_drawn, "the place is drawn")
        return found[-1]

    def quick_fixes(self, place: Locator) -> list[str]:
        """Puts the cursor on a place and opens the lightbulb's menu; again where VS Code has nothing to show yet."""
        rows = self.page.locator(".action-widget .monaco-list-row.action")

        def is_open() -> bool:
            box = self._box(place)  # lenses that come late move the lines
            self.page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
            self.page.keyboard.press("Control+.")
            return self._comes(rows.first, 10_000)

        self.wait_for(is_open, "the menu of quick fixes")
        return rows.all_inner_texts()

    def choose_quick_fix(self, title: str | re.Pattern[str]) -> None:
        row = self.page.locator(".action-widget .monaco-list-row.action", has_text=title).first
        row.hover(force=True)  # until the mouse moves, something invisible covers the menu
        row.click()
        expect(self.page.locator(".action-widget:visible")).to_have_count(0, timeout=PATIENCE_MS)

    def lens(self, title: str) -> Locator:
        found = self.page.locator(".codelens-decoration a", has_text=title).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def save(self, path: str, expected: str | re.Pattern[str]) -> None:
        """Saves what was changed, which may be on its way from the server still, until the file holds `expected`."""
        file = self.folder / path

        def held() -> str:
            return file.read_text(encoding="utf-8")

        def is_saved() -> bool:
            self.page.keyboard.press("Control+s")
            self.page.wait_for_timeout(500)
            return held() == expected if isinstance(expected, str) else bool(expected.fullmatch(held()))

        try:
            self.wait_for(is_saved, f"{path} is saved", seconds=30)
        except AssertionError:
            assert held() == expected  # shows the difference
            raise

    # --- palette, notifications ---

    def command(self, title: str) -> None:
        """Runs a command from the palette, which does not list what extensions add while it is open."""
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first
        box = self.page.locator(".quick-input-widget input.input")

        def is_listed() -> bool:
            self.page.keyboard.press("F1")
            expect(box).to_be_visible(timeout=PATIENCE_MS)
            box.fill(f">{title}")
            if self._comes(row, 3000):
                return True
            self.page.keyboard.press("Escape")
            return False

        self.wait_for(is_listed, f"the palette offers {title!r}")
        row.click()

    def quick_pick(self) -> list[str]:
        """The entries of the list that is open, each with its detail."""
        rows = self.page.locator(".quick-input-list .monaco-list-row")
        expect(rows.first).to_be_visible(timeout=PATIENCE_MS)
        return [row.strip() for row in rows.all_inner_texts()]

    def notification(self, text: str | re.Pattern[str]) -> Locator:
        """One that has come to rest on the screen."""
        found = self.page.locator(".notification-toast.notification-fade-in-done", has_text=text).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def press_button(self, notification: Locator, title: str | re.Pattern[str]) -> None:
        notification.get_by_role("button", name=title).first.click()

    def confirm(self, line: str) -> None:
        """Lets a line run that the client asks about first."""
        dialog = self.page.locator(".monaco-dialog-box", has_text=line)
        expect(dialog).to_be_visible(timeout=PATIENCE_MS)
        dialog.get_by_role("button", name="Run").click()

    def take_step(self, advice: Locator, title: str | re.Pattern[str]) -> None:
        """Presses a button that runs a line; says yes where the notification does not hold the line, or who typed
        the command is not known for sure, as with fish in VS Code 1.100.
        """
        self.press_button(advice, title)
        run = self.page.locator(".monaco-dialog-box").get_by_role("button", name="Run")
        with contextlib.suppress(PlaywrightTimeout):
            run.click(timeout=5000)

    def run_task(self, label: str) -> None:
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=label).first

        def is_listed() -> bool:
            self.command("Tasks: Run Task")
            if self._comes(row, 15_000):  # VS Code asks its extensions first
                return True
            self.page.keyboard.press("Escape")
            return False

        self.wait_for(is_listed, f"the task {label!r} is listed")
        row.click()

    # --- terminal ---

    def rows(self) -> Locator:
        """The lines of the active terminal."""
        return self.page.locator(".terminal-wrapper.active .xterm .xterm-rows > div")

    def open_terminal(self) -> None:
        """A terminal whose shell integration is at work: a prompt carries the mark of a command (zsh's second one)."""
        self.command("Terminal: Create New Terminal")
        rows = self.page.locator(".terminal-wrapper.active .xterm .xterm-rows")
        expect(rows).to_be_visible(timeout=PATIENCE_MS)
        mark = self.page.locator(".terminal-command-decoration").first

        def is_marked() -> bool:
            if self._comes(mark, 5000, state="attached"):
                return True
            if rows.inner_text().strip():  # a prompt
                rows.click(force=True)
                self.page.keyboard.press("Enter")
            return False

        self.wait_for(is_marked, "a prompt is marked")

    def type_in_terminal(self, line: str) -> None:
        """Types a line and, once it is to be read there, presses Enter; again where the terminal was started anew.

        A terminal that has just opened may lose keys, and VS Code replaces its shell when an extension that
        starts late changes the environment.
        """
        rows = self.page.locator(".terminal-wrapper.active .xterm .xterm-rows")

        def shown() -> str:
            return "".join(rows.inner_text().split())

        def is_typed() -> bool:
            rows.click(force=True)
            self.page.keyboard.press("Control+u")
            self.page.keyboard.type(line, delay=10)
            self.page.wait_for_timeout(500)
            return "".join(line.split()) in shown()

        def has_run() -> bool:
            self.wait_for(is_typed, f"the terminal shows {line!r}", seconds=60)
            self.page.keyboard.press("Enter")
            self.page.wait_for_timeout(1500)
            lines = [row for row in rows.inner_text().splitlines() if row.strip()]
            return len(lines) > 1 or "".join(line.split()) in shown()  # a new shell shows its prompt alone

        self.wait_for(has_run, f"the terminal takes {line!r}")

    # --- waiting ---

    def _comes(self, place: Locator, timeout_ms: float, state: Literal["visible", "attached"] = "visible") -> bool:
        """Whether a place comes within that time; what brings it about is done again where not."""
        try:
            place.wait_for(state=state, timeout=timeout_ms)
        except PlaywrightTimeout:
            return False
        return True

    def wait_for(self, what: Callable[[], bool], description: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"not within {seconds:.0f} s: {description}"
            self.page.wait_for_timeout(100)


Start = Callable[..., Workbench]
