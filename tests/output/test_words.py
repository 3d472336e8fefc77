"""What is said and offered: words that hold foreign text, and lines that are right for the folder, shell and system."""

from __future__ import annotations

import sys
import unicodedata

from pep668.explain import plain
from pep668.explain._unseen import is_plain


def test_one_list_of_what_cannot_be_seen() -> None:
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for number in range(sys.maxunicode + 1):
        if unicodedata.category(chr(number)) in unseen:
            assert plain(chr(number)) == "?"
    for character in "\u202e\u2066\u200b\u2028\ufe0f\U000e0101\U000e0041\ue000\u3164\u00ad\u034f\u00a0":
        assert plain(f"a{character}b") == "a?b"
        assert not is_plain(f"a{character}b")
    assert plain("`é 你` ~ x") == "`é 你` ~ x"
