"""Versions as distributions write them."""

from __future__ import annotations

import re

_REVISION = re.compile(r"-r\d+$|_\d+$")  # Alpine's and Homebrew's


def upstream(version: str) -> str:
    """The project's own version in a package's: no epoch, revision or repacking suffix.

    Of `1:2.28.1+dfsg-1+deb12u1`, `2.28.1-3.fc40`, `2.28.1-r0` and `2.28.1_1` it is 2.28.1.
    """
    version = version.partition(":")[2] if ":" in version else version
    version = _REVISION.sub("", version)
    version = version.rpartition("-")[0] or version
    version = re.split(r"[+.-](?:\d\.)?(?:really|actually)[.+-]?", version)[-1] or version
    version = re.sub(r"[+~.-]?(?:dfsg|ds|repack|git|hg|svn|debian|nmu|deb)[\w.+~]*$", "", version)
    return re.sub(r"~(?=(?:a|b|rc|alpha|beta|dev|pre)[\d.]*$)", "", version).partition("~")[0]
