"""ANSI-C quoting: what `$'...'` stands for."""

from __future__ import annotations

import re

_ANSI_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}


def _ansi(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
    elif match[4]:
        number = int(match[4], 8)
    else:
        letter = match[5]
        return _ANSI_LETTERS.get(letter, letter if letter in "\\'\"?" else "\\" + letter)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\ufffd"


def decode_ansi(text: str) -> str:
    """The value of what stands between `$'` and `'`."""
    return _ANSI_ESCAPE.sub(_ansi, text) if "\\" in text else text
