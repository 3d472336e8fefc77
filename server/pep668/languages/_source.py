"""What is known of a command, and whether a refusal's shape in its output is a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import _nature, _prefix
from ._echo import Echo
from ._refusal import Block, Strength

_LOOK = 2000  # characters of a line
_INSTALL_WORDS = re.compile(
    r"\b(?:pip[\d.]*|uv|ensurepip|get-pip\.py|pipenv)\b.*\b(?:install|uninstall|sync|upgrade)\b|ensurepip"
)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_PATCH = re.compile(r"@@ -\d+(?:,\d+)? \+|commit [0-9a-f]{7,40}\b")


def _looks_like_install(text: str) -> bool:
    return bool(_INSTALL_WORDS.search(text[:_LOOK]))


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the command whose output this is.

    `known`: there is a command line. `installs`: it installs packages itself. `prints`: it only
    shows text. `filtered`: its output may be a part (`| tail`). `is_install` and `is_print` judge
    the command lines that stand in the output. `running`: the exit code comes with the end.
    """

    known: bool = False
    installs: bool = False
    prints: bool = False
    filtered: bool = False
    exit_code: int | None = None
    running: bool = False
    is_install: Callable[[str], bool] = _looks_like_install
    is_print: Callable[[str], bool] = _nature.prints_only

    def accepts(
        self, block: Block, before: Sequence[str], echoes: Sequence[Echo], command: str, exit_code: int | None
    ) -> bool:
        """Whether it is a refusal: `before` are the raw lines before it, `echoes` their commands, the last first."""
        strength = block.strength
        if self.prints:
            return False
        loose = not block.shown
        if self.installs:
            return strength is Strength.FULL or loose or self.filtered
        typed = next((e for e in echoes if e.typed), None)
        if typed and not command and self.is_print(typed.text):
            return False
        if self._is_quoted(block, before, exit_code):
            return False
        if strength is Strength.FULL:
            return loose
        if not (block.escaped or _prefix.is_clean(block.prefix)):
            return False
        # pip never prints its first line alone, so a line alone is one that something else let through.
        if not self.known or self.filtered or command:
            return True
        return exit_code not in (None, 0) and strength is Strength.PART

    def _is_quoted(self, block: Block, before: Sequence[str], exit_code: int | None) -> bool:
        """Whether it stands in a text: in a fence, a patch, or indented in what a program printed that did not fail."""
        if not block.escaped:
            fences = sum(1 for raw in before if _FENCE.match(raw))
            strings = sum(raw.count('"""') for raw in before)
            pre = sum(raw.count("<pre") - raw.count("</pre") for raw in before)
            if fences % 2 or strings % 2 or pre > 0 or (block.prefix.isspace() and any(map(_PATCH.match, before))):
                return True
        return self.known and exit_code == 0 and block.prefix.isspace()
